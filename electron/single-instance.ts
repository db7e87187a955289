import { app, type BrowserWindow } from 'electron';

/**
 * One running app per profile: two would fight over the same IndexedDB and journal. A second start
 * brings the first one's window to the front and ends.
 *
 * @returns false when another one runs; the caller must quit
 */
export const isFirstInstance = (window: () => BrowserWindow | null): boolean => {
  if (!app.requestSingleInstanceLock()) return false;
  app.on('second-instance', () => {
    const first = window();
    if (first === null) return;
    if (first.isMinimized()) first.restore();
    first.show();
    first.focus();
  });
  return true;
};
