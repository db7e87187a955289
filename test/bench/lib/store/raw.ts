/**
 * IndexedDB with nothing in front of it. An order is read and written in one strict transaction, since
 * another tab may have written it; with `everything`, the transaction writes all that a change needs in
 * an app that uploads and lists: the record, the outbox entry, the list's line.
 */
import type { OrderSummary } from '../../../../renderer/store/store.ts';
import type { Contender } from './contender.ts';
import { type BenchMember, type BenchOrder, newestFirst, summaryOf, TYPED } from './data.ts';

export const answer = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

export const committed = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });

export const openDatabase = (): Promise<IDBDatabase> => {
  const request = indexedDB.open('bench', 1);
  request.onupgradeneeded = () => {
    const { result } = request;
    result.createObjectStore('orders', { keyPath: 'id' });
    result.createObjectStore('summaries', { keyPath: 'id' });
    result.createObjectStore('members', { keyPath: 'id' }).createIndex('order', 'order');
    result.createObjectStore('outbox', { keyPath: 'id' });
  };
  return answer(request);
};

export const raw = (everything: boolean): Contender => {
  let db: IDBDatabase;
  const write = (stores: readonly string[]) =>
    db.transaction([...stores], 'readwrite', { durability: 'strict' });
  let sent = 0;

  return {
    fill: async (orders) => {
      db = await openDatabase();
      const transaction = write(['orders', 'summaries']);
      for (const order of orders) {
        transaction.objectStore('orders').put(order);
        transaction.objectStore('summaries').put(summaryOf(order));
      }
      await committed(transaction);
    },
    openList: async () => {
      db = await openDatabase();
      const rows: OrderSummary[] = await answer(
        db.transaction('summaries').objectStore('summaries').getAll(),
      );
      return newestFirst(rows);
    },
    openOrder: async () => {},
    save: (id, value) => {
      const transaction = write(everything ? ['orders', 'summaries', 'outbox'] : ['orders']);
      const orders = transaction.objectStore('orders');
      const reading: IDBRequest<BenchOrder> = orders.get(id);
      reading.onsuccess = () => {
        const order = reading.result;
        orders.put({ ...order, values: { ...order.values, [TYPED]: value } });
        if (!everything) return;
        sent += 1;
        const change = { id: String(sent), record: id, field: TYPED, value, was: String(sent - 1) };
        transaction.objectStore('outbox').put(change);
        const summary = { ...summaryOf(order), updatedAt: Date.now(), unsent: sent };
        transaction.objectStore('summaries').put(summary);
      };
      return committed(transaction);
    },
    paste: (members) => {
      const transaction = write(everything ? ['members', 'outbox'] : ['members']);
      const outbox = everything ? transaction.objectStore('outbox') : null;
      const put = transaction.objectStore('members');
      for (const member of members) {
        put.put(member);
        const { id, order: _, ...values } = member;
        for (const [field, value] of Object.entries(values)) {
          outbox?.put({ id: `${id}/${field}`, record: id, field, value, was: null });
        }
      }
      return committed(transaction);
    },
    kept: async (id) => {
      const transaction = db.transaction(['orders', 'members']);
      const order: BenchOrder = await answer(transaction.objectStore('orders').get(id));
      const members = await answer<BenchMember[]>(
        db.transaction('members').objectStore('members').index('order').getAll(id),
      );
      return { value: String(order.values[TYPED]), members: members.length };
    },
    close: async () => db.close(),
  };
};
