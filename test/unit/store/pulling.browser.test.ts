import { v7 as uuid } from 'uuid';
import { afterEach, expect, test } from 'vitest';
import type { FieldValue } from '../../../domain/sync/change.ts';
import type { FieldState } from '../../../domain/sync/wire.ts';
import { OnsiteDatabase } from '../../../renderer/store/database.ts';
import type { OnsiteStore } from '../../../renderer/store/index.ts';
import { closeStores, fact, openStore } from './stores.ts';
import { TEST_KEYS } from './test-keys.ts';

afterEach(closeStores);

let seq = 0;
const state = (record: string, field: string, value: FieldValue, change = uuid()): FieldState => {
  seq += 1;
  return { record, field, value, change, seq };
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
  await store.sealed.settle(sent, { receipts, rejections: [] });
};

test('the cursor moves with its page: a page that fails in the middle is asked for again', async () => {
  const store = await openStore('cursor');
  const [first, second] = [uuid(), uuid()];
  await store.sealed.applyPage(page([state(first, 'customer.name', '样例诊所')]));
  const { cursor } = await store.sealed.identity();
  // A value that the store cannot keep stands for any failure behind the first record.
  const unstorable = JSON.parse('{}', () => 1n);
  const broken = page([
    state(second, 'customer.name', '样例旅馆'),
    state(uuid(), 'kinds', unstorable),
  ]);
  await expect(store.sealed.applyPage(broken)).rejects.toThrow();
  expect((await store.sealed.identity()).cursor).toBe(cursor);
  expect(customer(store, second)).toBeUndefined();

  await store.sealed.applyPage(page([state(second, 'customer.name', '样例旅馆')]));
  expect(customer(store, second)).toBe('样例旅馆');
  expect((await store.sealed.identity()).cursor).toBe(seq);
});

test('a row whose order comes later belongs to it then', async () => {
  const store = await openStore('row-first');
  const [order, row] = [uuid(), uuid()];
  await store.sealed.applyPage(page([state(row, 'extension.number', '04770000001')], true));
  await store.sealed.applyPage(
    page([state(order, 'customer.name', '样例诊所'), state(row, 'extension.order', order)]),
  );
  await store.openOrder(order);
  const record = store.working.getState().records.get(order)?.get(row);
  expect(record).toMatchObject({ order, values: { 'extension.number': '04770000001' } });
});

test('a pulled value never overwrites what was typed and not sent, and waits for the decision', async () => {
  const store = await openStore('withheld');
  const order = await store.createOrder();
  await store.commit([fact(order, 'customer.name', '本机')]);
  const other = state(order, 'customer.name', '他机');
  await store.sealed.applyPage(page([other]));
  expect(customer(store, order)).toBe('本机');

  // Our change has its receipt, but did not come back: the service placed it before the other one.
  await takeAll(store);
  expect(customer(store, order)).toBe('本机');
  await store.sealed.applyPage({ fields: [], cursor: seq, more: false });
  expect(customer(store, order)).toBe('他机');
});

test('the own change that comes back stays, and what it beat is forgotten', async () => {
  const store = await openStore('own-back');
  const order = await store.createOrder();
  await store.commit([fact(order, 'customer.name', '本机')]);
  await store.sealed.applyPage(page([state(order, 'customer.name', '他机')]));
  await store.openOrder(order);
  const own = store.working.getState().records.get(order)?.get(order)?.changes['customer.name'];
  await takeAll(store);
  await store.sealed.applyPage(page([state(order, 'customer.name', '本机', own)]));
  await store.sealed.applyPage({ fields: [], cursor: seq + 10, more: false });
  expect(customer(store, order)).toBe('本机');
});

test('receipts and refusals of what was not sent change nothing', async () => {
  const store = await openStore('foreign-receipts');
  const order = await store.createOrder();
  const before = store.working.getState().summaries.get(order);
  const changed = await store.sealed.settle([], {
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
  await store.sealed.settle(sent, {
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
  await store.sealed.settle(sent, {
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
    await store.sealed.applyPage(page(fields.slice(at, at + 2_500)));
  }
  // Left alone for a moment, the store makes pages of the list.
  const db = new OnsiteDatabase('test-many', TEST_KEYS);
  await db.open();
  await expect.poll(() => db.pages.count(), { timeout: 20_000 }).toBeGreaterThan(0);
  db.close();
  await store.close();
  const start = performance.now();
  const again = await openStore('many');
  expect(again.working.getState().summaries.size).toBe(10_000);
  expect(performance.now() - start).toBeLessThan(1_000);
}, 120_000);

test('a service that went back in time is sent again what it had confirmed, change by change', async () => {
  const store = await openStore('went-back');
  await store.sealed.adoptEpoch('epoch-1');
  const order = await store.createOrder();
  await takeAll(store);
  await store.commit([fact(order, 'customer.name', '样例诊所')]);
  const [last] = await store.sealed.nextChanges();
  await takeAll(store);
  await store.sealed.applyPage({ fields: [], cursor: seq, more: false });
  expect(store.working.getState().summaries.get(order)?.unsent).toBe(0);

  await store.sealed.adoptEpoch('epoch-1', true);
  expect((await store.sealed.identity()).cursor).toBe(0);
  const again = await store.sealed.nextChanges();
  expect(again).toContainEqual(last);
  expect(store.working.getState().summaries.get(order)?.unsent).toBe(again.length);
  await takeAll(store);
  expect(store.working.getState().summaries.get(order)?.unsent).toBe(0);
});
