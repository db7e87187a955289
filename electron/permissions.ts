import { session } from 'electron';
import { isAppUrl } from './origin.ts';

/**
 * Security rule: every permission is denied unless it is listed here, and these only for our page.
 *
 * - `persistent-storage`: the browser may not throw away unsent orders when the disk gets full.
 * - `local-network-access` (Chromium 142+; later split into `local-network` and
 *   `loopback-network`): the sync service stands on the office's own network or on this machine.
 *   Without it current Chromium blocks every upload. Where the page may connect is decided by the
 *   policy's `connect-src`, one origin.
 */
const ALLOWED: ReadonlySet<string> = new Set([
  'persistent-storage',
  'local-network-access',
  'local-network',
  'loopback-network',
]);

export const mayHave = (permission: string, page: string | undefined): boolean =>
  ALLOWED.has(permission) && page !== undefined && isAppUrl(page);

/** Answers both what a page asks for and what Chromium checks silently. */
export const denyPermissions = (): void => {
  session.defaultSession.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(mayHave(permission, details.requestingUrl)),
  );
  session.defaultSession.setPermissionCheckHandler((_contents, permission, origin) =>
    mayHave(permission, origin),
  );
  // USB, serial, HID and Bluetooth devices: none.
  session.defaultSession.setDevicePermissionHandler(() => false);
};
