/**
 * The quick way to write what somebody types. A transaction that reads and then writes waits for two
 * answers. While one window types into one order, what it would read is what it wrote itself a moment
 * ago: so the commit is worked out from memory, and the transaction asks for the same rows and writes
 * in one go. Should one of them be another by then, because another window or the sync was there, the
 * whole transaction is taken back, and the commit goes the long way (`write-batch.ts`).
 */
import { v7 as uuid } from 'uuid';
import type { Change } from '../../domain/sync/change.ts';
import type { StoredRecord } from '../../domain/sync/record.ts';
import { planCommit } from './commit-plan.ts';
import type { OnsiteDatabase, OutboxRow, TypedRows } from './database.ts';
import type { Unjournaled } from './journalling.ts';
import { readAuthor } from './meta.ts';
import type { OrderSummary } from './store.ts';
import { tailAfter } from './tail.ts';
import { summaryAfter, type Touched } from './touch.ts';
import type { Batch } from './writer.ts';

/** More edits than this at once are a paste. */
const FEW = 8;

const TABLES = ['records', 'outbox', 'summaries', 'clock'] as const;

/** What the transaction asks for, and whether the answer is what was expected. */
interface Question {
  readonly table: (typeof TABLES)[number];
  readonly key: string | 0;
  isStill(stored: unknown): boolean;
}

/** What a commit starts from. */
interface Remembered {
  readonly rows: ReadonlyMap<string, StoredRecord>;
  readonly queued: readonly OutboxRow[];
  readonly summaries: ReadonlyMap<string, OrderSummary>;
  readonly questions: readonly Question[];
}

/** Null when something is not remembered, or needs more than this way can do. */
const remember = (db: OnsiteDatabase, edits: Batch['edits']): Remembered | null => {
  const questions: Question[] = [];
  const recall = <T extends keyof TypedRows>(table: T, key: string): TypedRows[T] | undefined => {
    const known = db.recall(table, key);
    if (known) questions.push({ table, key, isStill: known.isStill });
    return known?.row;
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
  const { tail } = db;
  questions.push({
    table: 'clock',
    key: 0,
    isStill: (stored) => JSON.stringify(stored) === JSON.stringify(tail),
  });
  return { rows, queued, summaries, questions };
};

/** Null when the browser has closed the database: the long way opens it again. */
const begin = (db: OnsiteDatabase): IDBTransaction | null => {
  try {
    return db.backendDB().transaction(TABLES, 'readwrite', { durability: 'strict' });
  } catch {
    return null;
  }
};

/** What is asked for before `work` throws must not be committed without the rest. */
const orAbort = <T>(transaction: IDBTransaction, done: Promise<unknown>, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    done.catch(() => undefined);
    transaction.abort();
    throw error;
  }
};

/**
 * Asks the questions.
 *
 * @param onKnown called when all answers are what was expected
 * @returns when the transaction is done, whether they were; if not, nothing is written
 */
const ask = (
  transaction: IDBTransaction,
  questions: readonly Question[],
  onKnown: () => void,
): Promise<boolean> =>
  new Promise((resolve, reject) => {
    let open = questions.length;
    let isOther = false;
    for (const { table, key, isStill } of questions) {
      const asked = transaction.objectStore(table).get(key);
      asked.onsuccess = () => {
        open -= 1;
        if (isOther) return;
        isOther = !isStill(asked.result);
        if (isOther) transaction.abort();
        else if (open === 0) onKnown();
      };
    }
    transaction.oncomplete = () => resolve(true);
    transaction.onabort = () => (isOther ? resolve(false) : reject(transaction.error));
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
  const { tail } = db;
  if (attachments.length > 0 || edits.size > FEW || tail?.place === undefined) return null;
  const author = await readAuthor(db);
  const known = remember(db, edits);
  if (!known) return null;
  // Dexie's transactions are the same, but answer each question by way of several promises. From here
  // on nothing is awaited: the database is busy with the questions while the writes are worked out.
  const transaction = begin(db);
  if (!transaction) return null;
  const { place, unjournaled = [] } = tail;
  const id = uuid();
  let changes: readonly Change[] = [];
  const done = ask(transaction, known.questions, () => {
    if (changes.length > 0) toJournal({ id, changes });
  });
  const table = (name: (typeof TABLES)[number]) => transaction.objectStore(name);
  const write = () => {
    const plan = planCommit([...edits.values()], { ...known, place, author, ours });
    changes = plan.changes;
    for (const row of plan.rows) table('records').put(db.seal('records', row));
    for (const row of plan.added) table('outbox').put(db.seal('outbox', row));
    for (const gone of plan.replaced) table('outbox').delete(gone);
    const after = tailAfter(
      { id: 0, place, unjournaled },
      { id, added: plan.added.length, journaled },
    );
    table('clock').put(after);
    const orders = [...known.summaries].map(([order, before]) => {
      const rows = plan.rows.filter((row) => row.order === order);
      const head = rows.find((row) => row.id === order) ?? known.rows.get(order);
      const summary = summaryAfter(before, head ? [head] : [], rows, plan.deltas.get(order));
      table('summaries').put(db.seal('summaries', { id: order, summary }));
      return [order, { rows, summary }] as const;
    });
    return { after, orders: new Map(orders) };
  };
  const written = orAbort(transaction, done, write);
  if (!(await done)) return null;
  db.tail = written.after;
  return { orders: written.orders, rejected: null, numbers: new Set() };
};
