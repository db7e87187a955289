import Dexie, { type Transaction } from 'dexie';
import type { StoredRecord } from '../../domain/sync/record.ts';
import {
  isEmpty,
  type NumberRow,
  type OnsiteDatabase,
  queued,
  recordsOf,
  type SummaryRow,
} from './database.ts';
import { compareNumbers } from './numbers.ts';
import type { OrderSummary, RejectedEntry } from './store.ts';
import { readSummaries } from './summaries.ts';
import { lastChange, summarise, type UnsentCounts } from './summary.ts';

/** What the working set has to show after a transaction. */
export interface Touched {
  readonly orders: ReadonlyMap<string, TouchedOrder>;
  /** Null: as before. */
  readonly rejected: readonly RejectedEntry[] | null;
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
  const [changes, attachments] = await Promise.all([
    queued(db, 'rejected').toArray(),
    db.attachments.where('refused').equals(1).toArray(),
  ]);
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
  const summaries = await readSummaries(db, orders);
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

/** By how much a transaction changes what an order has unsent. */
export type UnsentDelta = UnsentCounts;

const plus = (before: UnsentCounts, delta: UnsentDelta): UnsentCounts => ({
  unsent: before.unsent + delta.unsent,
  unsentAttachments: before.unsentAttachments + delta.unsentAttachments,
  rejected: before.rejected + delta.rejected,
});

/**
 * An order's line in the list behind a transaction.
 *
 * @param records those that the line is made from
 * @param changed those of them, and others of the order, that the transaction writes
 */
export const summaryAfter = (
  before: OrderSummary | null,
  records: readonly StoredRecord[],
  changed: readonly StoredRecord[],
  delta: UnsentDelta = NOTHING_UNSENT,
  counts: UnsentCounts = before ?? NOTHING_UNSENT,
): OrderSummary | null => {
  const updatedAt = Math.max(before?.updatedAt ?? 0, lastChange(changed));
  return summarise(records, plus(counts, delta), updatedAt);
};

/** The records that an order's line in the list is made from. Inside a transaction. */
const summarised = async (
  db: OnsiteDatabase,
  id: string,
  before: OrderSummary | null,
  rows: readonly StoredRecord[],
): Promise<readonly StoredRecord[]> => {
  const hasSignatures =
    (before !== null && before.signed + before.voided > 0) ||
    rows.some(({ kind }) => kind === 'signature') ||
    (before === null &&
      (await db.records.where('[order+kind]').equals([id, 'signature']).count()) > 0);
  // Whether a signature stands depends on everything; without one, the order's own facts will do.
  if (hasSignatures) {
    const records = new Map((await recordsOf(db, id).toArray()).map((row) => [row.id, row]));
    for (const row of rows) records.set(row.id, row);
    return [...records.values()];
  }
  const head = rows.findLast((row) => row.id === id) ?? (await db.records.get(id));
  return head ? [head] : [];
};

/** What a transaction does to the list and to the table of numbers, known before it is written. */
export interface Touching extends Touched {
  /** Asks for all of it at once, in the transaction that is given, wherever Dexie believes to be. */
  write(now: Transaction): unknown[];
}

/**
 * Finds out how a transaction changes the summaries of the orders that it touches, and the table of
 * numbers. Inside that transaction.
 *
 * @param orders each once
 * @param befores what the list says of them
 * @param changed the records that the transaction writes; the database may still have the former ones
 * @param deltas what it will change of what is unsent, by order; without, all of that is written by now
 * @param isNew whether a record was not there before
 */
export const touching = async (
  db: OnsiteDatabase,
  orders: readonly string[],
  befores: readonly (OrderSummary | null)[],
  changed: readonly StoredRecord[],
  deltas?: ReadonlyMap<string, UnsentDelta>,
  isNew?: (record: string) => boolean,
): Promise<Touching> => {
  const rowsOf = new Map<string, StoredRecord[]>(orders.map((id) => [id, []]));
  for (const row of changed) rowsOf.get(row.order)?.push(row);
  const isCounted = !deltas || befores.includes(null);
  const isRefused = [...(deltas?.values() ?? [])].some(({ rejected }) => rejected !== 0);
  const rejected = isCounted || isRefused ? await readRejected(db) : null;
  // A new device that pulls ten thousand orders has nothing to count.
  const isAllSent = isCounted && (await isEmpty(db.outbox)) && (await isEmpty(db.attachments));
  const touched = await Promise.all(
    orders.map(async (id, i): Promise<[string, TouchedOrder]> => {
      const rows = rowsOf.get(id) ?? [];
      const before = befores[i] ?? null;
      const known = deltas && before;
      const counts =
        known ?? (isAllSent ? NOTHING_UNSENT : await countUnsent(db, id, rejected ?? []));
      const records = await summarised(db, id, before, rows);
      return [id, { rows, summary: summaryAfter(before, records, rows, deltas?.get(id), counts) }];
    }),
  );
  const { kept, gone, keys: numbers } = await compareNumbers(db, changed, isNew);
  const summaries = touched.map(([id, { summary }]) => ({ id, summary }));
  return {
    orders: new Map(touched),
    rejected,
    numbers,
    write: (now) => {
      const numberRows = now.table<NumberRow, string>('numbers');
      return [
        now.table<SummaryRow, string>('summaries').bulkPut(summaries),
        kept.length > 0 && numberRows.bulkPut([...kept]),
        gone.length > 0 && numberRows.bulkDelete([...gone]),
      ];
    },
  };
};

/** The same, read and written, when the transaction has written all else. */
export const touch = async (
  db: OnsiteDatabase,
  orders: Iterable<string>,
  changed: readonly StoredRecord[] = [],
): Promise<Touched> => {
  const ids = [...new Set(orders)];
  const now = Dexie.currentTransaction;
  const { write, ...touched } = await touching(db, ids, await readSummaries(db, ids), changed);
  await Promise.all(write(now));
  return touched;
};
