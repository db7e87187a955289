import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { v7 as uuid } from 'uuid';
import { afterEach, expect, test } from 'vitest';
import { createStore as createState } from 'zustand/vanilla';
import type { KeyFile } from '../../../domain/vault/key-file.ts';
import { createKeys, fingerprintOf } from '../../../domain/vault/keys.ts';
import { newRecoveryCode, readRecoveryCode } from '../../../domain/vault/recovery-code.ts';
import { keyOfSecret, wrapKey } from '../../../domain/vault/wrap.ts';
import { type Backups, createBackups } from '../../../renderer/backup/index.ts';
import { backupInFile } from '../../../renderer/backup/restore.ts';
import type { BackupPlace } from '../../../renderer/platform/backup-place.ts';
import { browserBackups } from '../../../renderer/platform/browser-backups.ts';
import { createStore, type OnsiteStore } from '../../../renderer/store/index.ts';
import type { VaultState } from '../../../renderer/vault/vault.ts';
import { fakePlatform } from '../store/fake-platform.ts';
import { fact } from '../store/stores.ts';

const DAY = 24 * 60 * 60 * 1000;

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
const placeIn = async (name: string): Promise<BackupPlace> => {
  const folder = await folderNamed(name);
  const place = browserBackups({ showDirectoryPicker: async () => folder });
  if (!place) throw new Error('no place');
  await place.choose();
  return place;
};

interface Device {
  readonly store: OnsiteStore;
  readonly backups: Backups;
  readonly code: string;
  now: number;
}
const devices: Device[] = [];

