/**
 * Rows are encrypted on their way into IndexedDB and decrypted on their way out, beneath Dexie's
 * tables: nothing above this file knows. What lies in the database is
 *
 *     { …key and index fields, sealed: nonce | ciphertext | tag }
 *
 * where the ciphertext is the whole row as JSON, bound to its table and primary key. An index shows
 * who can read the disk what it holds, so nothing in one is personal: random ids, kinds, places in a
 * queue, and texts only as `Keys.blind` gives them.
 */
import type { DBCore, DBCoreCursor, DBCoreMutateRequest, DBCoreTable, Middleware } from 'dexie';
import { type Cipher, DamagedError } from '../../domain/vault/cipher.ts';
import { DamagedRowError } from './reasons.ts';

type Row = Readonly<Record<string, unknown>>;

/** What of a table's rows may be read without the key: the values of its indexes. */
export type ClearFields = (row: Row) => Row;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

const isSealed = (row: unknown): row is { readonly sealed: Uint8Array } =>
  typeof row === 'object' && row !== null && 'sealed' in row && row.sealed instanceof Uint8Array;

const sealedTable = (
  table: DBCoreTable,
  cipher: Cipher,
  clear: ClearFields,
  onWrite: (table: string) => void,
): DBCoreTable => {
  const key = String(table.schema.primaryKey.keyPath);
  const placeOf = (primaryKey: unknown) => `${table.name}/${primaryKey}`;

  const seal = (row: Row): Row => ({
    ...clear(row),
    [key]: row[key],
    sealed: cipher.encrypt(encoder.encode(JSON.stringify(row)), placeOf(row[key])),
  });

  const open = (row: unknown): unknown => {
    if (row === undefined) return undefined;
    const place = placeOf(typeof row === 'object' && row !== null ? Reflect.get(row, key) : '?');
    if (!isSealed(row)) throw new DamagedRowError(place);
    try {
      return JSON.parse(decoder.decode(cipher.decrypt(row.sealed, place)));
    } catch (cause) {
      if (cause instanceof DamagedError) throw new DamagedRowError(place, { cause });
      throw cause;
    }
  };

  const openCursor = (cursor: DBCoreCursor): DBCoreCursor =>
    // Beneath it is the browser's cursor, whose properties answer only to itself.
    Object.create(cursor, {
      key: { get: () => cursor.key },
      primaryKey: { get: () => cursor.primaryKey },
      value: { get: () => open(cursor.value) },
    });

  return {
    ...table,
    mutate: (request: DBCoreMutateRequest) => {
      onWrite(table.name);
      return table.mutate(
        request.type === 'add' || request.type === 'put'
          ? { ...request, values: request.values.map(seal) }
          : request,
      );
    },
    // Not async functions: a transaction of Dexie's lives on its own promises.
    get: (request) => table.get(request).then(open),
    getMany: (request) => table.getMany(request).then((rows) => rows.map(open)),
    query: (request) =>
      table
        .query(request)
        .then((answer) =>
          request.values ? { ...answer, result: answer.result.map(open) } : answer,
        ),
    openCursor: (request) =>
      table
        .openCursor(request)
        .then((cursor) => (cursor && request.values ? openCursor(cursor) : cursor)),
  };
};

/**
 * The layer under all tables that are named.
 *
 * @param cipher `keys.cipher('store')`
 * @param clear by table; one that is not named is stored as it is
 * @param onWrite told of each write into one of these tables
 */
export const encryption = (
  cipher: Cipher,
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
      return fields ? sealedTable(core.table(name), cipher, fields, onWrite) : core.table(name);
    },
  }),
});
