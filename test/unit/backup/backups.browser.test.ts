import { afterEach, expect, test } from 'vitest';
import { readBackupHeader } from '../../../domain/backup/format.ts';
import { WALK_START } from '../../../domain/sync/replica.ts';
import { newRecoveryCode } from '../../../domain/vault/recovery-code.ts';
import { backupInFile } from '../../../renderer/backup/restore.ts';
import type { BackupPlace } from '../../../renderer/platform/backup-place.ts';
import type { OnsiteStore } from '../../../renderer/store/index.ts';
import { answer, enrolment, fact } from '../store/stores.ts';
import {
  customer,
  device,
  endDevices,
  newest,
  orderWithPhoto,
  placeIn,
  restoreNewest,
} from './devices.ts';

afterEach(endDevices);

const DAY = 24 * 60 * 60 * 1000;

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
    await answer(store, sent, { receipts });
  }
  for (;;) {
    const next = await store.sealed.nextAttachment(new Set());
    if (!next) return;
    await store.sealed.attachmentStored({ sha256: next.sha256, size: next.bytes.length });
  }
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
  await old.store.sealed.enrolled(enrolment('token', 'e1'));
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

test('what went to another service is sent again to this one, files and changes', async () => {
  const place = await placeIn('another-service');
  const old = await device(place);
  await old.store.sealed.enrolled(enrolment('a', 'e1'));
  const { order } = await orderWithPhoto(old.store, '样例诊所', new Uint8Array(10));
  await uploadAll(old.store);
  await old.backups.backUpNow();
  const next = await device(place, { key: 2 });
  await next.store.sealed.enrolled(enrolment('b', 'e2'));
  await restoreNewest(next, old.code);
  expect(next.store.working.getState().summaries.get(order)?.unsentAttachments).toBe(1);
  // What the other one confirmed is offered to this one, unless a pull tells that it has it.
  const { sealed } = next.store;
  expect((await sealed.syncMeta()).recollecting).toBe(true);
  const { offers } = await sealed.nextOffers(WALK_START);
  expect(offers.find(({ field }) => field === 'customer.name')).toMatchObject({
    ...{ record: order, value: '样例诊所' },
  });
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

test('an attachment goes from the folder with the last backup that names it, and no sooner', async () => {
  const place = await placeIn('rotated');
  const first = await device(place);
  await orderWithPhoto(first.store, '样例诊所', new Uint8Array(1_000));
  await first.backups.backUpNow();
  const other = await device(place, { key: 2 });
  await orderWithPhoto(other.store, '样例学校', new Uint8Array(1_001));
  await other.backups.backUpNow();
  const paths = async () => (await place.list()).map(({ path }) => path);
  const there = await paths();
  const old = there.find((path) => path.endsWith('.backup')) ?? '';
  const photo = there.find((path) => path.startsWith(`${old.split('/')[0]}/attachments/`)) ?? '';

  // The same vault without what it had: the older backup alone names the photo.
  const emptied = await device(place, { now: first.now + DAY });
  await emptied.store.createOrder();
  await emptied.backups.backUpNow();
  expect(await paths()).toEqual(expect.arrayContaining(there));

  // One that nobody can read may name anything.
  const bytes = await place.read(old, 0, 1_000_000);
  await place.write(old, 0, bytes.subarray(0, 100));
  await place.publish(old);
  emptied.now += DAY;
  await emptied.backups.backUpNow();
  expect(await paths()).toContain(photo);

  await place.remove(old);
  emptied.now += DAY;
  await emptied.backups.backUpNow();
  expect(await paths()).not.toContain(photo);
  const others = there.filter((path) => ![old, photo].includes(path));
  expect(others).toHaveLength(2);
  expect(await paths()).toEqual(expect.arrayContaining(others));
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
  Object.assign(old.platform, {
    saveFile: async (name: string, bytes: Uint8Array) => {
      saved = new Uint8Array(bytes);
      return name;
    },
  });
  await old.backups.backUpNow();
  const next = await device(null, { key: 2 });
  const backup = backupInFile(new Blob([saved]));
  const header = await readBackupHeader(backup.source);
  const opened = next.backups.keysOf(header, old.code);
  if (!opened) throw new Error('the code does not open it');
  await next.backups.restore(backup, opened);
  expect(customer(next.store, order)).toBe('样例诊所');
  expect(await next.store.attachmentBytes(hash)).toEqual(photo);
});

test('a restore that is cut off goes on where it stood, and ends the same', async () => {
  const place = await placeIn('cut');
  const old = await device(place);
  for (const name of ['一', '二', '三']) {
    await orderWithPhoto(old.store, name, crypto.getRandomValues(new Uint8Array(100)));
  }
  const report = await old.backups.backUpNow();
  const orders = [...(await old.store.replicas.orders())].sort();
  for (const attachments of [0, 1, 2]) {
    let left = attachments;
    const cut: BackupPlace = {
      ...place,
      read: async (path, ...range) => {
        if (path.includes('/attachments/')) {
          if (left === 0) throw new Error('拔掉了');
          left -= 1;
        }
        return place.read(path, ...range);
      },
    };
    const next = await device(cut, { key: 2 + attachments });
    const found = (await next.backups.found()).find(({ path }) => path === report?.path);
    const keys = found?.header && next.backups.keysOf(found.header, old.code);
    if (!found || !keys) throw new Error('the backup is gone');
    const restore = () => next.backups.restore(next.backups.inFolder(found), keys);
    await expect(restore()).rejects.toThrow('拔掉了');
    left = Number.POSITIVE_INFINITY;
    expect(await restore()).toMatchObject({ orders: 3, lacking: 0 });
    expect([...(await next.store.replicas.orders())].sort()).toEqual(orders);
    for (const order of orders) {
      const { records } = await old.store.replicas.order(order);
      expect((await next.store.replicas.order(order)).records).toEqual(records);
    }
  }
});
