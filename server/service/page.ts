import { serveStatic } from '@hono/node-server/serve-static';

/** The built page. Files are public, data never is: the page asks for it with a token. */
export const page = (folder: string) =>
  serveStatic({
    root: folder,
    onFound: (path, c) => {
      // Vite puts a hash of the content into the names under assets/.
      const named = /[\\/]assets[\\/]/.test(path);
      c.header('Cache-Control', named ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
