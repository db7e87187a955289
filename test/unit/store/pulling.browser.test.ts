import { v7 as uuid } from 'uuid';
import { afterEach, expect, test } from 'vitest';
import type { FieldValue, Recollected } from '../../../domain/sync/change.ts';
import { conflictsOf } from '../../../domain/sync/conflict.ts';
import { WALK_START } from '../../../domain/sync/recollect.ts';
import type { StoredRecord } from '../../../domain/sync/record.ts';
import type { FieldState } from '../../../domain/sync/wire.ts';
import { OnsiteDatabase } from '../../../renderer/store/database.ts';
import type { OnsiteStore } from '../../../renderer/store/index.ts';
import { answer, closeStores, fact, openStore, receive, told } from './stores.ts';
import { TEST_KEYS } from './test-keys.ts';

afterEach(closeStores);

let seq = 0;
const state = (record: string, field: string, value: FieldValue, change = uuid()): FieldState => {
  seq += 1;
  return told(record, field, value, seq, change);
};
const page = (fields: readonly FieldState[], more = false) => ({
  fields: [...fields],
  cursor: fields.at(-1)?.seq ?? 0,
  more,
});
const customer = (store: OnsiteStore, order: string) =>
  store.working.getState().summaries.get(order)?.customer;
/** The service takes everything that waits. */
const takeAll = async (store: OnsiteStore) => {
  const sent = await store.sealed.nextChanges();
  const receipts = sent.map(({ change }) => {
    seq += 1;
    return { change: change.id, seq };
  });
  await answer(store, sent, { receipts });
};

test('the cursor moves with its page: a page that fails in the middle is asked for again', async () => {
  const store = await openStore('cursor');
  const [first, second] = [uuid(), uuid()];
  await receive(store, page([state(first, 'customer.name', '样例诊所')]));
  const { cursor } = await store.sealed.identity();
  // A value that the store cannot keep stands for any failure behind the first record.
  const unstorable = JSON.parse('{}', () => 1n);
  const broken = page([
    state(second, 'customer.name', '样例旅馆'),
    state(uuid(), 'kinds', unstorable),
  ]);
  await expect(receive(store, broken)).rejects.toThrow();
  expect((await store.sealed.identity()).cursor).toBe(cursor);
  expect(customer(store, second)).toBeUndefined();

  await receive(store, page([state(second, 'customer.name', '样例旅馆')]));
  expect(customer(store, second)).toBe('样例旅馆');
  expect((await store.sealed.identity()).cursor).toBe(seq);
});

test('a photo waits until the service has heard of its order', async () => {
  const store = await openStore('photo-after-text');
  const [order, bytes] = [uuid(), new Uint8Array([1, 2, 3])];
  const sha256 = '039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81';
  await store.commit([fact(order, 'customer.name', '样例诊所')], [{ order, sha256, bytes }]);
  const next = () => store.sealed.nextAttachment(new Set());
  expect(await next()).toBeNull();
  await store.sealed.nextChanges();
  expect(await next()).toBeNull();
  await takeAll(store);
  expect(await next()).toEqual({ order, sha256, bytes });
});

test('a row whose order comes later belongs to it then', async () => {
  const store = await openStore('row-first');
  const [order, row] = [uuid(), uuid()];
  await receive(store, page([state(row, 'extension.number', '04770000001')], true));
  await receive(
    store,
    page([state(order, 'customer.name', '样例诊所'), state(row, 'extension.order', order)]),
  );
  await store.openOrder(order);
  const record = store.working.getState().records.get(order)?.get(row);
  expect(record).toMatchObject({ order, values: { 'extension.number': '04770000001' } });
});

test('a pulled value never overwrites what was typed and not sent, and waits for the decision', async () => {
  const store = await openStore('covered');
  const order = await store.createOrder();
  await store.commit([fact(order, 'customer.name', '本机')]);
  const own = await changeOf(store, order, 'customer.name');
  await receive(store, page([state(order, 'customer.name', '他机')]));
  expect(customer(store, order)).toBe('本机');
  await takeAll(store);
  expect(customer(store, order)).toBe('本机');

  // The service placed our change before the other one, and keeps both.
  const both = state(order, 'customer.name', '他机');
  const ours = { ...told(order, 'customer.name', '本机', 0, own), order: 0 };
  const { record: _, field: __, seq: ___, ...beside } = ours;
  await receive(store, page([{ ...both, others: [beside] }]));
  expect(customer(store, order)).toBe('他机');
  const [conflict] = conflictsOf([await recordOf(store, order)]);
  expect(conflict?.shown.value).toBe('他机');
  expect(conflict?.others.map(({ value, by }) => [value, by])).toEqual([['本机', '样例同事']]);
});

test('the own change that comes back stays', async () => {
  const store = await openStore('own-back');
  const order = await store.createOrder();
  await store.commit([fact(order, 'customer.name', '本机')]);
  await receive(store, page([state(order, 'customer.name', '他机')]));
  const own = await changeOf(store, order, 'customer.name');
  await takeAll(store);
  await receive(store, page([state(order, 'customer.name', '本机', own)]));
  expect(customer(store, order)).toBe('本机');
  expect(conflictsOf([await recordOf(store, order)])).toEqual([]);
});

