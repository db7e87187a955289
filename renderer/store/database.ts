import Dexie, { type Collection, type Table } from 'dexie';
import type { Change } from '../../domain/sync/change.ts';
import type { StoredRecord } from '../../domain/sync/record.ts';
import type { HistoryRow, OutboxRow } from '../../domain/sync/tables.ts';
import type { CarriedChange } from '../../domain/sync/wire.ts';
import type { Keys } from '../../domain/vault/keys.ts';
import type { Author } from './change-log.ts';
import { encryption } from './encryption.ts';
import { confirmedByReceipts } from './first-version.ts';
import type { KeptPack } from './packs.ts';
import {
  type ClearFields,
  createRowCipher,
  type Recalled,
  type RowCipher,
  type SealedRow,
} from './row-cipher.ts';
import type { OrderSummary } from './store.ts';
import type { ListedPages } from './summaries.ts';

/** What came with a change that another device made: see `domain/sync/carried.ts`. */
export type CarriedRow = Pick<CarriedChange, 'offset' | 'mark'>;

export type { OutboxRow } from '../../domain/sync/tables.ts';

/** A file that orders refer to, by the SHA-256 of its bytes. */
export interface AttachmentRow {
  readonly sha256: string;
  /** The orders of this device that refer to it. */
  readonly orders: readonly string[];
  /** The same, until the bytes have their receipt; then none. */
  readonly waiting: readonly string[];
  readonly code?: string;
  readonly message?: string;
}

/**
 * The bytes of an attachment, encrypted: see `attachment-bytes.ts`. There are none when a restored
 * backup lacked them, or once retention let go what the service keeps.
 */
export interface FileRow {
  readonly sha256: string;
  readonly sealed: Uint8Array;
}

/** A page of the list as it was when the pages were written: see `summaries.ts`. */
export interface PageRow {
  /** `<generation>/<number>` */
  readonly id: string;
  readonly sealed: Uint8Array;
}

/** What the list says of an order since its pages were written; null when it left the list. */
export interface SummaryRow {
  readonly id: string;
  readonly summary: OrderSummary | null;
}

/** Committed changes that may not be in the journal yet: those of the outbox from one place to another. */
export interface UnjournaledPlaces {
  readonly id: string;
  readonly places: readonly [first: number, last: number];
}

/** The same, and themselves where they are not all of what was queued. */
export type UnjournaledRow =
  | UnjournaledPlaces
  | { readonly id: string; readonly changes: readonly Change[] };

/** That a member holds a number. */
export interface NumberRow {
  /** The member's record. */
  readonly id: string;
  readonly order: string;
  /** The number's digits as `Keys.blind` gives them. */
  readonly key: string;
}

/** What an index holds of a text: see `Keys.blind`. */
export type Blind = Keys['blind'];

/** One row, the queue's end, written by whoever adds to the queue: see `tail.ts`. */
export interface ClockRow {
  readonly id: 0;
  readonly place?: number;
  readonly unjournaled?: readonly UnjournaledPlaces[];
}

export interface MetaRow {
  readonly key: string;
  readonly value: unknown;
}

/**
 * What the indexes of each table hold in the clear. A table that is not named is stored as it is:
 * `numbers` has random ids and blinded numbers alone, `files` and `pages` are encrypted already.
 */
const CLEAR: Readonly<Record<string, ClearFields>> = {
  records: ({ order, kind }) => ({ order, kind }),
  outbox: ({ order, status, place }) => ({ order, status, place }),
  history: ({ record }) => ({ record }),
  // Only of version 1.
  receipts: () => ({}),
  withheld: () => ({}),
  summaries: () => ({}),
  attachments: ({ orders, waiting, code }) => ({
    orders,
    waiting,
    ...(code === undefined ? {} : { refused: 1 }),
  }),
  unjournaled: () => ({}),
  meta: () => ({}),
  packs: () => ({}),
};

/** Tables whose rows this window remembers, for `write-known.ts`. */
export interface RecalledRows {
  readonly records: StoredRecord;
  readonly outbox: OutboxRow;
  readonly summaries: SummaryRow;
  readonly meta: MetaRow;
}

/** Who makes changes here, and the rows that say so. */
export interface KnownAuthor {
  readonly author: Author;
  readonly rows: ReadonlyMap<string, Recalled<MetaRow> | undefined>;
}

/**
 * The encrypted database. Its versions only go forward, and `test/fixtures/store` keeps a small copy
 * of each shape that was released; the plain one it takes over from is `plain-store.ts`'s.
 */
