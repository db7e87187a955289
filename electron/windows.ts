import type { BrowserWindow } from 'electron';

/** The app's windows, the last focused one first. What else the shell opens hidden is not among them. */
const windows: BrowserWindow[] = [];

export const appWindows = (): readonly BrowserWindow[] => windows;

/** The window a person looks at, or looked at last. */
export const frontWindow = (): BrowserWindow | null => windows[0] ?? null;

export const keepWindow = (window: BrowserWindow): void => {
  const forget = () => {
    const at = windows.indexOf(window);
    if (at >= 0) windows.splice(at, 1);
  };
  windows.push(window);
  window.on('focus', () => {
    forget();
    windows.unshift(window);
  });
  window.on('closed', forget);
};
