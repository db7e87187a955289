/**
 * The quick way to write what somebody types. While one window types into one order, what a commit would
 * read is what this window wrote itself a moment ago. So the transaction asks only whether the rows still
 * are what they were, and the commit is worked out from memory and encrypted while it answers. Should one
 * of them be another by then, because another window or the sync was there, nothing is written, and the
 * commit goes the long way (`write-batch.ts`).
 */
import { v7 as uuid } from 'uuid';
import type { Change } from '../../domain/sync/change.ts';
import type { StoredRecord } from '../../domain/sync/record.ts';
import type { Author, StampedEdit } from './change-log.ts';
import { planCommit } from './commit-plan.ts';
import type { OnsiteDatabase, OutboxRow, RecalledRows } from './database.ts';
import type { Unjournaled } from './journalling.ts';
import type { OrderSummary } from './store.ts';
import { type Tail, tailAfter } from './tail.ts';
import { summaryAfter, type Touched } from './touch.ts';
import type { Batch } from './writer.ts';

/** More edits than this at once are a paste. */
const FEW = 8;

const TABLES = ['records', 'outbox', 'summaries', 'clock', 'meta'] as const;
type TableName = (typeof TABLES)[number];

/** What the transaction asks for, and whether the answer is what was expected. */
interface Question {
  readonly table: TableName;
  readonly key: string | 0;
  isStill(stored: unknown): boolean;
}

/** What a commit starts from. */
interface Remembered {
  readonly rows: ReadonlyMap<string, StoredRecord>;
  readonly queued: readonly OutboxRow[];
  readonly summaries: ReadonlyMap<string, OrderSummary>;
  readonly tail: Tail;
  readonly author: Author;
  readonly questions: readonly Question[];
}

/** Null when something is not remembered, or needs more than this way can do. */
const remember = (db: OnsiteDatabase, edits: Batch['edits']): Remembered | null => {
  const { author: known, tail } = db;
  if (!known || tail?.place === undefined) return null;
  const questions: Question[] = [];
  const recall = <T extends keyof RecalledRows>(
    table: T,
    key: string,
  ): RecalledRows[T] | undefined => {
    const recalled = db.recall(table, key);
    if (recalled) questions.push({ table, key, isStill: recalled.isStill });
    return recalled?.row;
  };
  const rows = new Map<string, StoredRecord>();
  const queued: OutboxRow[] = [];
  const summaries = new Map<string, OrderSummary>();
  for (const { order, record, field } of edits.values()) {
    for (const id of [record, order]) {
      const row = rows.get(id) ?? recall('records', id);
      // The others have an index, or bytes, or decide on signatures.
      if (row?.kind !== 'order' && row?.kind !== 'extension') return null;
      rows.set(id, row);
    }
    const current = rows.get(record)?.changes[field];
    const entry = current === undefined ? undefined : recall('outbox', current);
    if (entry) queued.push(entry);
    if (current !== entry?.id || entry?.status === 'rejected') return null;
    const summary = summaries.get(order) ?? recall('summaries', order)?.summary;
    // Whether a signature stands depends on every record of its order.
    if (!summary || summary.signed + summary.voided > 0) return null;
    summaries.set(order, summary);
  }
  for (const [key, said] of known.rows) {
    const isStill = said?.isStill ?? ((stored: unknown) => stored === undefined);
    questions.push({ table: 'meta', key, isStill });
  }
  questions.push({
    table: 'clock',
    key: 0,
    isStill: (stored) => JSON.stringify(stored) === JSON.stringify(tail),
  });
  const { place, unjournaled = [] } = tail;
  const { author } = known;
  return { rows, queued, summaries, tail: { id: 0, place, unjournaled }, author, questions };
};

/** A commit, worked out: what it writes, and what is told when that is done. */
interface Commit {
  readonly changes: readonly Change[];
  readonly after: Tail;
  readonly orders: Touched['orders'];
  readonly writes: readonly {
    readonly table: TableName;
    readonly put: readonly unknown[];
    readonly gone?: readonly string[];
  }[];
}