export class OnsiteDatabase extends Dexie {
  declare readonly records: Table<StoredRecord, string>;
  declare readonly outbox: Table<OutboxRow, string>;
  declare readonly history: Table<HistoryRow, string>;
  declare readonly summaries: Table<SummaryRow, string>;
  declare readonly pages: Table<PageRow, string>;
  declare readonly numbers: Table<NumberRow, string>;
  declare readonly attachments: Table<AttachmentRow, string>;
  declare readonly files: Table<FileRow, string>;
  declare readonly unjournaled: Table<UnjournaledRow, string>;
  declare readonly meta: Table<MetaRow, string>;
  declare readonly packs: Table<KeptPack, string>;
  declare readonly clock: Table<ClockRow, number>;

  /** `Keys.blind`, which remembers: a roster asks for the same thousand numbers again and again. */
  readonly blind: Blind;
  /** The pages as this window last read or wrote them: see `summaries.ts`. */
  listed: ListedPages | null = null;
  /** Who makes changes here, as this window last read it. */
  author: KnownAuthor | null = null;
  /** The queue's end as this window last read or wrote it. */
  tail: ClockRow | undefined = undefined;
  private readonly ciphers = new Map<string, RowCipher>();

  /** @param keys under which all rows are encrypted */
  constructor(
    name: string,
    readonly keys: Keys,
  ) {
    // Chromium's default answers before the disk does; 已保存 must not.
    // One that the browser closed may have been lost: nobody but `openDatabase` opens it again, or
    // what only looks something up would make an empty one, and the journal would not be asked.
    super(name, { chromeTransactionDurability: 'strict', cache: 'disabled', autoOpen: false });
    // Nobody observes tables here; unasked, Dexie tells all windows of every write.
    this.unuse({ stack: 'dbcore', name: 'Observability' });
    this.use(encryption((table, key) => this.cipherOf(table, key)));
    const blinded = new Map<string, string>();
    this.blind = (text) => {
      const known = blinded.get(text) ?? keys.blind(text);
      blinded.set(text, known);
      return known;
    };
    // No more indexes than are asked for: a pasted roster writes thousands of rows at once.
    this.version(1).stores({
      records: 'id, [order+kind]',
      outbox: 'id, [order+status], [status+place]',
      receipts: 'change',
      summaries: 'id',
      pages: 'id',
      numbers: 'id, key',
      attachments: 'sha256, *orders, *waiting, refused',
      files: 'sha256',
      withheld: 'id',
      unjournaled: 'id',
      meta: 'key',
      packs: 'hash',
      clock: 'id',
    });
    this.version(2)
      .stores({ history: 'id, record', receipts: null, withheld: null })
      .upgrade((transaction) => confirmedByReceipts(transaction));
  }

  /** A row as it will lie in the database. Not inside a transaction. */
  seal<T extends keyof RecalledRows>(table: T, row: RecalledRows[T]): Promise<SealedRow> {
    return this.rows(table).sealLater({ ...row });
  }

  /** A row as this window read or wrote it last, if it remembers. */
  recall<T extends keyof RecalledRows>(
    table: T,
    key: string,
  ): Recalled<RecalledRows[T]> | undefined {
    return this.rows(table).recall(key);
  }

  private rows(table: keyof RecalledRows): RowCipher {
    const rows = this.cipherOf(table, String(this.table(table).schema.primKey.keyPath));
    if (!rows) throw new Error(`no encrypted table ${table}`);
    return rows;
  }

  /** How the rows of a table are encrypted, if they are; `key` is the field of its primary key. */
  private cipherOf(table: string, key: string): RowCipher | undefined {
    const clear = CLEAR[table];
    const known = this.ciphers.get(table);
    if (known || !clear) return known;
    const rows = createRowCipher(table, key, this.keys, clear);
    this.ciphers.set(table, rows);
    return rows;
  }

  /** The tables that the working set shows, or counts, or is answered from. */
  get shown() {
    return [
      this.records,
      this.outbox,
      this.summaries,
      this.pages,
      this.numbers,
      this.attachments,
      this.files,
      this.clock,
    ];
  }
}

/** Whether a table has no rows. Not by counting: the browser would count them all. */
export const isEmpty = async <T>(table: Table<T, string>): Promise<boolean> =>
  (await table.limit(1).primaryKeys()).length === 0;

/** All records of an order. */
export const recordsOf = (db: OnsiteDatabase, order: string): Collection<StoredRecord, string> =>
  db.records.where('[order+kind]').between([order, Dexie.minKey], [order, Dexie.maxKey]);

/** Outbox entries of one status, in the order in which they were made; of some places alone. */
export const queued = (
  db: OnsiteDatabase,
  status: OutboxRow['status'],
  [first, last]: readonly [unknown, unknown] = [Dexie.minKey, Dexie.maxKey],
): Collection<OutboxRow, string> =>
  db.outbox.where('[status+place]').between([status, first], [status, last], true, true);
