import { app } from 'electron';

const withoutRoute = (address: string): string => address.split('#', 1)[0] ?? '';

/**
 * Security rule: the app shows its own page and nothing else. No page navigates away (the page's own
 * routes are fragments, which are no navigation; it may load itself anew), opens a window or embeds a
 * webview. The shell itself loads and reloads the page, which these events do not see.
 */
export const closeNavigation = (): void => {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event, address) => {
      // Loading itself anew, as the page does when it locks, leads nowhere else.
      if (withoutRoute(address) !== withoutRoute(contents.getURL())) event.preventDefault();
    });
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
};
