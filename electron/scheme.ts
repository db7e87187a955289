import { readFile } from 'node:fs/promises';
import { protocol } from 'electron';
import { APP_HOST, APP_SCHEME } from './origin.ts';
import { pageFile, typeOfFile } from './page-files.ts';
import { contentSecurityPolicy } from './policy.ts';

/**
 * Security rule: the page is served from `app://onsite/`, never from `file://`. A standard, secure
 * scheme gives it an origin of its own (so IndexedDB, CSP and CORS work as on the web) and no way to
 * read other files. Must run before the app is ready.
 */
export const registerScheme = (): void => {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: APP_SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
};

/** Answers one request for the page's files, read only. Every answer carries the policy. */
export const answerPageRequest = async (
  request: Request,
  folder: string,
  service: string | null,
): Promise<Response> => {
  const headers = {
    'content-security-policy': contentSecurityPolicy(service),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache',
  };
  const refuse = (status: number) => new Response(null, { status, headers });
  const address = new URL(request.url);
  if (address.host !== APP_HOST) return refuse(404);
  if (request.method !== 'GET') return refuse(405);
  const file = pageFile(folder, address);
  if (file === null) return refuse(404);
  try {
    const bytes = await readFile(file);
    return new Response(bytes, { headers: { ...headers, 'content-type': typeOfFile(file) } });
  } catch {
    return refuse(404);
  }
};

/** Serves the built page. `service` is asked for at each request: it can change while running. */
export const serveApp = (folder: string, service: () => string | null): void => {
  protocol.handle(APP_SCHEME, (request) => answerPageRequest(request, folder, service()));
};
