import { v7 as uuid } from 'uuid';
import { afterEach, expect, test } from 'vitest';
import { OnsiteDatabase } from '../../../renderer/store/database.ts';
import { DamagedRowError } from '../../../renderer/store/reasons.ts';
import { compactSummaries } from '../../../renderer/store/summaries.ts';
import { rawText, request } from './snapshots.ts';
import { answer, closeStores, enrolment, fact, openStore } from './stores.ts';
import { TEST_KEYS } from './test-keys.ts';

afterEach(closeStores);

const SHA256 = '0'.repeat(64);
const TYPED = [
  '样例诊所',
  '13900000001',
  '13900000002',
  '李样例',
  '王样例',
  'token-sample',
  '不收',
];

/** A store with something in every table that a session writes; its order. */
const session = async (name: string) => {
  const store = await openStore(name);
  await store.saveDeviceSettings({ installer: '王样例', carrier: {} });
  await store.sealed.enrolled(enrolment('token-sample', 'epoch-1', '王样例'));
  const order = await store.createOrder();
  const member = uuid();
  const bytes = new TextEncoder().encode('李样例的文书');
  await store.commit(
    [
      fact(order, 'customer.name', '样例诊所'),
      fact(order, 'customer.contact.phone', '13900000001'),
      { record: member, order, field: 'member.number', value: '13900000002' },
      { record: member, order, field: 'member.name', value: '李样例' },
    ],
    [{ order, sha256: SHA256, bytes }],
  );
  const [first, ...sent] = await store.sealed.nextChanges();
  if (!first) throw new Error('nothing was sent');
  await answer(store, [first, ...sent], {
    receipts: sent.slice(1).map(({ change }, i) => ({ change: change.id, seq: i + 1 })),
    rejections: [{ change: first.change.id, code: 'no', message: '不收' }],
  });
  await store.sealed.attachmentRefused(SHA256, { code: 'no', message: '不收' });
  await store.sealingKey();
  return { store, order };
};

/** Writes into a database past the app. */
const tamper = async (
  name: string,
  table: string,
  change: (store: IDBObjectStore, rows: readonly { sealed: Uint8Array }[]) => void,
) => {
  const db = await request(indexedDB.open(`test-${name}`));
  const transaction = db.transaction(table, 'readwrite');
  const store = transaction.objectStore(table);
  change(store, await request(store.getAll()));
  await new Promise((resolve) => {
    transaction.oncomplete = resolve;
  });
  db.close();
};

/** The row with one bit of its message the other way round. */
const flipped = <T extends { sealed: Uint8Array }>(row: T): T => {
  const sealed = new Uint8Array(row.sealed);
  sealed[sealed.length >> 1] = (sealed[sealed.length >> 1] ?? 0) ^ 1;
  return { ...row, sealed };
};

test('nothing that was typed can be read in any table or index', async () => {
  const { store } = await session('unreadable');
  const db = new OnsiteDatabase('test-unreadable', TEST_KEYS);
  await db.open();
  const before = await rawText('test-unreadable');
  await compactSummaries(db, 1);
  expect(await db.pages.count()).toBe(1);
  db.close();
  await store.close();
  for (const text of TYPED) {
    expect(before).not.toContain(text);
    expect(await rawText('test-unreadable')).not.toContain(text);
  }
});

test('the list is the same from pages, from rows, and from both', async () => {
  const { store, order } = await session('pages');
  const db = new OnsiteDatabase('test-pages', TEST_KEYS);
  await db.open();
  const list = async () => (await openStore('pages')).working.getState().summaries;
  const before = await list();
  expect(await compactSummaries(db, 1)).toBe(true);
  expect(await db.summaries.count()).toBe(0);
  expect(await list()).toEqual(before);
  // A window that knows the older pages goes on from the new ones.
  await store.commit([fact(order, 'customer.name', '样例学校')]);
  expect((await list()).get(order)).toMatchObject({
    ...before.get(order),
    customer: '样例学校',
    updatedAt: expect.any(Number),
    unsent: (before.get(order)?.unsent ?? 0) + 1,
  });
  await store.deleteOrder(order);
  expect((await list()).has(order)).toBe(false);
  expect(await compactSummaries(db, 1)).toBe(true);
  expect((await list()).has(order)).toBe(false);
  db.close();
});

