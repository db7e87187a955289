import type { StoredRecord } from '../../domain/sync/record.ts';
import { type OnsiteDatabase, queued, recordsOf } from './database.ts';
import type { OrderSummary, RejectedEntry } from './store.ts';
import { lastChange, summarise, type UnsentCounts } from './summary.ts';

/** What the working set has to show after a transaction. */
export interface Touched {
  readonly orders: ReadonlyMap<string, TouchedOrder>;
  readonly rejected: readonly RejectedEntry[];
}
interface TouchedOrder {
  /** The records that changed, or all. */
  readonly rows: readonly StoredRecord[];
  readonly summary: OrderSummary | null;
}

/** Counts an order's changes and attachments without a receipt. Inside a transaction. */
const countUnsent = async (db: OnsiteDatabase, order: string): Promise<UnsentCounts> => {
  const changes = (status: string) =>
    db.outbox.where('[order+status]').equals([order, status]).count();
  const [waiting, sent, refused, attachments, refusedAttachments] = await Promise.all([
    changes('waiting'),
    changes('sent'),
    changes('rejected'),
    db.attachments.where('waiting').equals(order).count(),
    db.attachments
      .where('code')
      .above('')
      .filter((row) => row.waiting.includes(order))
      .count(),
  ]);
  return {
    unsent: waiting + sent + refused,
    unsentAttachments: attachments,
    rejected: refused + refusedAttachments,
  };
};

/** Everything that the service refused, oldest first. */
export const readRejected = async (db: OnsiteDatabase): Promise<RejectedEntry[]> => {
  const changes = await queued(db, 'rejected').toArray();
  const attachments = await db.attachments.where('code').above('').toArray();
  return [
    ...changes.map(({ id, order, change: { record, field }, code = '', message = '' }) => ({
      change: id,
      order,
      record,
      field,
      code,
      message,
    })),
    ...attachments.flatMap(({ sha256, waiting, code = '', message = '' }) =>
      waiting.map((order) => ({
        change: sha256,
        order,
        record: sha256,
        field: 'attachment.sha256',
        code,
        message,
      })),
    ),
  ];
};

/** Reads what another tab changed: the summaries of some orders, the records of those that are open here. */
export const readTouched = async (
  db: OnsiteDatabase,
  orders: readonly string[],
  isOpen: (order: string) => boolean,
): Promise<Touched> => {
  const touched = new Map<string, TouchedOrder>();
  for (const order of orders) {
    const rows = isOpen(order) ? await recordsOf(db, order).toArray() : [];
    touched.set(order, { rows, summary: (await db.summaries.get(order)) ?? null });
  }
  return { orders: touched, rejected: await readRejected(db) };
};

/**
 * Brings the summaries of the orders that a transaction touched up to date. Inside that transaction.
 *
 * @param changed the records that it wrote
 */
export const touch = async (
  db: OnsiteDatabase,
  orders: Iterable<string>,
  changed: readonly StoredRecord[] = [],
): Promise<Touched> => {
  const changedOf = new Map<string, StoredRecord[]>();
  for (const row of changed) {
    const rows = changedOf.get(row.order) ?? [];
    rows.push(row);
    changedOf.set(row.order, rows);
  }
  const touched = new Map<string, TouchedOrder>();
  for (const order of new Set(orders)) {
    const rows = changedOf.get(order) ?? [];
    const [before, head, signatures] = await Promise.all([
      db.summaries.get(order),
      db.records.get(order),
      db.records.where('[order+kind]').equals([order, 'signature']).count(),
    ]);
    // Whether a signature stands depends on everything; without one, the order's own facts will do.
    const records = signatures > 0 ? await recordsOf(db, order).toArray() : head ? [head] : [];
    const updatedAt = Math.max(before?.updatedAt ?? 0, lastChange(rows));
    const summary = summarise(records, await countUnsent(db, order), updatedAt);
    await (summary ? db.summaries.put(summary) : db.summaries.delete(order));
    touched.set(order, { rows, summary });
  }
  return { orders: touched, rejected: await readRejected(db) };
};
