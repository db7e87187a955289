/**
 * Security rule: the page may run only what it shipped with and talk only to the sync service.
 *
 * `wasm-unsafe-eval` is for the font subsetter (HarfBuzz in WebAssembly), `unsafe-inline` styles are
 * Ant Design's (CSS-in-JS), `blob:` is the preview of the PDF's own bytes.
 *
 * @param service origin of the sync service, null while nobody has set one
 */
export const contentSecurityPolicy = (service: string | null): string =>
  [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "font-src 'self' data:",
    `connect-src 'self'${service === null ? '' : ` ${new URL(service).origin}`}`,
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
