/**
 * Rows are encrypted on their way into IndexedDB and decrypted on their way out, beneath Dexie's
 * tables: nothing above this file knows. What lies in the database is
 *
 *     { …key and index fields, sealed: nonce | ciphertext | tag }
 *
 * where the ciphertext is the whole row as JSON, bound to its table and primary key. An index shows
 * who can read the disk what it holds, so nothing in one is personal: random ids, kinds, places in a
 * queue, and texts only as `Keys.blind` gives them.
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
import { DamagedError } from '../../domain/vault/cipher.ts';
import type { Keys } from '../../domain/vault/keys.ts';
import { decryptLarge, encryptLarge, hasOwnCipher } from './large-cipher.ts';
import { DamagedRowError } from './reasons.ts';

type Row = Readonly<Record<string, unknown>>;

/** What of a table's rows may be read without the key: the values of its indexes. */
export type ClearFields = (row: Row) => Row;

/** From how many rows on waiting for the browser's cipher is quicker than doing it at once. */
const MANY = 16;

/** How many rows of a table are remembered. */
const RECENT = 50;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

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

const isSealed = (row: unknown): row is { readonly sealed: Uint8Array } =>
  typeof row === 'object' && row !== null && 'sealed' in row && row.sealed instanceof Uint8Array;

const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/**
 * The rows that were encrypted or decrypted last, so that typing need not decrypt again and again what
 * it wrote itself: the same message says the same, whoever put it there.
 */
const recentRows = () => {
  const known = new Map<string, { readonly sealed: Uint8Array; readonly plain: string }>();
  return {
    find: (place: string, sealed: Uint8Array): string | undefined => {
      const row = known.get(place);
      return row && same(row.sealed, sealed) ? row.plain : undefined;
    },
    keep: (place: string, sealed: Uint8Array, plain: string): void => {
      known.delete(place);
      known.set(place, { sealed, plain });
      const [oldest] = known.keys();
      if (known.size > RECENT && oldest !== undefined) known.delete(oldest);
    },
  };
};

const sealedTable = (
  table: DBCoreTable,
  keys: Keys,
  clear: ClearFields,
  onWrite: (table: string) => void,
): DBCoreTable => {
  const cipher = keys.cipher('store');
  const dataKey = keys.key('store');
  const key = String(table.schema.primaryKey.keyPath);
  const placeOf = (primaryKey: unknown) => `${table.name}/${primaryKey}`;

  const recent = recentRows();
  const sealedRow = (row: Row, sealed: Uint8Array): Row => ({
    ...clear(row),
    [key]: row[key],
    sealed,
  });
  const seal = (row: Row): Row => {
    const [place, plain] = [placeOf(row[key]), JSON.stringify(row)];
    const sealed = cipher.encrypt(encoder.encode(plain), place);
    recent.keep(place, sealed, plain);
    return sealedRow(row, sealed);
  };
  const sealLater = async (row: Row): Promise<Row> =>
    sealedRow(
      row,
      await encryptLarge(dataKey, encoder.encode(JSON.stringify(row)), placeOf(row[key])),
    );

  const messageOf = (row: unknown): { readonly place: string; readonly sealed: Uint8Array } => {
    const place = placeOf(typeof row === 'object' && row !== null ? Reflect.get(row, key) : '?');
    if (!isSealed(row)) throw new DamagedRowError(place);
    return { place, sealed: row.sealed };
  };
  const damaged = (place: string, cause: unknown): unknown =>
    cause instanceof DamagedError ? new DamagedRowError(place, { cause }) : cause;
  const open = (row: unknown): unknown => {
    if (row === undefined) return undefined;
    const { place, sealed } = messageOf(row);
    try {
      const known = recent.find(place, sealed);
      const plain = known ?? decoder.decode(cipher.decrypt(sealed, place));
      if (known === undefined) recent.keep(place, sealed, plain);
      return JSON.parse(plain);
    } catch (cause) {
      throw damaged(place, cause);
    }
  };
  const openLater = async (row: unknown): Promise<unknown> => {
    if (row === undefined) return undefined;
    const { place, sealed } = messageOf(row);
    try {
      return JSON.parse(decoder.decode(await decryptLarge(dataKey, sealed, place)));
    } catch (cause) {
      throw damaged(place, cause);
    }
  };
  const openAll = (
    rows: readonly unknown[],
    transaction: DBCoreTransaction,
  ): unknown[] | Promise<unknown[]> =>
    rows.length < MANY || !hasOwnCipher()
      ? rows.map(open)
      : whileWaiting(table, transaction, rows, openLater);

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
      onWrite(table.name);
      if (request.type !== 'add' && request.type !== 'put') return table.mutate(request);
      const { values } = request;
      return values.length < MANY || !hasOwnCipher()
        ? table.mutate({ ...request, values: values.map(seal) })
        : whileWaiting(table, request.trans, values, sealLater).then((sealed) =>
            table.mutate({ ...request, values: sealed }),
          );
    },
    get: (request) => table.get(request).then(open),
    getMany: (request) => table.getMany(request).then((rows) => openAll(rows, request.trans)),
    query: (request) =>
      table.query(request).then((answer) => {
        if (!request.values) return answer;
        const rows = openAll(answer.result, request.trans);
        return Array.isArray(rows)
          ? { ...answer, result: rows }
          : rows.then((result) => ({ ...answer, result }));
      }),
    openCursor: (request) =>
      table
        .openCursor(request)
        .then((cursor) => (cursor && request.values ? openCursor(cursor) : cursor)),
  };
};

/**
 * The layer under all tables that are named.
 *
 * @param clear by table; one that is not named is stored as it is
 * @param onWrite told of each write into one of these tables
 */
export const encryption = (
  keys: Keys,
  clear: Readonly<Record<string, ClearFields>>,
  onWrite: (table: string) => void,
): Middleware<DBCore> => ({
  stack: 'dbcore',
  name: 'encryption',
  // Beneath everything of Dexie's own.
  level: -10,
  create: (core) => ({
    ...core,
    table: (name) => {
      const fields = clear[name];
      return fields ? sealedTable(core.table(name), keys, fields, onWrite) : core.table(name);
    },
  }),
});
