/**
 * The one origin of the app. It owns the person's IndexedDB: changing scheme or host loses
 * everything that was saved, so neither ever changes.
 */
export const APP_SCHEME = 'app';
export const APP_HOST = 'onsite';
export const APP_ORIGIN = `${APP_SCHEME}://${APP_HOST}`;
export const APP_PAGE = `${APP_ORIGIN}/index.html`;

/** Whether an address is a page of ours. `URL.origin` is "null" for custom schemes in Node. */
export const isAppUrl = (address: string): boolean => {
  try {
    const url = new URL(address);
    return url.protocol === `${APP_SCHEME}:` && url.host === APP_HOST;
  } catch {
    return false;
  }
};
