/**
 * Taking over from the database of the first versions, which was not encrypted.
 *
 * The encrypted store has a database of its own: what LevelDB once wrote in the clear stays in its
 * files when a row is overwritten or a table dropped, and goes only when its whole database is
 * deleted (measured by searching a profile's bytes for what had been in it). So everything is copied,
 * read back and compared, and only then is the plain database deleted. The copy is one transaction,
 * apart from the attachments' bytes, which go first and one by one: a start that is cut off anywhere
 * is simply done again by the next one, from a plain database that is still whole.
 *
 * In its place stays an empty database of a later version: an older app that is started again finds
 * that it cannot open its store, instead of a store without orders.
 */
import type { StoredRecord } from '../../domain/sync/record.ts';
import { readFile, sealFile } from './attachment-bytes.ts';
import type { AttachmentRow, OnsiteDatabase, OutboxRow, UnjournaledRow } from './database.ts';
import { byChange, type ReceiptRow, withReceipts } from './first-version.ts';
import { META } from './meta.ts';
import { numberRowOf } from './numbers.ts';
import { keptPack, type PackRow } from './packs.ts';
import { DatabaseClosedError } from './reasons.ts';
import type { OrderSummary } from './store.ts';

/** Tables of the plain versions 1 and 2; a store may lack some. */
interface PlainRows {
  readonly records: StoredRecord;
  readonly outbox: OutboxRow;
  readonly receipts: ReceiptRow;
  readonly summaries: OrderSummary;
  readonly attachments: AttachmentRow & { readonly bytes: Uint8Array };
  readonly unjournaled: UnjournaledRow;
  readonly meta: { readonly key: string; readonly value: unknown };
  readonly packs: PackRow;
}

/** The browser's number of the version that says: moved. Dexie's versions 1 and 2 are 10 and 20. */
const MOVED = 30;

const answer = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** An IDBOpenDBRequest that other windows must not hold up for ever. */
const unblocked = (request: IDBOpenDBRequest): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    request.onblocked = () => reject(new DatabaseClosedError());
    answer(request).then(resolve, reject);
  });

const openPlain = async (name: string): Promise<IDBDatabase> => {
  const plain = await unblocked(indexedDB.open(name));
  plain.onversionchange = () => plain.close();
  return plain;
};

const all = <T extends keyof PlainRows>(plain: IDBDatabase, table: T): Promise<PlainRows[T][]> =>
  plain.objectStoreNames.contains(table)
    ? answer(plain.transaction(table).objectStore(table).getAll())
    : Promise.resolve([]);

/** The attachments' rows; their bytes are put into the encrypted store on the way, one by one. */
const copyAttachments = async (
  plain: IDBDatabase,
  db: OnsiteDatabase,
): Promise<readonly AttachmentRow[]> => {
  const keys = await answer(
    plain.transaction('attachments').objectStore('attachments').getAllKeys(),
  );
  const rows: AttachmentRow[] = [];
  for (const key of keys) {
    const store = plain.transaction('attachments').objectStore('attachments');
    const { bytes, ...row }: PlainRows['attachments'] = await answer(store.get(key));
    await db.files.put(await sealFile(db.keys, { sha256: row.sha256, bytes }));
    const copied = await readFile(db, row.sha256);
    if (copied?.length !== bytes.length || !copied.every((byte, i) => byte === bytes[i])) {
      throw new Error(`files/${row.sha256}: the copy is not what was copied`);
    }
    rows.push(row);
  }
  return rows;
};

