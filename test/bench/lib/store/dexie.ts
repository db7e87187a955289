/** Plain Dexie, strict by its own option. */
import Dexie, { type Table } from 'dexie';
import type { OrderSummary } from '../../../../renderer/store/store.ts';
import type { Contender } from './contender.ts';
import { type BenchMember, type BenchOrder, newestFirst, summaryOf, TYPED } from './data.ts';

class Database extends Dexie {
  declare readonly orders: Table<BenchOrder, string>;
  declare readonly summaries: Table<OrderSummary, string>;
  declare readonly members: Table<BenchMember, string>;

  constructor() {
    super('bench', { chromeTransactionDurability: 'strict' });
    this.version(1).stores({ orders: 'id', summaries: 'id', members: 'id, order' });
  }
}

export const dexie = (): Contender => {
  const db = new Database();
  return {
    fill: async (orders) => {
      await db.orders.bulkPut([...orders]);
      await db.summaries.bulkPut(orders.map(summaryOf));
    },
    openList: async () => newestFirst(await db.summaries.toArray()),
    openOrder: async () => {},
    save: async (id, value) => {
      await db.orders
        .where(':id')
        .equals(id)
        .modify((order) => {
          Object.assign(order.values, { [TYPED]: value });
        });
    },
    paste: async (members) => {
      await db.members.bulkPut([...members]);
    },
    kept: async (id) => ({
      value: String((await db.orders.get(id))?.values[TYPED]),
      members: await db.members.where('order').equals(id).count(),
    }),
    close: async () => db.close(),
  };
};
