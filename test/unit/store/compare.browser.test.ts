import { v7 as uuid } from 'uuid';
import { afterEach, describe, expect, test } from 'vitest';
import type { Change } from '../../../domain/sync/change.ts';
import { readFile, sealFile } from '../../../renderer/store/attachment-bytes.ts';
import { createAttachmentFiles } from '../../../renderer/store/attachment-files.ts';
import { compareWithJournal, rebuild } from '../../../renderer/store/compare.ts';
import { OnsiteDatabase } from '../../../renderer/store/database.ts';
import { decodeEntry, encodeEntry, encodePlainEntry } from '../../../renderer/store/journal.ts';
import { readMeta, readSettings } from '../../../renderer/store/meta.ts';
import { type FakePlatform, fakePlatform } from './fake-platform.ts';
import { closeStores, openStore } from './stores.ts';
import { TEST_KEYS as keys } from './test-keys.ts';

/** Of the bytes 1, 2, 3. */
const SHA256 = '039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81';

const cipher = keys.cipher('journal');
const device = uuid();
const opened: OnsiteDatabase[] = [];
afterEach(() => {
  for (const db of opened.splice(0)) db.close();
});

/** A database of the test's own, and a machine. */
const setting = async (platform = fakePlatform()) => {
  const db = new OnsiteDatabase(`test-compare-${uuid()}`, keys);
  await db.open();
  opened.push(db);
  await db.open();
  await db.meta.put({ key: 'device', value: device });
  return { db, platform, keys };
};

/** A change as the device made it, of an order's own fact unless `record` is another. */
const change = (
  record: string,
  field: string,
  value: Change['value'],
  was: string | null = null,
): Change => ({ id: uuid(), record, field, value, was, time: 1, device, by: '样例装维' });

const journal = (platform: FakePlatform, ...changes: readonly Change[]) => {
  platform.entries.push(encodeEntry({ kind: 'changes', changes }, cipher));
};

/** Commits changes to the database as the writer does. */
const store = async (
  db: OnsiteDatabase,
  changes: readonly Change[],
  state: 'waiting' | 'sent' | 'confirmed' | 'pulled' = 'waiting',
) => {
  for (const each of changes) {
    const { id, record, field, value } = each;
    const row = (await db.records.get(record)) ?? {
      id: record,
      kind: 'order' as const,
      order: record,
      values: {},
      changes: {},
    };
    await db.records.put({
      ...row,
      values: { ...row.values, [field]: value },
      changes: { ...row.changes, [field]: id },
    });
    const place = (await db.outbox.count()) + 1;
    if (state === 'waiting' || state === 'sent') {
      await db.outbox.put({ id, place, order: record, change: each, status: state });
    } else if (state === 'confirmed') {
      const { was, time, device, by } = each;
      const said = { seq: place, generation: 1, winner: { change: id, was, time, device, by } };
      await db.records.update(record, { server: { [field]: said } });
    }
  }
};

const shown = async (db: OnsiteDatabase, record: string, field = 'customer.name') =>
  (await db.records.get(record))?.values[field];
const queue = async (db: OnsiteDatabase) =>
  (await db.outbox.toArray()).sort((a, b) => a.place - b.place).map(({ id }) => id);
const journalled = (platform: FakePlatform) =>
  platform.entries.flatMap((bytes) => {
    const entry = decodeEntry(bytes, cipher);
    return entry?.kind === 'changes' ? entry.changes.map(({ id }) => id) : [];
  });
const LATER = Number.MAX_SAFE_INTEGER;