/** All rows as the encrypted store has them, by table. */
const copyOf = async (plain: IDBDatabase, db: OnsiteDatabase) => {
  const receipts = byChange(await all(plain, 'receipts'));
  const records = (await all(plain, 'records')).map((record) => withReceipts(record, receipts));
  return {
    records,
    outbox: await all(plain, 'outbox'),
    summaries: (await all(plain, 'summaries')).map((summary) => ({ id: summary.id, summary })),
    numbers: records.flatMap((record) => numberRowOf(record, db.blind) ?? []),
    attachments: await copyAttachments(plain, db),
    unjournaled: await all(plain, 'unjournaled'),
    // The browser never gives that key away, so it cannot be encrypted; a new one is made. What was
    // sealed with it carries its certificate.
    // And the next pull asks from the start.
    meta: (await all(plain, 'meta')).filter(
      ({ key }) => key !== META.sealing && key !== META.cursor,
    ),
    packs: (await all(plain, 'packs')).map(keptPack),
  };
};

type Copy = Awaited<ReturnType<typeof copyOf>>;

const write = (db: OnsiteDatabase, copy: Copy): Promise<void> =>
  db.transaction('rw', db.tables, async () => {
    for (const [table, rows] of Object.entries(copy)) await db.table(table).bulkPut([...rows]);
  });

/** Reads back what was written. @throws when anything is not what it was */
const verify = (db: OnsiteDatabase, copy: Copy): Promise<void> =>
  db.transaction('r', db.tables, async () => {
    for (const [table, rows] of Object.entries(copy)) {
      const { primKey } = db.table(table).schema;
      const ids = rows.map((row) => Reflect.get(row, String(primKey.keyPath)));
      const read = await db.table(table).bulkGet(ids);
      const wrong = rows.findIndex((row, i) => JSON.stringify(row) !== JSON.stringify(read[i]));
      if (wrong >= 0) throw new Error(`${table}/${ids[wrong]}: the copy is not what was copied`);
    }
  });

/**
 * Deletes a database so that its bytes go too. Deleting makes LevelDB rewrite the files that it
 * shares with others only where they overlap: a small database beside it, written and deleted
 * afterwards, is what brings the last of them along.
 */
const shred = async (name: string): Promise<void> => {
  const beside = `${name}.shred`;
  for (let round = 0; round < 2; round += 1) {
    const request = indexedDB.open(beside, 1);
    request.onupgradeneeded = () => request.result.createObjectStore('filler');
    const filler = await unblocked(request);
    if (round === 0) await unblocked(indexedDB.deleteDatabase(name));
    for (const key of [0, 1]) {
      const transaction = filler.transaction('filler', 'readwrite', { durability: 'strict' });
      await answer(transaction.objectStore('filler').put(key, key));
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
    }
    filler.close();
    await unblocked(indexedDB.deleteDatabase(beside));
  }
};

/** The plain database that one of the encrypted ones follows: `onsite` for `onsite-1`. */
const plainNameOf = (name: string): string => name.replace(/-\d+$/, '');

/**
 * Copies what the plain database holds into the encrypted one and deletes it; mostly there is none.
 *
 * @param db open, and not in use yet
 * @param databases as they were just now
 * @throws when it cannot be done; the plain database is as it was then
 */
export const takeOver = async (
  db: OnsiteDatabase,
  databases: readonly IDBDatabaseInfo[],
): Promise<void> => {
  const name = plainNameOf(db.name);
  const isAmong = (known: readonly IDBDatabaseInfo[]) => {
    const version = known.find((each) => each.name === name)?.version;
    return name !== db.name && version !== undefined && version < MOVED;
  };
  if (!isAmong(databases)) return;
  const take = async () => {
    // Another window may have been faster.
    if (!isAmong(await indexedDB.databases())) return;
    const isCopied = (await db.meta.get(META.takenOver)) !== undefined;
    if (!isCopied) {
      const plain = await openPlain(name);
      try {
        if (plain.objectStoreNames.contains('records')) {
          const copy = await copyOf(plain, db);
          await write(db, copy);
          await verify(db, copy);
        }
      } finally {
        plain.close();
      }
      await db.meta.put({ key: META.takenOver, value: true });
    }
    await shred(name);
    (await unblocked(indexedDB.open(name, MOVED))).close();
  };
  await (navigator.locks ? navigator.locks.request(`onsite-take-over:${name}`, take) : take());
};
