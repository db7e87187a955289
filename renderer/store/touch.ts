import type { StoredRecord } from '../../domain/sync/record.ts';
import { type OnsiteDatabase, queued, recordsOf } from './database.ts';
import { keepNumbers } from './numbers.ts';
import type { OrderSummary, RejectedEntry } from './store.ts';
import { lastChange, summarise, type UnsentCounts } from './summary.ts';

/** What the working set has to show after a transaction. */
export interface Touched {
  readonly orders: ReadonlyMap<string, TouchedOrder>;
  readonly rejected: readonly RejectedEntry[];
  /** Keys of the member numbers that came, went or moved. */
  readonly numbers: ReadonlySet<string>;
}
interface TouchedOrder {
  /** The records that changed, or all. */
  readonly rows: readonly StoredRecord[];
  readonly summary: OrderSummary | null;
}

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
  { changed: orders, numbers }: { changed: readonly string[]; numbers: readonly string[] },
  isOpen: (order: string) => boolean,
): Promise<Touched> => {
  const summaries = await db.summaries.bulkGet([...orders]);
  const touched = await Promise.all(
    orders.map(async (order, i): Promise<[string, TouchedOrder]> => {
      const rows = isOpen(order) ? await recordsOf(db, order).toArray() : [];
      return [order, { rows, summary: summaries[i] ?? null }];
    }),
  );
  return {
    orders: new Map(touched),
    rejected: await readRejected(db),
    numbers: new Set(numbers),
  };
};

/** Counts what of an order has no receipt. Inside a transaction. */
const countUnsent = async (
  db: OnsiteDatabase,
  order: string,
  rejected: readonly RejectedEntry[],
): Promise<UnsentCounts> => {
  const changes = (status: string) =>
    db.outbox.where('[order+status]').equals([order, status]).count();
  const [waiting, sent, refused, unsentAttachments] = await Promise.all([
    changes('waiting'),
    changes('sent'),
    changes('rejected'),
    db.attachments.where('waiting').equals(order).count(),
  ]);
  return {
    unsent: waiting + sent + refused,
    unsentAttachments,
    rejected: rejected.filter((entry) => entry.order === order).length,
  };
};

const NOTHING_UNSENT: UnsentCounts = { unsent: 0, unsentAttachments: 0, rejected: 0 };

/**
 * Brings the summaries of the orders that a transaction touched up to date, and the table of numbers.
 * Inside that transaction.
 *
 * @param changed the records that it wrote
 */
export const touch = async (
  db: OnsiteDatabase,
  orders: Iterable<string>,
  changed: readonly StoredRecord[] = [],
): Promise<Touched> => {
  const ids = [...new Set(orders)];
  const rowsOf = new Map<string, StoredRecord[]>(ids.map((id) => [id, []]));
  for (const row of changed) rowsOf.get(row.order)?.push(row);
  const [befores, heads, rejected, changes, attachments] = await Promise.all([
    db.summaries.bulkGet(ids),
    db.records.bulkGet(ids),
    readRejected(db),
    db.outbox.count(),
    db.attachments.count(),
  ]);
  const touched = await Promise.all(
    ids.map(async (id, i): Promise<[string, TouchedOrder]> => {
      const rows = rowsOf.get(id) ?? [];
      const head = heads[i];
      const signatures = await db.records.where('[order+kind]').equals([id, 'signature']).count();
      // Whether a signature stands depends on everything; without one, the order's own facts will do.
      const records = signatures > 0 ? await recordsOf(db, id).toArray() : head ? [head] : [];
      // A new device that pulls ten thousand orders has nothing to count.
      const counts =
        changes + attachments > 0 ? await countUnsent(db, id, rejected) : NOTHING_UNSENT;
      const updatedAt = Math.max(befores[i]?.updatedAt ?? 0, lastChange(rows));
      return [id, { rows, summary: summarise(records, counts, updatedAt) }];
    }),
  );
  const listed = touched.flatMap(([, { summary }]) => summary ?? []);
  const unlisted = touched.flatMap(([id, { summary }]) => (summary ? [] : [id]));
  await db.summaries.bulkPut(listed);
  await db.summaries.bulkDelete(unlisted);
  const numbers = await keepNumbers(db, changed);
  return { orders: new Map(touched), rejected, numbers };
};
