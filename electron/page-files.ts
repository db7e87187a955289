import { extname, join, posix, sep } from 'node:path';

/** Chromium refuses module scripts and streamed WebAssembly with any other type. */
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.otf': 'font/otf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
};

export const typeOfFile = (path: string): string =>
  TYPES[extname(path).toLowerCase()] ?? 'application/octet-stream';

/**
 * The file of the built page that an address names, or null when the address is not one of ours or
 * tries to leave the folder. Encoded dots, slashes, backslashes and NUL are refused outright: no
 * built file has such a name.
 *
 * @param folder absolute path of the built page
 */
export const pageFile = (folder: string, address: URL): string | null => {
  let path: string;
  try {
    path = decodeURIComponent(address.pathname);
  } catch {
    return null;
  }
  if (path !== posix.normalize(path) || !/^\/[\w./@+~-]*$/.test(path)) return null;
  if (/(^|\/)\.\.?(\/|$)/.test(path)) return null;
  const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
  return file.startsWith(folder + sep) ? file : null;
};