test('a long list goes into pages in steps, and is the same behind each of them', async () => {
  const { store, order } = await session('steps');
  const summary = store.working.getState().summaries.get(order);
  if (!summary) throw new Error('no summary');
  await store.close();
  const db = new OnsiteDatabase('test-steps', TEST_KEYS);
  await db.open();
  const ids = Array.from({ length: 4_100 }, () => uuid());
  await db.summaries.bulkPut(ids.map((id) => ({ id, summary: { ...summary, id } })));
  // Closed at once: left open, it would make pages itself.
  const list = async () => {
    const opened = await openStore('steps');
    await opened.close();
    return opened.working.getState().summaries;
  };
  const before = await list();
  expect(before.size).toBe(4_101);
  for (const left of [2_101, 101, 0]) {
    expect(await compactSummaries(db, 1)).toBe(true);
    expect(await db.summaries.count()).toBe(left);
    expect(await list()).toEqual(before);
  }
  expect(await compactSummaries(db, 1)).toBe(false);
  db.close();
});

test.each(['summaries', 'records', 'meta', 'outbox'])(
  'a damaged row of %s is never taken as right: it is named',
  async (table) => {
    const { store, order } = await session(`damaged-${table}`);
    await store.close();
    await tamper(`damaged-${table}`, table, (rows, all) => {
      for (const row of all) rows.put(flipped(row));
    });
    const again = openStore(`damaged-${table}`).then((opened) => opened.openOrder(order));
    await expect(again).rejects.toThrow(DamagedRowError);
  },
);

test('a row in another one’s place is not taken for it', async () => {
  const { store, order } = await session('moved');
  const other = await store.createOrder();
  await store.close();
  await tamper('moved', 'records', (rows, all) => {
    const known = new Map(all.map((row) => [Reflect.get(row, 'id'), row]));
    const from = known.get(other);
    if (from) rows.put({ ...from, id: order, order });
  });
  const again = await openStore('moved');
  await expect(again.openOrder(order)).rejects.toThrow(DamagedRowError);
});

test('a damaged page, or one that is missing, is named too', async () => {
  for (const harm of ['flip', 'lose'] as const) {
    const name = `page-${harm}`;
    const { store } = await session(name);
    for (let i = 0; i < 210; i += 1) void store.createOrder();
    await store.createOrder();
    const db = new OnsiteDatabase(`test-${name}`, TEST_KEYS);
    await db.open();
    await compactSummaries(db, 1);
    expect(await db.pages.count()).toBe(2);
    db.close();
    await store.close();
    await tamper(name, 'pages', (rows, [first, last]) => {
      if (harm === 'flip' && first) rows.put(flipped(first));
      if (harm === 'lose' && last) rows.delete(String(Reflect.get(last, 'id')));
    });
    await expect(openStore(name)).rejects.toThrow(DamagedRowError);
  }
});

test('many rows at once are the same as one by one, whichever cipher wrote them', async () => {
  const db = new OnsiteDatabase('test-rows-at-once', TEST_KEYS);
  await db.open();
  const rows = Array.from({ length: 60 }, (_, i) => ({ id: `id-${i}`, summary: null }));
  await db.transaction('rw', db.summaries, async () => {
    // Several such writes wait beside each other in one transaction.
    await Promise.all([0, 20, 40].map((at) => db.summaries.bulkPut(rows.slice(at, at + 20))));
    expect(await db.summaries.get('id-7')).toEqual(rows[7]);
  });
  for (const row of rows) expect(await db.summaries.get(row.id)).toEqual(row);
  for (const row of rows) await db.summaries.put({ ...row, id: `one-${row.id}` });
  expect(await db.summaries.count()).toBe(120);
  expect((await db.summaries.toArray()).every(({ summary }) => summary === null)).toBe(true);

  const given = db.transaction('rw', db.summaries, async (transaction) => {
    const writing = db.summaries.bulkPut(
      rows.map(({ id }) => ({ id: `new-${id}`, summary: null })),
    );
    transaction.abort();
    await writing;
  });
  await expect(given).rejects.toThrow();
  expect(await db.summaries.count()).toBe(120);
  db.close();
});
