/**
 * Whether this page can seal files. Browsers have WebCrypto only where nobody on the way can change
 * the page: over HTTPS, on this machine itself, and in the desktop app.
 */
export const canSeal = (): boolean => globalThis.crypto?.subtle !== undefined;
