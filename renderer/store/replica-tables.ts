import type { Replica } from '../../domain/sync/tables.ts';
import { type OnsiteDatabase, queued } from './database.ts';
import { readMeta } from './meta.ts';
import { lastPlace } from './tail.ts';

/** Bytes that the service confirmed once, that were let go here for that, and that it has lost since. */
const LET_GO = {
  code: 'let-go',
  message: '服务器丢失了这个文件，本机的一份已按设置清理，请从备份恢复。',
};

/** The device's tables as the rules of `domain/sync/replica.ts` reach them; inside a transaction. */
export const replicaOf = (db: OnsiteDatabase): Replica => ({
  records: db.records,
  outbox: db.outbox,
  history: db.history,
  // IndexedDB takes no larger number.
  queued: (status, limit) =>
    queued(db, status)
      .limit(Math.min(limit, 2 ** 32 - 1))
      .toArray(),
  lastPlace: () => lastPlace(db),
  recordsAfter: (id, limit) => db.records.where('id').above(id).limit(limit).toArray(),
  historyAfter: (id, limit) => db.history.where('id').above(id).limit(limit).toArray(),
  historyOf: (record) => db.history.where({ record }).toArray(),
  attachmentsOf: (order) =>
    db.records.where('[order+kind]').equals([order, 'attachment']).toArray(),
  resendAttachments: async (sha256) => {
    const orders = new Set<string>();
    const held = new Set(await db.files.toCollection().primaryKeys());
    const all = sha256 ? db.attachments.where({ sha256 }) : db.attachments.toCollection();
    await all.modify((row) => {
      Object.assign(row, { waiting: row.orders }, held.has(row.sha256) ? {} : LET_GO);
      for (const order of row.orders) orders.add(order);
    });
    return [...orders];
  },
  meta: () => readMeta(db),
  keepMeta: (patch) =>
    db.meta.bulkPut(Object.entries(patch).map(([key, value]) => ({ key, value }))),
});
