import { watch } from 'node:fs';
import { app, type BrowserWindow } from 'electron';

/** `npm run dev`: loads the page anew when it has been built anew. Never in a packed app. */
export const reloadWhenBuilt = (folder: string, window: () => BrowserWindow | null): void => {
  if (app.isPackaged || process.env.ONSITE_RELOAD === undefined) return;
  let timer: NodeJS.Timeout | undefined;
  watch(folder, { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => window()?.webContents.reload(), 200);
  });
};