/** A device with a vault of its own; `key` tells vaults apart. */
const device = async (
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

afterEach(async () => {
  for (const { store, backups } of devices.splice(0)) {
    backups.stop();
    await store.close();
  }
  const root = await navigator.storage.getDirectory();
  for (const name of folders.splice(0)) {
    await root.removeEntry(name, { recursive: true }).catch(() => undefined);
  }
});

const customer = (store: OnsiteStore, order: string) =>
  store.working.getState().summaries.get(order)?.customer;

/** An order with a photo. */
const orderWithPhoto = async (store: OnsiteStore, name: string, photo: Uint8Array) => {
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

/** The service takes everything that waits. */
let seq = 0;
const uploadAll = async (store: OnsiteStore) => {
  for (;;) {
    const sent = await store.sealed.nextChanges();
    if (sent.length === 0) break;
    const receipts = sent.map(({ change }) => {
      seq += 1;
      return { change: change.id, seq };
    });
    await store.sealed.settle(sent, { receipts, rejections: [] });
  }
  for (;;) {
    const next = await store.sealed.nextAttachment(new Set());
    if (!next) return;
    await store.sealed.attachmentStored({ sha256: next.sha256, size: next.bytes.length });
  }
};

const newest = async ({ backups }: Device) => {
  const [found] = await backups.found();
  if (!found?.header) throw new Error('no backup');
  return { found, header: found.header };
};

const restoreNewest = async (on: Device, code: string | null = null) => {
  const { found, header } = await newest(on);
  const keys = on.backups.keysOf(header, code);
  if (!keys) throw new Error('the code does not open it');
  const backup = on.backups.inFolder(found);
  const plan = await on.backups.plan(backup, keys);
  return { plan, restored: await on.backups.restore(backup, keys) };
};

test('a backup is restored on another machine with the recovery code: orders, photos, unsent changes', async () => {
  const place = await placeIn('another-machine');
  const old = await device(place, { key: 1 });
  const photo = crypto.getRandomValues(new Uint8Array(50_000));
  const { order, hash } = await orderWithPhoto(old.store, '样例诊所', photo);
  const report = await old.backups.backUpNow();
  expect(report).toMatchObject({ attachments: 1, elsewhere: 0, counts: { orders: 1 } });

  const next = await device(place, { key: 2 });
  const { header } = await newest(next);
  expect(next.backups.keysOf(header, null)).toBeNull();
  expect(next.backups.keysOf(header, newRecoveryCode())).toBeNull();
  const { plan, restored } = await restoreNewest(next, old.code);
  expect(plan.changes).toMatchObject([
    { id: order, customer: '样例诊所', difference: { isNew: true } },
  ]);
  expect(restored).toEqual({ orders: 1, lacking: 0, enrolAgain: true });
  expect(customer(next.store, order)).toBe('样例诊所');
  expect(await next.store.attachmentBytes(hash)).toEqual(photo);
  const unsent = old.store.working.getState().summaries.get(order)?.unsent;
  expect(next.store.working.getState().summaries.get(order)).toMatchObject({
    unsent,
    unsentAttachments: 1,
  });
  // What another device made goes on under its own id.
  const sent = await next.store.sealed.nextChanges();
  const { identity } = await old.store.replicas.device();
  expect(new Set(sent.map(({ change }) => change.device))).toEqual(new Set([identity.device]));
});

test('restoring a second time, or what is here already, changes nothing', async () => {
  const place = await placeIn('twice');
  const old = await device(place);
  const { order } = await orderWithPhoto(old.store, '样例诊所', new Uint8Array(10));
  await old.backups.backUpNow();
  const next = await device(place, { key: 2 });
  await restoreNewest(next, old.code);
  const before = await next.store.replicas.order(order);
  // Restoring backed up first, so the newest one is its own by now.
  const all = await next.backups.found();
  const first = all.find(({ header }) => header && !next.backups.keysOf(header, null));
  if (!first?.header) throw new Error('the old backup is gone');
  const keys = next.backups.keysOf(first.header, old.code);
  if (!keys) throw new Error('the code does not open it');
  const plan = await next.backups.plan(next.backups.inFolder(first), keys);
  expect(plan).toMatchObject({ changes: [], same: 1 });
  await next.backups.restore(next.backups.inFolder(first), keys);
  expect(await next.store.replicas.order(order)).toEqual(before);
});

test('an older value never takes the place of a newer one, and the screen says what stays', async () => {
  const place = await placeIn('older');
  const here = await device(place);
  const order = await here.store.createOrder();
  await here.store.commit([fact(order, 'customer.name', '旧名')]);
  await here.backups.backUpNow();
  const { found } = await newest(here);
  await here.store.commit([fact(order, 'customer.name', '新名')]);
  const { header } = await newest(here);
  const keys = here.backups.keysOf(header, null);
  if (!keys) throw new Error('the own backup does not open');
  const plan = await here.backups.plan(here.backups.inFolder(found), keys);
  expect(plan.changes).toMatchObject([
    { id: order, difference: { taken: [], kept: 1, unsent: 0 } },
  ]);
  here.now += 2_000;
  await here.backups.restore(here.backups.inFolder(found), keys);
  expect(customer(here.store, order)).toBe('新名');
  // The present state was backed up before: two backups lie there.
  expect(await here.backups.found()).toHaveLength(2);
});

test('after the store was lost, the same vault’s backup gives device and enrolment back', async () => {
  const place = await placeIn('lost-store');
  const old = await device(place);
  await old.store.sealed.enrolled({
    token: 'token',
    role: 'installer',
    owner: '张样例',
    epoch: 'e1',
  });
  const order = await old.store.createOrder();
  await old.store.commit([fact(order, 'customer.name', '样例诊所')]);
  await uploadAll(old.store);
  await old.backups.backUpNow();
  const before = await old.store.replicas.device();

  const next = await device(place);
  const { restored } = await restoreNewest(next);
  expect(restored.enrolAgain).toBe(false);
  expect((await next.store.replicas.device()).identity).toMatchObject({
    device: before.identity.device,
    token: 'token',
    epoch: 'e1',
  });
  // It was uploaded, and still is.
  expect(next.store.working.getState().summaries.get(order)).toMatchObject({ unsent: 0 });
});

test('what went to another service is sent again to this one', async () => {
  const place = await placeIn('another-service');
  const old = await device(place);
  await old.store.sealed.enrolled({ token: 'a', role: 'installer', owner: '张样例', epoch: 'e1' });
  const { order } = await orderWithPhoto(old.store, '样例诊所', new Uint8Array(10));
  await uploadAll(old.store);
  await old.backups.backUpNow();
  const next = await device(place, { key: 2 });
  await next.store.sealed.enrolled({ token: 'b', role: 'installer', owner: '张样例', epoch: 'e2' });
  await restoreNewest(next, old.code);
  const { unsent = 0, unsentAttachments } =
    next.store.working.getState().summaries.get(order) ?? {};
  expect(unsent).toBeGreaterThan(0);
  expect(unsentAttachments).toBe(1);
});

test('a damaged backup is listed as damaged, is refused, and changes nothing', async () => {
  const place = await placeIn('damaged');
  const old = await device(place);
  await orderWithPhoto(old.store, '样例诊所', new Uint8Array(10));
  await old.backups.backUpNow();
  const { found, header } = await newest(old);
  const bytes = await place.read(found.path, 0, found.size);
  const keys = old.backups.keysOf(header, null);
  if (!keys) throw new Error('the own backup does not open');
  const next = await device(place);
  for (const at of [found.size - 1, found.size - 200, Math.floor(found.size / 2)]) {
    const damaged = bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
    const file = backupInFile(new Blob([new Uint8Array(damaged)]));
    await expect(next.backups.plan(file, keys)).rejects.toThrow(/已损坏|不完整/);
  }
  expect(await next.store.replicas.orders()).toEqual([]);
  await place.write(found.path, 0, new TextEncoder().encode('onsite-backup 9\n'));
  await place.publish(found.path);
  expect(await next.backups.found()).toMatchObject([
    { header: null, problem: expect.stringContaining('升级') },
  ]);
});

test('a damaged attachment beside the backup is left out and said, the rest comes back', async () => {
  const place = await placeIn('damaged-photo');
  const old = await device(place);
  const { order, hash } = await orderWithPhoto(old.store, '样例诊所', new Uint8Array(1_000));
  await old.backups.backUpNow();
  const [file] = (await place.list()).filter(({ path }) => path.endsWith(hash));
  if (!file) throw new Error('the photo is not in the backup');
  await place.write(file.path, 0, new Uint8Array(file.size));
  await place.publish(file.path);
  const next = await device(place, { key: 2 });
  const { restored } = await restoreNewest(next, old.code);
  expect(restored).toMatchObject({ orders: 1, lacking: 1 });
  expect(customer(next.store, order)).toBe('样例诊所');
  expect(await next.store.attachmentBytes(hash)).toBeNull();
  expect(next.store.working.getState().rejected).toMatchObject([{ order, code: 'missing' }]);
});

test('attachments are copied once, and a folder that is full or gone leaves the old backups whole', async () => {
  const place = await placeIn('full');
  const old = await device(place);
  await orderWithPhoto(old.store, '样例诊所', new Uint8Array(1_000));
  await old.backups.backUpNow();
  const before = await place.list();
  let written: string[] = [];
  let room = Number.POSITIVE_INFINITY;
  const watched: BackupPlace = {
    ...place,
    write: async (path, offset, bytes) => {
      if (bytes.length > room) throw new Error('备份文件夹所在的磁盘已满');
      written.push(path);
      await place.write(path, offset, bytes);
    },
  };
  const again = await device(watched);
  again.now += DAY;
  await restoreNewest(again);
  written = [];
  again.now += DAY;
  await again.backups.backUpNow();
  expect(written.filter((path) => path.includes('/attachments/'))).toEqual([]);

  room = 10;
  again.now += DAY;
  const count = (await place.list()).length;
  await expect(again.backups.backUpNow()).rejects.toThrow('磁盘已满');
  expect(again.backups.state.getState()).toMatchObject({ problem: '备份文件夹所在的磁盘已满' });
  expect(await place.list()).toHaveLength(count);
  expect(await place.list()).toEqual(expect.arrayContaining([...before]));
  // Nothing was restored over what could not be backed up first.
  const { found, header } = await newest(again);
  const keys = again.backups.keysOf(header, null);
  if (!keys) throw new Error('the own backup does not open');
  await expect(again.backups.restore(again.backups.inFolder(found), keys)).rejects.toThrow(
    '什么都没有改动',
  );
  room = Number.POSITIVE_INFINITY;
  await again.backups.backUpNow();
  expect(again.backups.state.getState().problem).toBeNull();
});

test('what is not on the disk as it was written gets no name', async () => {
  const place = await placeIn('lying-disk');
  const lying: BackupPlace = {
    ...place,
    read: async (path, offset, length, unnamed) => {
      const bytes = await place.read(path, offset, length, unnamed);
      const last = bytes.length - 1;
      return unnamed ? bytes.map((byte, i) => (i === last ? byte ^ 1 : byte)) : bytes;
    },
  };
  const here = await device(lying);
  await here.store.createOrder();
  await expect(here.backups.backUpNow()).rejects.toThrow();
  expect(await place.list()).toEqual([]);
  expect(here.backups.state.getState().history?.lastSuccessAt ?? null).toBeNull();
});

test('by itself one is made each day, and when the app is another version; never of an empty store', async () => {
  const place = await placeIn('by-itself');
  const here = await device(place, { now: new Date('2026-03-05T09:00').getTime() });
  await here.backups.start();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await here.backups.found()).toEqual([]);

  const order = await here.store.createOrder();
  await here.backups.backUpNow();
  expect(await here.backups.found()).toHaveLength(1);
  // Opened again the next day: the version is the same, so it waits a little.
  here.now += DAY;
  const name = here.store.sealed.name.replace('test-', '');
  here.backups.stop();
  await here.store.close();
  devices.length = 0;
  const updated = await device(place, { name, now: here.now });
  const history = await updated.store.replicas.history();
  if (!history) throw new Error('the history is lost');
  await updated.store.replicas.keepHistory({ ...history, version: '0.0.0-before' });
  await updated.backups.start();
  await expect.poll(async () => (await updated.backups.found()).length).toBe(2);
  expect(customer(updated.store, order)).toBe('');
});

test('where no folder can be chosen, a backup is one whole file that restores anywhere', async () => {
  const old = await device(null);
  const photo = crypto.getRandomValues(new Uint8Array(5_000));
  const { order, hash } = await orderWithPhoto(old.store, '样例诊所', photo);
  expect(old.backups.way).toBe('download');
  let saved = new Uint8Array();
  const platform = Object.assign(fakePlatform(), {
    saveFile: async (name: string, bytes: Uint8Array) => {
      saved = new Uint8Array(bytes);
      return name;
    },
  });
  const keys = createKeys(new Uint8Array(32).fill(1));
  const file = keyFileOf(new Uint8Array(32).fill(1), old.code);
  const vault = {
    state: createState<VaultState>(() => ({ step: 'open', file, keys, needs: null, cover: null })),
  };
  const backups = createBackups({ platform, store: old.store, keys, vault });
  await backups.backUpNow();
  backups.stop();
  const next = await device(null, { key: 2 });
  const backup = backupInFile(new Blob([saved]));
  const opened = next.backups.keysOf({ ...(await newestOf(saved)) }, old.code);
  if (!opened) throw new Error('the code does not open it');
  await next.backups.restore(backup, opened);
  expect(customer(next.store, order)).toBe('样例诊所');
  expect(await next.store.attachmentBytes(hash)).toEqual(photo);
});

const newestOf = async (bytes: Uint8Array) => {
  const { readBackupHeader, sourceOf } = await import('../../../domain/backup/format.ts');
  return readBackupHeader(sourceOf(bytes));
};