/** @param id stands for the changes until the journal has them */
const workOut = async (
  db: OnsiteDatabase,
  edits: readonly StampedEdit[],
  known: Remembered,
  { id, journaled, ours }: { id: string; journaled: readonly string[]; ours: ReadonlySet<string> },
): Promise<Commit> => {
  const { changes, rows, added, replaced, deltas } = planCommit(edits, {
    ...known,
    place: known.tail.place,
    ours,
  });
  const after = tailAfter(known.tail, { id, added: added.length, journaled });
  const orders = [...known.summaries].map(([order, before]) => {
    const own = rows.filter((row) => row.order === order);
    const head = own.find((row) => row.id === order) ?? known.rows.get(order);
    const summary = summaryAfter(before, head ? [head] : [], own, deltas.get(order));
    return { id: order, rows: own, summary };
  });
  const [records, outbox, summaries] = await Promise.all([
    Promise.all(rows.map((row) => db.seal('records', row))),
    Promise.all(added.map((row) => db.seal('outbox', row))),
    Promise.all(orders.map(({ id, summary }) => db.seal('summaries', { id, summary }))),
  ]);
  return {
    changes,
    after,
    orders: new Map(orders.map(({ id, ...touched }) => [id, touched])),
    writes: [
      { table: 'records', put: records },
      { table: 'outbox', put: outbox, gone: replaced },
      { table: 'summaries', put: summaries },
      { table: 'clock', put: [after] },
    ],
  };
};

/** Null when the browser has closed the database: the long way opens it again. */
const begin = (db: OnsiteDatabase): IDBTransaction | null => {
  try {
    return db.backendDB().transaction(TABLES, 'readwrite', { durability: 'strict' });
  } catch {
    return null;
  }
};

/**
 * Asks the questions, has the commit worked out while the database is busy with them, and writes it
 * when all answers are what was expected.
 *
 * @param onKnown called when nothing but the disk can fail any more
 * @returns what was written, on the disk; null when an answer was another, and nothing was written
 */
const askAndWrite = (
  transaction: IDBTransaction,
  questions: readonly Question[],
  work: () => Promise<Commit>,
  onKnown: (commit: Commit) => void,
): Promise<Commit | null> =>
  new Promise((resolve, reject) => {
    let commit: Commit | null = null;
    let written: Commit | null = null;
    let open = questions.length;
    let isOther = false;

    /** All of it or nothing. */
    const fail = (cause: unknown) => {
      reject(cause);
      if (!isOther) transaction.abort();
    };
    const write = ({ writes }: Commit) => {
      for (const { table, put, gone = [] } of writes) {
        const store = transaction.objectStore(table);
        for (const row of put) store.put(row);
        for (const key of gone) store.delete(key);
      }
      // Said at once, it need not wait until each of them is answered.
      transaction.commit();
    };
    const goOn = () => {
      if (!commit) {
        // A transaction stays open as long as something is asked of it.
        transaction.objectStore('clock').get(0).onsuccess = goOn;
        return;
      }
      try {
        write(commit);
      } catch (cause) {
        fail(cause);
        return;
      }
      written = commit;
      onKnown(commit);
    };

    for (const { table, key, isStill } of questions) {
      const asked = transaction.objectStore(table).get(key);
      asked.onsuccess = () => {
        open -= 1;
        if (isOther) return;
        isOther = !isStill(asked.result);
        if (isOther) transaction.abort();
        else if (open === 0) goOn();
      };
    }
    transaction.oncomplete = () => resolve(written);
    transaction.onabort = () => (isOther ? resolve(null) : reject(transaction.error));
    work().then((done) => {
      commit = done;
    }, fail);
  });

/**
 * Writes a commit if what it starts from is known; null when it has to go the long way, and nothing
 * was written then.
 *
 * @param journaled ids of what the journal has by now
 * @param ours ids of the changes that this window made
 * @param toJournal told of the changes when nothing but the disk can fail any more
 */
export const writeKnown = async (
  db: OnsiteDatabase,
  { edits, attachments }: Batch,
  journaled: readonly string[],
  ours: ReadonlySet<string>,
  toJournal: (unjournaled: Unjournaled) => void,
): Promise<Touched | null> => {
  if (attachments.length > 0 || edits.size > FEW) return null;
  const known = remember(db, edits);
  // Dexie's transactions are the same, but answer each question by way of several promises.
  const transaction = known && begin(db);
  if (!transaction) return null;
  const id = uuid();
  const work = () => workOut(db, [...edits.values()], known, { id, journaled, ours });
  const commit = await askAndWrite(transaction, known.questions, work, ({ changes }) => {
    if (changes.length > 0) toJournal({ id, changes });
  });
  if (!commit) return null;
  db.tail = commit.after;
  return { orders: commit.orders, rejected: null, numbers: new Set() };
};
