import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { v7 as uuid } from 'uuid';
import { afterEach, expect, test } from 'vitest';
import type { OnsiteStore } from '../../../renderer/store/index.ts';
import { type FakePlatform, fakePlatform } from '../store/fake-platform.ts';
import { answer as answered, closeStores, enrolment, fact, openStore } from '../store/stores.ts';

afterEach(closeStores);

const DAY = 24 * 60 * 60 * 1000;
const later = (days: number) => new Date(Date.now() + days * DAY);
const PHOTO = crypto.getRandomValues(new Uint8Array(2_000));
const HASH = bytesToHex(sha256(PHOTO));

const attach = async (store: OnsiteStore, order: string) => {
  const record = uuid();
  const of = (field: string, value: string | number) => ({ record, order, field, value });
  await store.commit(
    [
      of('attachment.order', order),
      of('attachment.name', '公章.png'),
      of('attachment.size', PHOTO.length),
      of('attachment.sha256', HASH),
    ],
    [{ order, sha256: HASH, bytes: PHOTO }],
  );
};

let seq = 0;
const uploadChanges = async (store: OnsiteStore) => {
  const sent = await store.sealed.nextChanges();
  const receipts = sent.map(({ change }) => {
    seq += 1;
    return { change: change.id, seq };
  });
  await answered(store, sent, { receipts });
};
/** And what says that it arrived. */
const uploadPhoto = async (store: OnsiteStore) => {
  await store.sealed.attachmentStored({ sha256: HASH, size: PHOTO.length });
  await uploadChanges(store);
};

const opened = async (name: string): Promise<[OnsiteStore, FakePlatform, string]> => {
  const platform = fakePlatform();
  const store = await openStore(`retention-${name}`, platform);
  const order = await store.createOrder();
  await attach(store, order);
  // The second home of the bytes, as the comparison with the journal fills it.
  platform.kept.set(HASH, PHOTO);
  return [store, platform, order];
};

const isHere = async (store: OnsiteStore, platform: FakePlatform) => ({
  store: (await store.replicas.bytes(HASH)) !== null,
  beside: platform.kept.has(HASH),
});
const BOTH = { store: true, beside: true };
const NONE = { store: false, beside: false };

test('bytes go from both places once everything has its receipt and the days are over; the row stays', async () => {
  const [store, platform, order] = await opened('all');
  await uploadChanges(store);
  await uploadPhoto(store);
  expect(await store.retention.thin(30, later(29))).toBe(0);
  expect(await isHere(store, platform)).toEqual(BOTH);
  expect(await store.retention.thin(30, later(31))).toBe(1);
  expect(await isHere(store, platform)).toEqual(NONE);
  expect((await store.replicas.order(order)).attachments).toEqual([
    { sha256: HASH, waiting: false },
  ]);
  await store.openOrder(order);
  const records = [...(store.working.getState().records.get(order)?.values() ?? [])];
  expect(records.find(({ kind }) => kind === 'attachment')?.values).toMatchObject({
    'attachment.name': '公章.png',
    'attachment.size': PHOTO.length,
    'attachment.sha256': HASH,
  });
  expect(store.working.getState().summaries.get(order)).toMatchObject({ unsentAttachments: 0 });
});

test('nothing goes without the receipt of the bytes', async () => {
  const [store, platform] = await opened('no-photo-receipt');
  await uploadChanges(store);
  expect(await store.retention.thin(7, later(400))).toBe(0);
  expect(await isHere(store, platform)).toEqual(BOTH);
});

test('nothing goes while one change of the order has no receipt', async () => {
  const [store, platform, order] = await opened('one-change');
  await uploadChanges(store);
  await uploadPhoto(store);
  await store.commit([fact(order, 'customer.name', '样例诊所')]);
  expect(await store.retention.thin(7, later(400))).toBe(0);
  expect(await isHere(store, platform)).toEqual(BOTH);
});

test('nothing goes while a change is refused, or another order that shares the bytes is not up', async () => {
  const [store, platform, order] = await opened('shared');
  await store.sealed.attachmentStored({ sha256: HASH, size: PHOTO.length });
  const sent = await store.sealed.nextChanges();
  const rejections = sent.map(({ change }) => ({ change: change.id, code: 'x', message: '不行' }));
  await answered(store, sent, { receipts: [], rejections });
  expect(await store.retention.thin(7, later(400))).toBe(0);
  await store.retryRejected(order);
  await uploadChanges(store);
  const other = await store.createOrder();
  await attach(store, other);
  expect(await store.retention.thin(7, later(400))).toBe(0);
  expect(await isHere(store, platform)).toEqual(BOTH);
  await uploadChanges(store);
  expect(await store.retention.thin(7, later(400))).toBe(1);
});

test('never sooner than after seven days, whatever is asked', async () => {
  const [store, platform] = await opened('seven');
  await uploadChanges(store);
  await uploadPhoto(store);
  expect(await store.retention.thin(0, later(6))).toBe(0);
  expect(await isHere(store, platform)).toEqual(BOTH);
});

test('it is off until somebody asks for it, and the setting stays', async () => {
  const store = await openStore('retention-setting');
  expect((await store.deviceSettings()).thinAfterDays).toBeUndefined();
  await store.saveDeviceSettings({ installer: '张样例', carrier: {}, thinAfterDays: 30 });
  expect(await store.deviceSettings()).toMatchObject({ thinAfterDays: 30 });
});

test('what was let go is asked of the service when it is opened, and checked', async () => {
  const [store, platform] = await opened('recall');
  await uploadChanges(store);
  await uploadPhoto(store);
  await store.retention.thin(7, later(8));
  let answer: () => Promise<Uint8Array> = async () => PHOTO;
  store.retention.recallFrom(() => answer());
  expect(await store.attachmentBytes(HASH)).toEqual(PHOTO);
  expect(await isHere(store, platform)).toEqual(NONE);
  answer = async () => new Uint8Array(3);
  expect(await store.attachmentBytes(HASH)).toBeNull();
  answer = async () => {
    throw new Error('offline');
  };
  expect(await store.attachmentBytes(HASH)).toBeNull();
  expect(store.working.getState().notice).toContain('联网后');
});

test('what the service lost after it was let go here is said, not sent as nothing', async () => {
  const [store, , order] = await opened('lost-there');
  await store.sealed.enrolled(enrolment('token', 'one'));
  await uploadChanges(store);
  await uploadPhoto(store);
  await store.retention.thin(7, later(8));
  await store.sealed.startOver('two', await store.sealed.syncMeta());
  expect(await store.sealed.nextAttachment(new Set())).toBeNull();
  const { rejected } = store.working.getState();
  expect(rejected).toMatchObject([{ order, code: 'let-go' }]);
});
