import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import { compress } from 'hono/compress';
import { cors as honoCors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import { secureHeaders } from 'hono/secure-headers';
import { RECEIPT_HEADER } from '../../domain/sync/uploads.ts';
import { BUNDLE_HEADERS, SERVICE_HEADER } from '../../domain/sync/wire.ts';

/** Where the desktop app's page comes from; the browser's comes from the service itself. */
const SHELL_ORIGIN = 'app://onsite';

/** The page may run its own code and talk to this service, and nothing else. */
export const safetyHeaders = secureHeaders({
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
    // Ant Design writes its styles into the page.
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'blob:', 'data:'],
    fontSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    workerSrc: ["'self'", 'blob:'],
    manifestSrc: ["'self'"],
    // The print frame shows a PDF the page made.
    frameSrc: ['blob:'],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
  xFrameOptions: 'DENY',
  referrerPolicy: 'no-referrer',
  permissionsPolicy: { camera: [], microphone: [], geolocation: [], payment: [], usb: [] },
  // Encryption belongs to the proxy in front of the service, and so does the promise to use it.
  strictTransportSecurity: false,
});

const BUNDLE = Object.values(BUNDLE_HEADERS);
const UPLOAD = ['Upload-Length', 'Upload-Offset', 'Upload-Metadata'];

const allowOrigin = honoCors({
  origin: SHELL_ORIGIN,
  allowMethods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH'],
  allowHeaders: [
    ...['Authorization', 'Content-Type', 'Content-Encoding', 'Tus-Resumable'],
    ...[...UPLOAD, ...BUNDLE],
  ],
  exposeHeaders: [
    'Location',
    'Retry-After',
    'Tus-Resumable',
    ...UPLOAD,
    RECEIPT_HEADER,
    SERVICE_HEADER,
  ],
  maxAge: 600,
});

/** Lets the desktop app's page, and no other site's, read answers. */
export const cors = createMiddleware(async (c, next) => {
  // Chromium asks this before a page may reach a service on this machine or in the local network.
  if (
    c.req.header('origin') === SHELL_ORIGIN &&
    c.req.header('access-control-request-private-network')
  ) {
    c.header('Access-Control-Allow-Private-Network', 'true');
  }
  return allowOrigin(c, next);
});

/** Signs every answer: a proxy's error page and a hotel's sign-in page do not carry it. */
export const signature = createMiddleware(async (c, next) => {
  await next();
  c.res.headers.set(SERVICE_HEADER, '1');
});

/** JSON and text go compressed to whoever takes it. */
export const smaller = compress({
  encoding: 'gzip',
  contentTypeFilter: /^(?:application\/json|text\/(?!event-stream))|javascript|svg/i,
});

const gzipped = promisify(gzip);
/** A page of field states shrinks to a twelfth; the default level saves a tenth more in twice the time. */
const QUICKLY = { level: 3 };

/** Answers with JSON that is text already, compressed in one go: of a page of megabytes a stream takes longer. */
export async function sendJson(c: Context, json: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', vary: 'Accept-Encoding' };
  const takes = accepts(c, { header: 'Accept-Encoding', supports: ['gzip'], default: 'identity' });
  const isPacked = json.length >= WORTH_PACKING && takes === 'gzip';
  if (!isPacked) return c.body(json, 200, headers);
  return c.body(await gzipped(json, QUICKLY), 200, { ...headers, 'content-encoding': 'gzip' });
}

/** Characters below which nothing is gained. */
const WORTH_PACKING = 1024;
