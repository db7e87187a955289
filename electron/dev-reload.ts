import { watch } from 'node:fs';
import { app, type BrowserWindow } from 'electron';

/** `npm run dev`: loads the pages anew when they have been built anew. Never in a packed app. */
export const reloadWhenBuilt = (folder: string, windows: () => Iterable<BrowserWindow>): void => {
  if (app.isPackaged || process.env.ONSITE_RELOAD === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  watch(folder, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const window of windows()) window.webContents.reload();
    }, 200);
  });
};
