/** What is done with orders as wholes. */
import { v7 as uuid } from 'uuid';
import { editsOfOrder } from '../../domain/sync/assemble.ts';
import { sentAgain } from '../../domain/sync/tables.ts';
import type { OnsiteDatabase } from './database.ts';
import { readSettings } from './meta.ts';
import { editsOfNewOrder, orderNumberOf } from './new-order.ts';
import type { Store } from './store.ts';
import { type Touched, touch } from './touch.ts';

/** @param changed told of what was written past `commit`, and that there is something to send again */
export const createOrders = (
  db: OnsiteDatabase,
  commit: Store['commit'],
  changed: (touched: Touched) => void,
): Pick<Store, 'createOrder' | 'importOrder' | 'deleteOrder' | 'retryRejected'> => ({
  createOrder: async () => {
    const order = uuid();
    await commit(editsOfNewOrder(order, new Date(), await readSettings(db)));
    return order;
  },
  importOrder: async (order) => {
    const id = uuid();
    const made = new Date();
    const facts = { orderNumber: orderNumberOf(id, made), ...order.facts };
    const createdAt = { record: id, order: id, field: 'order.createdAt', value: made.getTime() };
    await commit([createdAt, ...editsOfOrder({ ...order, facts }, id, uuid)]);
    return id;
  },
  deleteOrder: (order) => commit([{ record: order, order, field: 'order.deleted', value: true }]),
  retryRejected: async (order) => {
    const touched = await db.transaction('rw', db.shown, async () => {
      const refused = db.outbox.where('[order+status]').equals([order, 'rejected']);
      await db.outbox.bulkPut((await refused.toArray()).map(sentAgain));
      const unsent = await db.attachments.where('waiting').equals(order).toArray();
      await db.attachments.bulkPut(unsent.map(({ code: _, message: __, ...row }) => row));
      return touch(db, [order]);
    });
    changed(touched);
  },
});
