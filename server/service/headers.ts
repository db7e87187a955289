import { cors as honoCors } from 'hono/cors';
import { createMiddleware } from 'hono/factory';
import { secureHeaders } from 'hono/secure-headers';
import { BUNDLE_HEADERS } from '../../domain/sync/wire.ts';

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

const allowOrigin = honoCors({
  origin: SHELL_ORIGIN,
  allowMethods: ['GET', 'POST', 'PUT'],
  allowHeaders: ['Authorization', 'Content-Type', ...Object.values(BUNDLE_HEADERS)],
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
