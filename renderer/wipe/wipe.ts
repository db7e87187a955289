/**
 * Wiping a device that an administrator gave up for lost. The keys go first: from then on nothing on
 * it can be read by anybody. Its backups elsewhere stay what they are, and still open with the printed
 * recovery code: they are how the work of the lost device comes back on another one. The rest is
 * removed at the next load of the page, when nothing has it open; a mark that outlives everything sees
 * to it that this is finished, and told to the service, however often it is interrupted.
 */
import { z } from 'zod';
import type { Platform } from '../platform/platform.ts';
import { createHttp } from '../sync/http.ts';
import { createService } from '../sync/service.ts';
import type { Vault } from '../vault/vault.ts';
import { type Contact, isOrderedWiped, readContact, readLocal } from './contact.ts';

const MARK = 'onsite.wiped';
const markSchema = z.object({
  service: z.url(),
  device: z.string(),
  contact: z.string(),
  /** Whether the service knows. */
  told: z.boolean(),
});
type Mark = z.infer<typeof markSchema>;

const readMark = (): Mark | null => readLocal(MARK, markSchema);
const keepMark = (mark: Mark) => localStorage.setItem(MARK, JSON.stringify(mark));

/** Whether this device was wiped: then nothing of the app is opened any more. */
export const isWiped = (): boolean => localStorage.getItem(MARK) !== null;

interface Parts {
  readonly platform: Platform;
  readonly vault: Vault;
}

/** Destroys the keys and loads all windows anew. */
export const wipe = async ({ vault }: Pick<Parts, 'vault'>, contact: Contact): Promise<void> => {
  keepMark({ ...contact, told: false });
  await vault.erase();
  new BroadcastChannel('onsite-wipe').postMessage('wiped');
  // What is not on the disk yet need not be asked about any more.
  window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), true);
  location.reload();
};

/** Milliseconds that other windows have to load anew. */
const LET_GO = 3_000;

const removeDatabases = async (): Promise<void> => {
  for (const { name } of await indexedDB.databases()) {
    if (!name) continue;
    await new Promise<void>((resolve) => {
      const removing = indexedDB.deleteDatabase(name);
      removing.onsuccess = removing.onerror = () => resolve();
      // A window that still has it open loads anew in a moment, and then it goes.
      removing.onblocked = () => setTimeout(resolve, LET_GO);
    });
  }
};

/** Removes what is left of a wiped device, and tells the service; true when both are done. */
export const finishWiping = async ({ platform, vault }: Parts): Promise<boolean> => {
  const mark = readMark();
  await vault.erase();
  await removeDatabases().catch(() => undefined);
  await platform.eraseData().catch(() => undefined);
  sessionStorage.clear();
  for (const key of Object.keys(localStorage)) if (key !== MARK) localStorage.removeItem(key);
  if (!mark || mark.told) return true;
  const { service, told: _, ...contact } = mark;
  try {
    await createService(createHttp(service, null)).wiped(contact);
    keepMark({ ...mark, told: true });
    return true;
  } catch {
    return false;
  }
};

/** Milliseconds between two questions of a locked device. */
const ASK_AGAIN = 20_000;

/** Wipes the device when another window does, and when it is locked and hears that it must. */
export const heedWiping = (parts: Parts): void => {
  new BroadcastChannel('onsite-wipe').onmessage = () => location.reload();
  let asking = false;
  const ask = async () => {
    const contact = readContact();
    // An open one hears it from the sync.
    if (asking || !contact || parts.vault.state.getState().step !== 'locked') return;
    asking = true;
    if (await isOrderedWiped(contact)) await wipe(parts, contact);
    asking = false;
  };
  parts.vault.state.subscribe(({ step }, before) => {
    if (step !== before.step) void ask();
  });
  window.addEventListener('online', () => void ask());
  setInterval(() => void ask(), ASK_AGAIN);
};
