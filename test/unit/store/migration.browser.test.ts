import { v7 as uuid } from 'uuid';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { OnsiteDatabase } from '../../../renderer/store/database.ts';
import type { OnsiteStore } from '../../../renderer/store/index.ts';
import { decodeEntry } from '../../../renderer/store/journal.ts';
import { NewerStoreError } from '../../../renderer/store/reasons.ts';
import encrypted from '../../fixtures/store/encrypted-v1.json';
import v1 from '../../fixtures/store/v1.json';
import v2 from '../../fixtures/store/v2.json';
import { fakePlatform } from './fake-platform.ts';
import { putBack, rawText, request, type Snapshot } from './snapshots.ts';
import { closeStores, fact, openStore } from './stores.ts';
import { TEST_KEYS } from './test-keys.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  await closeStores();
});

const SHAPES: readonly [string, Snapshot][] = [
  ['v1', v1],
  ['v2', v2],
];
/** What people typed into the snapshots. */
const TYPED = ['样例诊所', '13900000001', '13900000002', '李样例', '110101199001010015', '王样例'];

const versions = async () =>
  new Map((await indexedDB.databases()).map(({ name, version }) => [name, version]));

/** What the app shows of a snapshot that it took over. */
const expectWhole = async (name: string, { order, sha256 }: Snapshot) => {
  const store = await openStore(`${name}-1`);
  expect([...store.working.getState().summaries.values()]).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ id: order, customer: '样例诊所', phone: '13900000001' }),
      expect.objectContaining({ customer: '样例旅馆' }),
    ]),
  );
  expect(store.working.getState().summaries.size).toBe(2);
  await store.openOrder(order);
  const records = [...(store.working.getState().records.get(order)?.values() ?? [])];
  expect(records.map(({ kind }) => kind).sort()).toEqual(['attachment', 'member', 'order']);
  expect(records.find(({ kind }) => kind === 'member')?.values).toMatchObject({
    'member.number': '13900000002',
    'member.name': '李样例',
  });
  const bytes = await store.attachmentBytes(sha256);
  expect(new TextDecoder().decode(bytes ?? undefined)).toBe('%PDF-1.7 张样例的文书');
  expect(await store.sealed.identity()).toMatchObject({
    token: 'token-sample-0001',
    owner: '王样例',
    epoch: 'epoch-1',
    cursor: 0,
  });
  expect((await store.deviceSettings()).installer).toBe('王样例');
  expect(store.working.getState().rejected.map(({ code }) => code)).toEqual(['sample', 'sample']);
  expect(store.working.getState().notice).toBeNull();
  return store;
};

describe.each(SHAPES)('a plain store of %s', (shape, snapshot) => {
  test('is there after the update, whole and encrypted, and goes on', async () => {
    const name = `test-taken-${shape}`;
    await putBack(snapshot, name);
    const store = await expectWhole(`taken-${shape}`, snapshot);
    await store.commit([fact(snapshot.order, 'customer.name', '样例学校')]);
    await store.close();
    const again = await openStore(`taken-${shape}-1`);
    expect(again.working.getState().summaries.get(snapshot.order)?.customer).toBe('样例学校');
    await again.close();
    const lying = await rawText(`${name}-1`);
    for (const text of TYPED) expect(lying).not.toContain(text);
    // What an older app finds now is a database that it cannot open, and that holds nothing.
    expect((await versions()).get(name)).toBe(30);
    expect(await rawText(name)).toBe('');
  });

  test('is taken over whole after a start that was cut off, wherever that was', async () => {
    const { put } = IDBObjectStore.prototype;
    const rows = Object.values(snapshot.stores).flatMap(({ rows }) => rows).length;
    for (let at = 0; at < rows + 4; at += 3) {
      const name = `cut-${shape}-${at}x`;
      await putBack(snapshot, `test-${name}`);
      let left = at;
      const broken = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
        this: IDBObjectStore,
        ...args
      ) {
        left -= 1;
        if (left < 0) {
          this.transaction.abort();
          throw new DOMException('', 'AbortError');
        }
        return put.apply(this, args);
      });
      await openStore(`${name}-1`).catch(() => undefined);
      broken.mockRestore();
      await closeStores();
      await (await expectWhole(name, snapshot)).close();
    }
  });

  test('keeps its plain copy until the encrypted one was read back and is the same', async () => {
    const name = `test-checked-${shape}`;
    await putBack(snapshot, name);
    // The first row that is read back is not what was written.
    const wrong = vi.spyOn(JSON, 'parse').mockImplementationOnce(() => ({}));
    await expect(openStore(`checked-${shape}-1`)).rejects.toThrow();
    wrong.mockRestore();
    expect((await versions()).get(name)).toBe(snapshot.version);
    await expectWhole(`checked-${shape}`, snapshot);
  });
});

/** The numbers of an order's members, as a new order finds them in it. */
const expectNumbers = async (store: OnsiteStore, { order }: Snapshot) => {
  const other = await store.createOrder();
  await store.openOrder(other);
  const member = { record: uuid(), order: other, field: 'member.number', value: '13900000002' };
  await store.commit([member]);
  await expect
    .poll(() => store.working.getState().elsewhere.get(other)?.get('13900000002'))
    .toEqual([order]);
};

test.each(SHAPES)(
  'numbers of a plain store of %s are found after it was taken over',
  async (shape, snapshot) => {
    await putBack(snapshot, `test-numbers-${shape}`);
    await expectNumbers(await openStore(`numbers-${shape}-1`), snapshot);
  },
);

test('the first encrypted shape opens whole, journals what it still owed, and goes on', async () => {
  await putBack(encrypted, 'test-encrypted-1');
  const store = await expectWhole('encrypted', encrypted);
  await expectNumbers(store, encrypted);
  await store.close();
  const again = await openStore('encrypted-1');
  expect(again.working.getState().summaries.get(encrypted.order)?.customer).toBe('样例诊所');
  await putBack(encrypted, 'test-owed-1');
  const owing = fakePlatform();
  await openStore('owed-1', owing);
  const cipher = TEST_KEYS.cipher('journal');
  const journalled = () =>
    owing.entries.flatMap((bytes) => {
      const entry = decodeEntry(bytes, cipher);
      return entry?.kind === 'changes' ? entry.changes.map(({ value }) => value) : [];
    });
  await expect.poll(journalled).toContain('样例路 8 号');
});

test('an empty plain database is only put away', async () => {
  await putBack({ ...v2, stores: {} }, 'test-nothing');
  const store = await openStore('nothing-1');
  expect(store.working.getState().summaries.size).toBe(0);
  expect((await versions()).get('test-nothing')).toBe(30);
});

test('a store of a later version is refused, and stays as it is', async () => {
  const store = await openStore('newer');
  const order = await store.createOrder();
  await store.close();
  const upgrade = indexedDB.open('test-newer', 9990);
  upgrade.onupgradeneeded = () => upgrade.result.createObjectStore('later');
  (await request(upgrade)).close();
  const before = await rawText('test-newer');
  await expect(openStore('newer')).rejects.toThrow(NewerStoreError);
  expect((await versions()).get('test-newer')).toBe(9990);
  expect(await rawText('test-newer')).toBe(before);
  expect(before).toContain(order);
});

test('the database of the present version has the shape that its versions say', async () => {
  const db = new OnsiteDatabase('test-shape', TEST_KEYS);
  await db.open();
  expect(db.backendDB().version).toBe(20);
  db.close();
});
