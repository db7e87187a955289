/** Small copies of stores that older versions of the app wrote, put back as they lay in IndexedDB. */
import { hexToBytes } from '@noble/hashes/utils.js';

export interface Snapshot {
  /** The browser's version: ten times Dexie's. */
  readonly version: number;
  /** The order that has everything. */
  readonly order: string;
  /** Its attachment. */
  readonly sha256: string;
  readonly stores: Readonly<Record<string, SnapshotTable>>;
}

interface SnapshotTable {
  readonly keyPath: string;
  readonly indexes: readonly {
    readonly name: string;
    readonly keyPath: string | string[];
    readonly multiEntry: boolean;
  }[];
  readonly rows: readonly unknown[];
}

/** What JSON does not have: `{"$bytes": hex}`, `{"$map": [[key, value]]}`. */
const revived = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value !== 'object' || value === null) return value;
  if ('$bytes' in value) return new Uint8Array(hexToBytes(String(value.$bytes)));
  if ('$map' in value && Array.isArray(value.$map)) {
    return new Map(value.$map.map(([key, held]) => [key, revived(held)]));
  }
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, revived(held)]));
};

export const request = <T>(asked: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

export const putBack = async ({ version, stores }: Snapshot, name: string): Promise<void> => {
  const opening = indexedDB.open(name, version);
  opening.onupgradeneeded = () => {
    for (const [table, { keyPath, indexes, rows }] of Object.entries(stores)) {
      const store = opening.result.createObjectStore(table, { keyPath });
      for (const { name: index, keyPath: path, multiEntry } of indexes) {
        store.createIndex(index, path, { multiEntry });
      }
      for (const row of rows) store.put(revived(row));
    }
  };
  (await request(opening)).close();
};

/** Every row of every table as it lies in a database, in one text. */
export const rawText = async (name: string): Promise<string> => {
  const db = await request(indexedDB.open(name));
  const texts: string[] = [];
  for (const table of db.objectStoreNames) {
    const store = db.transaction(table).objectStore(table);
    texts.push(...(await request(store.getAll())).map(textOf));
    for (const index of store.indexNames) texts.push(`${table}.${index}`);
  }
  db.close();
  return texts.join('\n');
};

/** A value with all its bytes as text, in both encodings that a plain text could hide in. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, held: unknown) =>
    held instanceof Uint8Array
      ? new TextDecoder().decode(held) +
        new TextDecoder('utf-16le').decode(held) +
        new TextDecoder('utf-16le').decode(held.subarray(1))
      : held,
  );
