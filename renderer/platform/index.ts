import { browserPlatform } from './browser.ts';
import { desktopPlatform } from './desktop.ts';
import type { Platform } from './platform.ts';

/** The machine this page runs on: the desktop shell when its preload is there, else a browser. */
export const createPlatform = (): Platform =>
  window.onsite ? desktopPlatform(window.onsite) : browserPlatform();
