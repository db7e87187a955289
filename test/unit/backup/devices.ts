/** Devices with a vault of their own and a folder for backups, in a real Chromium. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { v7 as uuid } from 'uuid';
import { createStore as createState } from 'zustand/vanilla';
import type { KeyFile } from '../../../domain/vault/key-file.ts';
import { createKeys, fingerprintOf } from '../../../domain/vault/keys.ts';
import { newRecoveryCode, readRecoveryCode } from '../../../domain/vault/recovery-code.ts';
import { keyOfSecret, wrapKey } from '../../../domain/vault/wrap.ts';
import { type Backups, createBackups } from '../../../renderer/backup/index.ts';
import type { BackupPlace } from '../../../renderer/platform/backup-place.ts';
import { browserBackups } from '../../../renderer/platform/browser-backups.ts';
import { createStore, type OnsiteStore } from '../../../renderer/store/index.ts';
import type { VaultState } from '../../../renderer/vault/vault.ts';
import { type FakePlatform, fakePlatform } from '../store/fake-platform.ts';
import { fact } from '../store/stores.ts';

const keyFileOf = (dataKey: Uint8Array, code: string): KeyFile => {
  const id = crypto.randomUUID();
  const secret = readRecoveryCode(code);
  if (!secret) throw new Error('a code that does not read back');
  const wrap = wrapKey(dataKey, keyOfSecret(secret, id, 'recovery'), id, 'recovery');
  return {
    version: 1,
    id,
    fingerprint: fingerprintOf(createKeys(dataKey)),
    revision: 1,
    pin: null,
    recovery: { wrap },
    office: null,
    wrongPins: { count: 0, at: 0 },
    lockAfter: 10,
  };
};

/** A folder of the person's, of which the origin's private files are the stand-in. */
const folders: string[] = [];
const folderNamed = async (name: string) => {
  folders.push(name);
  return (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });
};
export const placeIn = async (name: string): Promise<BackupPlace> => {
  const folder = await folderNamed(name);
  const place = browserBackups({ showDirectoryPicker: async () => folder });
  if (!place) throw new Error('no place');
  await place.choose();
  return place;
};

export interface Device {
  readonly platform: FakePlatform;
  readonly store: OnsiteStore;
  readonly backups: Backups;
  readonly code: string;
  now: number;
}
const devices: Device[] = [];

/** A device with a vault of its own; `key` tells vaults apart. */
export const device = async (
  place: BackupPlace | null,
  { key = 1, name = uuid(), now = Date.now() } = {},
): Promise<Device> => {
  const dataKey = new Uint8Array(32).fill(key);
  const keys = createKeys(dataKey);
  const code = newRecoveryCode();
  const platform = Object.assign(fakePlatform(), { backups: place });
  const store = createStore({ platform, keys, name: `test-${name}` });
  await store.open();
  const opened: VaultState = {
    step: 'open',
    file: keyFileOf(dataKey, code),
    keys,
    needs: null,
    cover: null,
  };
  const made: Device = {
    platform,
    store,
    code,
    now,
    backups: createBackups({
      platform,
      store,
      keys,
      vault: { state: createState<VaultState>(() => opened) },
      now: () => new Date(made.now),
    }),
  };
  devices.push(made);
  return made;
};

/** Ends all devices, and forgets their folders. */
export const endDevices = async (): Promise<void> => {
  for (const { store, backups } of devices.splice(0)) {
    backups.stop();
    await store.close();
  }
  const root = await navigator.storage.getDirectory();
  for (const name of folders.splice(0)) {
    await root.removeEntry(name, { recursive: true }).catch(() => undefined);
  }
};

export const customer = (store: OnsiteStore, order: string) =>
  store.working.getState().summaries.get(order)?.customer;

/** An order with a photo. */
export const orderWithPhoto = async (store: OnsiteStore, name: string, photo: Uint8Array) => {
  const order = await store.createOrder();
  const hash = bytesToHex(sha256(photo));
  const record = uuid();
  const of = (field: string, value: string | number) => ({ record, order, field, value });
  await store.commit(
    [
      fact(order, 'customer.name', name),
      of('attachment.order', order),
      of('attachment.name', '公章.png'),
      of('attachment.type', 'image/png'),
      of('attachment.size', photo.length),
      of('attachment.sha256', hash),
      of('attachment.purpose', 'customerSeal'),
    ],
    [{ order, sha256: hash, bytes: photo }],
  );
  return { order, hash };
};

export const newest = async ({ backups }: Device) => {
  const [found] = await backups.found();
  if (!found?.header) throw new Error('no backup');
  return { found, header: found.header };
};

export const restoreNewest = async (on: Device, code: string | null = null) => {
  const { found, header } = await newest(on);
  const keys = on.backups.keysOf(header, code);
  if (!keys) throw new Error('the code does not open it');
  const backup = on.backups.inFolder(found);
  const plan = await on.backups.plan(backup, keys);
  return { plan, restored: await on.backups.restore(backup, keys) };
};
