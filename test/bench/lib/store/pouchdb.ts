/**
 * PouchDB, a database for each kind of record. It keeps the revision that the next save needs, and
 * members under keys that begin with their order, so that no index must be kept. It cannot ask the
 * browser for strict transactions.
 */
import PouchDB from 'pouchdb-browser';
import type { OrderSummary } from '../../../../renderer/store/store.ts';
import type { Contender } from './contender.ts';
import { type BenchMember, type BenchOrder, newestFirst, summaryOf, TYPED } from './data.ts';

export const pouchdb = (): Contender => {
  const orders = new PouchDB<BenchOrder>('orders');
  const summaries = new PouchDB<OrderSummary>('summaries');
  const members = new PouchDB<BenchMember>('members');
  let open: (BenchOrder & { _id: string; _rev: string }) | null = null;
  return {
    fill: async (all) => {
      for (let at = 0; at < all.length; at += 1_000) {
        const some = all.slice(at, at + 1_000);
        await orders.bulkDocs(some.map((order) => ({ _id: order.id, ...order })));
        await summaries.bulkDocs(some.map((order) => ({ _id: order.id, ...summaryOf(order) })));
      }
    },
    openList: async () => {
      const { rows } = await summaries.allDocs({ include_docs: true });
      return newestFirst(rows.map(({ doc }) => doc));
    },
    openOrder: async (id) => {
      open = await orders.get(id);
    },
    save: async (_, value) => {
      if (!open) return;
      open = { ...open, values: { ...open.values, [TYPED]: value } };
      const { rev } = await orders.put(open);
      open = { ...open, _rev: rev };
    },
    paste: async (pasted) => {
      await members.bulkDocs(pasted.map((each) => ({ _id: `${each.order}/${each.id}`, ...each })));
    },
    kept: async (id) => {
      const found = await members.allDocs({ startkey: `${id}/`, endkey: `${id}/\uffff` });
      return { value: String((await orders.get(id)).values[TYPED]), members: found.rows.length };
    },
    close: async () => {
      for (const each of [orders, summaries, members]) await each.close();
    },
  };
};
