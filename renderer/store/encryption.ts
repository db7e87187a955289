/**
 * Rows are encrypted on their way into IndexedDB and decrypted on their way out, beneath Dexie's
 * tables (`row-cipher.ts` says how they lie there). An index shows who can read the disk what it holds,
 * so nothing in one is personal: random ids, kinds, places in a queue, and texts only as `Keys.blind`
 * gives them.
 *
 * A few rows are encrypted at once. Many, as a pasted roster has them, are given to the browser's own
 * cipher, which is some ten times faster but answers later: the transaction is kept waiting for it.
 */
import Dexie, {
  type DBCore,
  type DBCoreCursor,
  type DBCoreMutateRequest,
  type DBCoreTable,
  type DBCoreTransaction,
  type Middleware,
} from 'dexie';
import { hasOwnCipher } from './large-cipher.ts';
import type { RowCipher } from './row-cipher.ts';

/** From how many rows on waiting for the browser's cipher is quicker than doing it at once. */
const MANY = 16;

/**
 * All of them by the browser's cipher. A transaction stays open as long as something is asked of it:
 * until the answer is there, that is a key that nobody has. (`Dexie.waitFor` does the same, but for one
 * at a time.)
 */
const whileWaiting = <T, R>(
  { name }: DBCoreTable,
  transaction: DBCoreTransaction,
  all: readonly T[],
  work: (one: T) => Promise<R>,
): Promise<R[]> =>
  new Dexie.Promise((resolve, reject) => {
    if (!(transaction instanceof IDBTransaction)) throw new Error('not a transaction');
    const store = transaction.objectStore(name);
    let settle: (() => void) | null = null;
    Dexie.ignoreTransaction(() => Promise.all(all.map(work))).then(
      (done) => {
        settle = () => resolve(done);
      },
      (error: unknown) => {
        settle = () => reject(error);
      },
    );
    const ask = () => {
      if (settle) {
        settle();
        return;
      }
      const asked = store.get(Number.NEGATIVE_INFINITY);
      asked.onsuccess = ask;
      // The transaction was aborted, or the database closed.
      asked.onerror = () => reject(asked.error);
    };
    ask();
  });

/** A table whose rows lie in the database as `rows` makes them. */
const sealedTable = (table: DBCoreTable, rows: RowCipher): DBCoreTable => {
  const { open, openLater, seal, sealLater } = rows;
  const openAll = (
    stored: readonly unknown[],
    transaction: DBCoreTransaction,
  ): unknown[] | Promise<unknown[]> =>
    stored.length < MANY || !hasOwnCipher()
      ? stored.map(open)
      : whileWaiting(table, transaction, stored, openLater);

  const openCursor = (cursor: DBCoreCursor): DBCoreCursor =>
    // Beneath it is the browser's cursor, whose properties answer only to itself.
    Object.create(cursor, {
      key: { get: () => cursor.key },
      primaryKey: { get: () => cursor.primaryKey },
      value: { get: () => open(cursor.value) },
    });

  return {
    ...table,
    // Not async functions: a transaction of Dexie's lives on its own promises.
    mutate: (request: DBCoreMutateRequest) => {
      if (request.type !== 'add' && request.type !== 'put') return table.mutate(request);
      const { values } = request;
      return values.length < MANY || !hasOwnCipher()
        ? table.mutate({ ...request, values: values.map(seal) })
        : whileWaiting(table, request.trans, values, sealLater).then((sealed) =>
            table.mutate({ ...request, values: sealed }),
          );
    },
    get: (request) => table.get(request).then(open),
    getMany: (request) => table.getMany(request).then((stored) => openAll(stored, request.trans)),
    query: (request) =>
      table.query(request).then((answer) => {
        if (!request.values) return answer;
        const opened = openAll(answer.result, request.trans);
        return Array.isArray(opened)
          ? { ...answer, result: opened }
          : opened.then((result) => ({ ...answer, result }));
      }),
    openCursor: (request) =>
      table
        .openCursor(request)
        .then((cursor) => (cursor && request.values ? openCursor(cursor) : cursor)),
  };
};

/**
 * The layer under all tables.
 *
 * @param rowsOf a table's rows, by its name and its primary key's field; without, they are stored as they are
 */
export const encryption = (
  rowsOf: (table: string, key: string) => RowCipher | undefined,
): Middleware<DBCore> => ({
  stack: 'dbcore',
  name: 'encryption',
  // Beneath everything of Dexie's own.
  level: -10,
  create: (core) => ({
    ...core,
    table: (name) => {
      const table = core.table(name);
      const rows = rowsOf(name, String(table.schema.primaryKey.keyPath));
      return rows ? sealedTable(table, rows) : table;
    },
  }),
});