test('an answer that belongs to what was asked before something was lost changes nothing', async () => {
  const store = await openStore('late-answer');
  const order = await store.createOrder();
  const before = await store.sealed.syncMeta();
  await store.sealed.startOver('another', before);
  const late = { epoch: 'epoch', intact: true, position: null, cursor: 40, more: false };
  await store.sealed.applyPage({ ...late, fields: [state(order, 'customer.name', '旧')] }, before);
  expect(await store.sealed.syncMeta()).toMatchObject({ cursor: 0, epoch: 'another' });
  expect(customer(store, order)).toBe('');
});

test('receipts and refusals of what was not sent change nothing', async () => {
  const store = await openStore('foreign-receipts');
  const order = await store.createOrder();
  const before = store.working.getState().summaries.get(order);
  const changed = await answer(store, [], {
    receipts: [{ change: uuid(), seq: 1 }],
    rejections: [{ change: 'x', code: 'no', message: '不行' }],
  });
  expect(changed).toBe(0);
  expect(store.working.getState().summaries.get(order)).toEqual(before);
});

test('a refused value that was typed over is gone, and the new one replaces what it replaced', async () => {
  const store = await openStore('typed-over');
  const order = await store.createOrder();
  await store.commit([fact(order, 'customer.name', '甲')]);
  const sent = await store.sealed.nextChanges();
  await store.commit([fact(order, 'customer.name', '乙')]);
  const refused = sent.find(({ change }) => change.field === 'customer.name')?.change.id ?? '';
  await answer(store, sent, {
    receipts: [],
    rejections: [{ change: refused, code: 'no', message: '不行' }],
  });
  expect(store.working.getState().rejected).toEqual([]);
  const names = (await store.sealed.nextChanges()).filter(
    ({ change }) => change.field === 'customer.name',
  );
  expect(names.map(({ change }) => [change.value, change.was])).toEqual([['乙', null]]);
});

test('a refused value waits for a person, and is sent again when one says so', async () => {
  const store = await openStore('retry');
  const order = await store.createOrder();
  const sent = await store.sealed.nextChanges();
  await answer(store, sent, {
    receipts: [],
    rejections: sent.map(({ change }) => ({ change: change.id, code: 'no', message: '不行' })),
  });
  expect(store.working.getState().summaries.get(order)).toMatchObject({
    unsent: sent.length,
    rejected: sent.length,
  });
  expect(await store.sealed.nextChanges()).toEqual([]);
  await store.retryRejected(order);
  expect(await store.sealed.nextChanges()).toEqual(sent);
  expect(store.working.getState().rejected).toEqual([]);
});

test('ten thousand orders are listed within a second of opening', async () => {
  const store = await openStore('many');
  const fields: FieldState[] = [];
  for (let i = 0; i < 10_000; i += 1) fields.push(state(uuid(), 'customer.name', `样例客户${i}`));
  for (let at = 0; at < fields.length; at += 2_500) {
    await receive(store, page(fields.slice(at, at + 2_500)));
  }
  // Left alone for a moment, the store makes pages of the list.
  const db = new OnsiteDatabase('test-many', TEST_KEYS);
  await db.open();
  await expect.poll(() => db.summaries.count(), { timeout: 30_000 }).toBe(0);
  expect(await db.pages.count()).toBeGreaterThan(0);
  db.close();
  await store.close();
  const start = performance.now();
  const again = await openStore('many');
  expect(again.working.getState().summaries.size).toBe(10_000);
  expect(performance.now() - start).toBeLessThan(1_000);
}, 120_000);

test('a service that lost something is sent all of it again: what counts, what was replaced, what others made', async () => {
  const store = await openStore('went-back');
  await store.sealed.startOver('epoch-1', await store.sealed.syncMeta());
  expect((await store.sealed.syncMeta()).recollecting).toBe(false);
  const order = await store.createOrder();
  await takeAll(store);
  await store.commit([fact(order, 'customer.name', '样例诊所')]);
  await takeAll(store);
  await store.commit([fact(order, 'customer.name', '样例医院')]);
  await takeAll(store);
  const foreign = state(order, 'orderNumber', '他机');
  await receive(store, page([foreign]));

  await store.sealed.startOver('epoch-1', await store.sealed.syncMeta());
  expect(await store.sealed.syncMeta()).toMatchObject({ cursor: 0, recollecting: true });
  const offered = await allOffers(store);
  const names = offered.filter(({ field }) => field === 'customer.name');
  expect(names.map(({ value }) => value)).toEqual(['样例医院', '样例诊所']);
  const [latest, replaced] = names;
  expect(latest?.past?.some((tail) => replaced?.id.endsWith(tail))).toBe(true);
  expect(offered).toContainEqual(
    expect.objectContaining({ id: foreign.change, device: foreign.device, order: foreign.order }),
  );
});

const recordOf = async (store: OnsiteStore, order: string): Promise<StoredRecord> => {
  await store.openOrder(order);
  const record = store.working.getState().records.get(order)?.get(order);
  if (!record) throw new Error('no such order');
  return record;
};
const changeOf = async (store: OnsiteStore, order: string, field: string) =>
  (await recordOf(store, order)).changes[field] ?? '';

const allOffers = async ({ sealed }: OnsiteStore): Promise<Recollected[]> => {
  const all: Recollected[] = [];
  for (let walk = WALK_START; walk.table !== 'done'; ) {
    const { offers, next } = await sealed.nextOffers(walk);
    all.push(...offers);
    walk = next;
  }
  return all;
};
