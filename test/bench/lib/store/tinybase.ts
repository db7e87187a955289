/**
 * TinyBase with its IndexedDB persister, which writes a whole table whatever changed in it: a store
 * and a persister for each kind of record, so that it writes and reads no more than it must. It cannot
 * ask the browser for strict transactions.
 */
import { createStore } from 'tinybase';
import { createIndexedDbPersister } from 'tinybase/persisters/persister-indexed-db';
import type { OrderSummary } from '../../../../renderer/store/store.ts';
import type { Contender } from './contender.ts';
import { newestFirst, summaryOf, TYPED } from './data.ts';

const open = (name: string) => {
  const store = createStore();
  return { store, persister: createIndexedDbPersister(store, name) };
};

export const tinybase = (): Contender => {
  const orders = open('orders');
  const summaries = open('summaries');
  const members = open('members');
  return {
    fill: async (all) => {
      orders.store.setTable('orders', Object.fromEntries(all.map((o) => [o.id, o.values])));
      const lines = all.map((order) => [order.id, { ...summaryOf(order) }]);
      summaries.store.setTable('summaries', Object.fromEntries(lines));
      await orders.persister.save();
      await summaries.persister.save();
      await members.persister.save();
    },
    openList: async () => {
      await summaries.persister.load();
      // The table's rows are what was kept of an `OrderSummary`.
      const rows = Object.values(summaries.store.getTable('summaries')) as unknown;
      return newestFirst(rows as OrderSummary[]);
    },
    openOrder: async () => {
      await orders.persister.load();
      await members.persister.load();
    },
    save: async (id, value) => {
      orders.store.setCell('orders', id, TYPED, value);
      await orders.persister.save();
    },
    paste: async (pasted) => {
      members.store.transaction(() => {
        for (const { id, ...row } of pasted) members.store.setRow('members', id, row);
      });
      await members.persister.save();
    },
    kept: async (id) => {
      await orders.persister.load();
      await members.persister.load();
      const rows = Object.values(members.store.getTable('members'));
      return {
        value: String(orders.store.getCell('orders', id, TYPED)),
        members: rows.filter(({ order }) => order === id).length,
      };
    },
    close: async () => {
      for (const { persister } of [orders, summaries, members]) await persister.destroy();
    },
  };
};