describe('what the store lacks', () => {
  test('is taken from the journal, to be sent once more', async () => {
    const parts = await setting();
    const order = uuid();
    const first = change(order, 'customer.name', '样例');
    const second = change(order, 'customer.name', '样例诊所', first.id);
    const third = change(order, 'customer.name', '样例诊所二', second.id);
    journal(parts.platform, first);
    journal(parts.platform, second, third);
    await store(parts.db, [first], 'sent');
    expect((await compareWithJournal(parts, LATER)).taken).toBe(1);
    expect(await shown(parts.db, order)).toBe('样例诊所二');
    expect(await queue(parts.db)).toEqual([first.id, second.id, third.id]);
    expect(await parts.db.summaries.get(order)).toMatchObject({
      summary: { customer: '样例诊所二' },
    });
    expect((await compareWithJournal(parts, LATER)).taken).toBe(0);
  });

  test('takes the place of what had never left the device', async () => {
    const parts = await setting();
    const order = uuid();
    const typed = change(order, 'customer.name', '样');
    const coalesced = change(order, 'customer.name', '样例诊所');
    journal(parts.platform, typed, coalesced);
    await store(parts.db, [typed]);
    await compareWithJournal(parts, LATER);
    expect(await shown(parts.db, order)).toBe('样例诊所');
    expect(await queue(parts.db)).toEqual([coalesced.id]);
  });

  test('is found behind the place up to which both were equal, and by its chain', async () => {
    const parts = await setting();
    const [order, other] = [uuid(), uuid()];
    const confirmed = change(order, 'customer.name', '样例');
    const waiting = change(other, 'customer.name', '另一');
    journal(parts.platform, confirmed, waiting);
    await store(parts.db, [confirmed], 'confirmed');
    await store(parts.db, [waiting]);
    await compareWithJournal(parts, LATER);
    const later = change(order, 'customer.name', '样例诊所', confirmed.id);
    const coalesced = change(other, 'customer.name', '另一样例');
    journal(parts.platform, later, coalesced);
    expect((await compareWithJournal(parts, LATER)).taken).toBe(2);
    expect(await shown(parts.db, order)).toBe('样例诊所');
    expect(await shown(parts.db, other)).toBe('另一样例');
    expect(await queue(parts.db)).toEqual([later.id, coalesced.id]);
  });

  test('is nothing where a later value was pulled, confirmed, or typed since', async () => {
    const parts = await setting();
    const orders = Array.from({ length: 4 }, () => uuid());
    const mine = orders.map((order) => change(order, 'customer.name', '样例'));
    journal(parts.platform, ...mine);
    const [pulled, confirmed, waiting, typed] = orders.map((order, i) =>
      change(order, 'customer.name', '后来', i === 0 ? uuid() : mine[i]?.id),
    );
    if (!pulled || !confirmed || !waiting || !typed) throw new Error('four orders');
    await store(parts.db, [pulled], 'pulled');
    await store(parts.db, [confirmed], 'confirmed');
    await store(parts.db, [waiting, typed]);
    expect((await compareWithJournal(parts, LATER)).taken).toBe(0);
    for (const order of orders) expect(await shown(parts.db, order)).toBe('后来');

    // Behind the place of the last comparison too: what the person typed since the start is later.
    const before = Date.now();
    const unread = change(orders[3] ?? '', 'customer.name', '没有存下');
    journal(parts.platform, unread);
    const news = change(orders[3] ?? '', 'customer.name', '刚刚', typed.id);
    await store(parts.db, [news]);
    expect((await compareWithJournal(parts, before)).taken).toBe(0);
    expect(await shown(parts.db, orders[3] ?? '')).toBe('刚刚');
  });

  test('is not what a person made on another device and this one pulled, though this one typed it first', async () => {
    const parts = await setting();
    const order = uuid();
    const mine = change(order, 'customer.name', '样例');
    journal(parts.platform, mine);
    await store(parts.db, [mine], 'confirmed');
    await store(parts.db, [change(order, 'customer.name', '别人')], 'pulled');
    expect((await compareWithJournal(parts, LATER)).taken).toBe(0);
    expect(await shown(parts.db, order)).toBe('别人');
  });
});

describe('what the journal lacks', () => {
  test('is written to it anew when it was deleted', async () => {
    const parts = await setting();
    const order = uuid();
    const confirmed = change(order, 'customer.name', '样例诊所');
    const waiting = change(order, 'customer.contact.phone', '13900000001');
    journal(parts.platform, confirmed, waiting);
    await store(parts.db, [confirmed], 'confirmed');
    await store(parts.db, [waiting]);
    await compareWithJournal(parts, LATER);
    parts.platform.entries.length = 0;
    await compareWithJournal(parts, LATER);
    expect(journalled(parts.platform).sort()).toEqual([confirmed.id, waiting.id].sort());

    const again = await setting(parts.platform);
    await rebuild(again);
    expect(await shown(again.db, order)).toBe('样例诊所');
    expect(await shown(again.db, order, 'customer.contact.phone')).toBe('13900000001');
  });

  test('appended late, older changes never pass for later ones', async () => {
    const parts = await setting();
    const order = uuid();
    const [a, b, c] = [1, 2, 3].map(() => change(order, 'customer.name', '样例'));
    if (!a || !b || !c) throw new Error('three changes');
    const chain = [a, { ...b, was: a.id }, { ...c, was: b.id, value: '最后' }] as const;
    journal(parts.platform, chain[2]);
    await store(parts.db, chain, 'sent');
    await compareWithJournal(parts, LATER);
    expect(journalled(parts.platform)).toEqual([c.id, a.id, b.id]);
    const again = await setting(parts.platform);
    await rebuild(again);
    expect(await shown(again.db, order)).toBe('最后');
  });

  test('is nothing of what other devices made', async () => {
    const parts = await setting();
    await store(parts.db, [change(uuid(), 'customer.name', '别人')], 'pulled');
    await compareWithJournal(parts, LATER);
    expect(journalled(parts.platform)).toEqual([]);
  });
});

