/**
 * RxDB on its Dexie storage: no validation and no dev mode, one instance, event reduce, as its
 * performance page advises; strict by the option that its storage passes on to Dexie.
 */
import { createRxDatabase, type RxCollection, type RxDocument } from 'rxdb';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import type { OrderSummary } from '../../../../renderer/store/store.ts';
import type { Contender } from './contender.ts';
import { type BenchMember, type BenchOrder, newestFirst, summaryOf, TYPED } from './data.ts';

const text = { type: 'string', maxLength: 100 } as const;
const number = { type: 'number' } as const;
const schema = (properties: Record<string, object>, indexes: string[] = []) => ({
  version: 0,
  primaryKey: 'id',
  type: 'object' as const,
  properties: { id: text, ...properties },
  required: ['id', ...indexes],
  indexes,
});

const SCHEMAS = {
  orders: schema({ values: { type: 'object' } }),
  summaries: schema({
    orderNumber: text,
    customer: text,
    phone: text,
    createdAt: number,
    updatedAt: number,
    signed: number,
    voided: number,
    unsent: number,
    unsentAttachments: number,
    rejected: number,
  }),
  members: schema({ order: text, slot: number, number: text, name: text }, ['order']),
};

type Collections = {
  orders: RxCollection<BenchOrder>;
  summaries: RxCollection<OrderSummary>;
  members: RxCollection<BenchMember>;
};

const openDatabase = async () => {
  const db = await createRxDatabase<Collections>({
    name: 'bench',
    storage: getRxStorageDexie({ chromeTransactionDurability: 'strict' }),
    multiInstance: false,
    eventReduce: true,
  });
  await db.addCollections({
    orders: { schema: SCHEMAS.orders },
    summaries: { schema: SCHEMAS.summaries },
    members: { schema: SCHEMAS.members },
  });
  return db;
};

export const rxdb = (): Contender => {
  let db: Awaited<ReturnType<typeof openDatabase>>;
  let open: RxDocument<BenchOrder> | null = null;
  return {
    fill: async (orders) => {
      db = await openDatabase();
      for (let at = 0; at < orders.length; at += 1_000) {
        const some = orders.slice(at, at + 1_000);
        await db.orders.bulkInsert(some);
        await db.summaries.bulkInsert(some.map(summaryOf));
      }
    },
    openList: async () => {
      db = await openDatabase();
      const rows = await db.summaries.find().exec();
      return newestFirst(rows.map((row) => row.toJSON()));
    },
    openOrder: async (id) => {
      open = await db.orders.findOne(id).exec();
    },
    save: async (_, value) => {
      if (open) open = await open.patch({ values: { ...open.values, [TYPED]: value } });
    },
    paste: async (members) => {
      await db.members.bulkInsert([...members]);
    },
    kept: async (id) => ({
      value: String((await db.orders.findOne(id).exec())?.values[TYPED]),
      members: await db.members.count({ selector: { order: id } }).exec(),
    }),
    close: async () => {
      await db.close();
    },
  };
};
