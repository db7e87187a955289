import { join } from 'node:path';
import { app, BrowserWindow, dialog, screen } from 'electron';
import { APP_PAGE } from './origin.ts';
import { FIRST_WINDOW, type SettingsFile, SMALLEST_WINDOW, type WindowPlace } from './settings.ts';
import { frontWindow, keepWindow } from './windows.ts';

/** Security rule: the page runs in a sandboxed process, in a world of its own, without Node. */
export const PAGE_PREFERENCES = {
  preload: join(__dirname, 'preload.cjs'),
  sandbox: true,
  contextIsolation: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  webSecurity: true,
  webviewTag: false,
  spellcheck: false,
} as const;

/** Where the window was, if a screen still shows that place; else the first size, centred. */
const placeOf = (remembered: WindowPlace | null) => {
  const area = screen.getPrimaryDisplay().workArea;
  const fallback = {
    width: Math.min(FIRST_WINDOW.width, area.width),
    height: Math.min(FIRST_WINDOW.height, area.height),
  };
  if (remembered === null) return fallback;
  const { x, y, width, height } = remembered;
  if (x === undefined || y === undefined) return { width, height };
  const visible = screen.getAllDisplays().some(({ workArea: a }) => {
    const overlapX = Math.min(x + width, a.x + a.width) - Math.max(x, a.x);
    const overlapY = Math.min(y + height, a.y + a.height) - Math.max(y, a.y);
    return overlapX >= 200 && overlapY >= 200;
  });
  return visible ? { x, y, width, height } : fallback;
};

/** px that a further window stands below and beside the one it was opened from. */
const STEP = 32;

const besides = (window: BrowserWindow) => {
  const { x, y, width, height } = window.getNormalBounds();
  return placeOf({ x: x + STEP, y: y + STEP, width, height, maximized: false });
};

/**
 * Opens a window: the first one where it was the last time, a further one beside the front one. It is
 * shown when the page has drawn, so that it never flashes white.
 *
 * @param address the page's own, such as `#/orders/ID/customer`
 */
export const openWindow = (settings: SettingsFile, address = ''): BrowserWindow => {
  const front = frontWindow();
  const remembered = front ? null : settings.current().window;
  const window = new BrowserWindow({
    ...(front ? besides(front) : placeOf(remembered)),
    minWidth: SMALLEST_WINDOW.width,
    minHeight: SMALLEST_WINDOW.height,
    title: 'Onsite 勘签',
    backgroundColor: '#f5f5f5',
    show: false,
    webPreferences: { ...PAGE_PREFERENCES, devTools: !app.isPackaged },
  });
  keepWindow(window);
  if (remembered?.maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    const place = { ...window.getNormalBounds(), maximized: window.isMaximized() };
    // A window that opens in another place next time is no reason to disturb anybody.
    settings.change({ window: place }).catch(() => {});
  });
  askBeforeLosing(window);
  offerReload(window);
  void window.loadURL(APP_PAGE + address);
  return window;
};

/**
 * The page holds its window open while something typed is not on disk yet (a full disk, say). Without
 * an answer here the window would silently refuse to close.
 */
const askBeforeLosing = (window: BrowserWindow): void => {
  window.webContents.on('will-prevent-unload', (event) => {
    const choice = dialog.showMessageBoxSync(window, {
      type: 'warning',
      title: 'Onsite 勘签',
      message: '还有内容没有保存',
      detail: '请留在这里，等右上角显示“已保存”再关闭；现在关闭，没有保存的内容会丢失。',
      buttons: ['留在这里', '仍要关闭'],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    });
    if (choice === 1) event.preventDefault();
  });
};

/** What was shown as saved is on disk, so a page that died or hangs can simply be loaded again. */
const offerReload = (window: BrowserWindow): void => {
  window.webContents.on('render-process-gone', async (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    const { response } = await dialog.showMessageBox(window, {
      type: 'error',
      title: 'Onsite 勘签',
      message: '界面意外停止了',
      detail: '已保存的内容都在，不会丢失。请重新载入后继续。',
      buttons: ['重新载入', '退出'],
      cancelId: 0,
      noLink: true,
    });
    if (response === 1) app.quit();
    else if (!window.isDestroyed()) void window.loadURL(APP_PAGE);
  });
  window.on('unresponsive', async () => {
    const { response } = await dialog.showMessageBox(window, {
      type: 'warning',
      title: 'Onsite 勘签',
      message: '界面没有响应',
      detail: '可以再等一会儿，或重新载入。已保存的内容都在，不会丢失。',
      buttons: ['继续等待', '重新载入'],
      cancelId: 0,
      noLink: true,
    });
    if (response === 1 && !window.isDestroyed()) window.webContents.reload();
  });
};