test('identity, settings and attachments come back with a store that is made again', async () => {
  const parts = await setting();
  await parts.db.meta.bulkPut([
    { key: 'token', value: 'token' },
    { key: 'owner', value: '张样例' },
    { key: 'role', value: 'installer' },
    { key: 'settings', value: { installer: '张样例', carrier: { 'carrier.name': '样例乙方' } } },
  ]);
  const [order, photo] = [uuid(), uuid()];
  const bytes = Uint8Array.of(1, 2, 3);
  const sha256 = SHA256;
  const changes = [
    change(order, 'customer.name', '样例诊所'),
    change(photo, 'attachment.order', order),
    change(photo, 'attachment.sha256', sha256),
  ];
  journal(parts.platform, ...changes);
  await store(parts.db, changes);
  await parts.db.files.put(await sealFile(keys, { sha256, bytes }));
  await parts.db.attachments.put({ sha256, orders: [order], waiting: [order] });
  await compareWithJournal(parts, LATER);
  expect(await createAttachmentFiles(parts.platform.files, keys).read(sha256)).toEqual(bytes);

  const db = new OnsiteDatabase(`test-compare-${uuid()}`, keys);
  await db.open();
  opened.push(db);
  const again = { ...parts, db };
  expect(await rebuild(again)).toEqual({ orders: 1, foreign: 0, unread: 0 });
  expect(await readMeta(db)).toMatchObject({ device, token: 'token', owner: '张样例' });
  expect(await readSettings(db)).toMatchObject({ installer: '张样例' });
  expect(await db.attachments.get(sha256)).toMatchObject({ waiting: [order] });
  expect(await readFile(db, sha256)).toEqual(bytes);
  expect(await db.summaries.get(order)).toMatchObject({
    summary: { unsentAttachments: 1, unsent: 3 },
  });
  // The journal has it all: nothing is written to it again.
  const entries = parts.platform.entries.length;
  await compareWithJournal(again, LATER);
  expect(parts.platform.entries.length).toBe(entries);
});

test('a setting that changes back and forth is journalled each time', async () => {
  const parts = await setting();
  const installers: unknown[] = [];
  for (const installer of ['甲样例', '乙样例', '甲样例', '甲样例']) {
    await parts.db.meta.put({ key: 'settings', value: { installer, carrier: {} } });
    await compareWithJournal(parts, LATER);
  }
  for (const bytes of parts.platform.entries) {
    const entry = decodeEntry(bytes, cipher);
    if (entry?.kind === 'settings') installers.push(entry.installer);
  }
  expect(installers).toEqual(['甲样例', '乙样例', '甲样例']);
});

test('a plain journal is read, encrypted and gone', async () => {
  const parts = await setting();
  const order = uuid();
  const old = change(order, 'customer.name', '样例诊所');
  const later = change(order, 'customer.name', '样例诊所二', old.id);
  parts.platform.plain = [
    { name: 'journal', entries: [new Uint8Array(encodePlainEntry([old]))], rest: Uint8Array.of(9) },
  ];
  journal(parts.platform, later);
  await rebuild(parts);
  expect(parts.platform.plain).toEqual([]);
  expect(await shown(parts.db, order)).toBe('样例诊所二');
  expect(await queue(parts.db)).toEqual([old.id, later.id]);
});

test('entries of another vault are counted, and nothing of them is believed', async () => {
  const parts = await setting();
  journal(parts.platform, change(uuid(), 'customer.name', '样例诊所'));
  parts.platform.entries.push(Uint8Array.from({ length: 60 }, (_, i) => i));
  expect(await compareWithJournal(parts, LATER)).toMatchObject({ taken: 1, foreign: 1 });
});

test('what was saved with an attachment has its bytes as a file by then', async () => {
  const platform = fakePlatform();
  const store = await openStore('attachment-file', platform);
  const order = await store.createOrder();
  const bytes = Uint8Array.of(1, 2, 3);
  await store.commit([], [{ order, sha256: SHA256, bytes }]);
  expect(await createAttachmentFiles(platform.files, keys).read(SHA256)).toEqual(bytes);
  await closeStores();
});

test('a rebuild from a damaged journal does not say that everything is there', async () => {
  const platform = fakePlatform();
  journal(platform, change(uuid(), 'customer.name', '样例诊所'));
  const whole = await openStore('rebuilt-whole', fakePlatform([...platform.entries]), {
    rebuild: true,
  });
  expect(whole.working.getState().notice).toMatch(/恢复 1 份工单.*都在/);
  platform.entries.push(new Uint8Array(60));
  const partial = await openStore('rebuilt-partial', platform, { rebuild: true });
  expect(partial.working.getState().notice).toMatch(/恢复 1 份工单.*请核对/);
  await closeStores();
});
