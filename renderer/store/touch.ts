import type { StoredRecord } from '../../domain/sync/record.ts';
import type { OnsiteDatabase } from './database.ts';
import type { OrderSummary, RejectedEntry } from './store.ts';
import { summarise, type UnsentCounts } from './summary.ts';

/** What the working set has to show after a transaction. */
export interface Touched {
  readonly orders: ReadonlyMap<
    string,
    { readonly rows: readonly StoredRecord[]; readonly summary: OrderSummary | null }
  >;
  readonly rejected: readonly RejectedEntry[];
}

/** Counts an order's changes and attachments without a receipt. Inside a transaction. */
const countUnsent = async (db: OnsiteDatabase, order: string): Promise<UnsentCounts> => {
  const [unsent, rejectedChanges, unsentAttachments, rejectedAttachments] = await Promise.all([
    db.outbox.where('order').equals(order).count(),
    db.outbox.where('[order+status]').equals([order, 'rejected']).count(),
    db.attachments.where('waiting').equals(order).count(),
    db.attachments
      .where('code')
      .above('')
      .filter(({ waiting }) => waiting.includes(order))
      .count(),
  ]);
  return { unsent, unsentAttachments, rejected: rejectedChanges + rejectedAttachments };
};

export const readRejected = async (db: OnsiteDatabase): Promise<RejectedEntry[]> => {
  const changes = await db.outbox.where('status').equals('rejected').sortBy('place');
  const attachments = await db.attachments.where('code').above('').toArray();
  return [
    ...changes.map(({ id, order, change, code, message }) => ({
      change: id,
      order,
      record: change.record,
      field: change.field,
      code: code ?? '',
      message: message ?? '',
    })),
    ...attachments.flatMap(({ sha256, waiting, code, message }) =>
      waiting.map((order) => ({
        change: sha256,
        order,
        record: sha256,
        field: 'attachment.sha256',
        code: code ?? '',
        message: message ?? '',
      })),
    ),
  ];
};

/** Reads what other tabs changed of some orders. Inside a transaction. */
export const readTouched = async (
  db: OnsiteDatabase,
  orders: Iterable<string>,
): Promise<Touched> => {
  const touched = new Map<
    string,
    { rows: readonly StoredRecord[]; summary: OrderSummary | null }
  >();
  for (const order of new Set(orders)) {
    const rows = await db.records.where('order').equals(order).toArray();
    touched.set(order, { rows, summary: (await db.summaries.get(order)) ?? null });
  }
  return { orders: touched, rejected: await readRejected(db) };
};

/** Brings the summaries of the orders that a transaction wrote up to date. Inside that transaction. */
export const touch = async (db: OnsiteDatabase, orders: Iterable<string>): Promise<Touched> => {
  const touched = new Map<
    string,
    { rows: readonly StoredRecord[]; summary: OrderSummary | null }
  >();
  for (const order of new Set(orders)) {
    const rows = await db.records.where('order').equals(order).toArray();
    const summary = summarise(rows, await countUnsent(db, order));
    await (summary ? db.summaries.put(summary) : db.summaries.delete(order));
    touched.set(order, { rows, summary });
  }
  return { orders: touched, rejected: await readRejected(db) };
};
