/**
 * The least that keeps our promise, and so the limit of any store that does: a record written without
 * having been read, encrypted, in one strict transaction, and what changed in the journal beside it.
 * No queue, no list, no other window. Everything else is raw IndexedDB.
 */
import { createKeys } from '../../../../domain/vault/keys.ts';
import { browserPlatform } from '../../../../renderer/platform/browser.ts';
import { decryptLarge, encryptLarge } from '../../../../renderer/store/large-cipher.ts';
import type { Contender } from './contender.ts';
import { type BenchOrder, TYPED } from './data.ts';
import { answer, committed, openDatabase, raw } from './raw.ts';

interface SealedOrder {
  readonly id: string;
  readonly sealed: Uint8Array;
}

export const least = (): Contender => {
  const { journal } = browserPlatform();
  const keys = createKeys(new Uint8Array(32).fill(7));
  const plain = raw(false);
  let db: IDBDatabase;
  let order: BenchOrder;

  const seal = (purpose: 'store' | 'journal', value: unknown, context: string) =>
    encryptLarge(keys.key(purpose), new TextEncoder().encode(JSON.stringify(value)), context);
  const opened = async (row: BenchOrder | SealedOrder): Promise<BenchOrder> =>
    'sealed' in row
      ? JSON.parse(
          new TextDecoder().decode(await decryptLarge(keys.key('store'), row.sealed, row.id)),
        )
      : row;

  return {
    ...plain,
    openOrder: async (id) => {
      db = await openDatabase();
      order = await opened(await answer(db.transaction('orders').objectStore('orders').get(id)));
    },
    save: async (id, value) => {
      order = { ...order, values: { ...order.values, [TYPED]: value } };
      const change = { id: crypto.randomUUID(), record: id, field: TYPED, value, was: null };
      const [sealed, entry] = await Promise.all([
        seal('store', order, id),
        seal('journal', change, 'journal'),
      ]);
      const transaction = db.transaction('orders', 'readwrite', { durability: 'strict' });
      transaction.objectStore('orders').put({ id, sealed });
      transaction.commit();
      await Promise.all([committed(transaction), journal.append(entry)]);
    },
    kept: async (id) => {
      db ??= await openDatabase();
      const orders = db.transaction('orders').objectStore('orders');
      const { values } = await opened(await answer(orders.get(id)));
      const index = db.transaction('members').objectStore('members').index('order');
      return { value: String(values[TYPED]), members: await answer(index.count(id)) };
    },
  };
};
