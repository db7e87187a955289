import Dexie, { type Collection, type Table } from 'dexie';
import type { Change, Receipt } from '../../domain/sync/change.ts';
import type { StoredRecord } from '../../domain/sync/record.ts';
import type { FieldState } from '../../domain/sync/wire.ts';
import type { Keys } from '../../domain/vault/keys.ts';
import { type ClearFields, encryption } from './encryption.ts';
import type { PackRow } from './packs.ts';
import type { OrderSummary } from './store.ts';

/** A change without a receipt. */
export interface OutboxRow {
  /** The change's id. */
  readonly id: string;
  /** Its place in the queue: the order in which the changes were made, whatever the clock did. */
  readonly place: number;
  readonly order: string;
  readonly change: Change;
  /** `waiting`: never left the device; `sent`: may have reached the service; `rejected`: refused by it. */
  readonly status: 'waiting' | 'sent' | 'rejected';
  readonly code?: string;
  readonly message?: string;
}

/** What is kept of a change that has its receipt, so that it can be sent again to a service that lost it. */
export interface ReceiptRow extends Receipt {
  readonly sent: Omit<Change, 'id' | 'value'>;
}

/** Bytes that orders refer to, under their SHA-256. */
export interface AttachmentRow {
  readonly sha256: string;
  /** Null when a restored backup lacked them, or once retention let go what the service keeps. */
  readonly bytes: Uint8Array | null;
  /** The orders of this device that refer to it. */
  readonly orders: readonly string[];
  /** The same, until the bytes have their receipt; then none. */
  readonly waiting: readonly string[];
  readonly code?: string;
  readonly message?: string;
}

/** A pulled value that met an unsent local change of the same field: the seam of invariant 6. */
export interface WithheldRow extends FieldState {
  /** `record/field` */
  readonly id: string;
}

/** Committed changes that may not be in the journal yet. */
export interface UnjournaledRow {
  readonly id: string;
  readonly changes: readonly Change[];
}

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

interface MetaRow {
  readonly key: string;
  readonly value: unknown;
}

/** What the indexes of each table hold in the clear. */
const CLEAR: Readonly<Record<string, ClearFields>> = {
  records: ({ order, kind }) => ({ order, kind }),
  outbox: ({ order, status, place }) => ({ order, status, place }),
  receipts: () => ({}),
  summaries: () => ({}),
  numbers: ({ key }) => ({ key }),
  withheld: () => ({}),
  unjournaled: () => ({}),
  meta: () => ({}),
};

export class OnsiteDatabase extends Dexie {
  declare readonly records: Table<StoredRecord, string>;
  declare readonly outbox: Table<OutboxRow, string>;
  declare readonly receipts: Table<ReceiptRow, string>;
  declare readonly summaries: Table<OrderSummary, string>;
  declare readonly numbers: Table<NumberRow, string>;
  declare readonly attachments: Table<AttachmentRow, string>;
  declare readonly withheld: Table<WithheldRow, string>;
  declare readonly unjournaled: Table<UnjournaledRow, string>;
  declare readonly meta: Table<MetaRow, string>;
  declare readonly packs: Table<PackRow, string>;

  /** `Keys.blind`, which remembers: a roster asks for the same thousand numbers again and again. */
  readonly blind: Blind;

  /** @param keys under which all rows are encrypted */
  constructor(name: string, keys: Keys) {
    // Chromium's default answers before the disk does; 已保存 must not.
    super(name, { chromeTransactionDurability: 'strict', cache: 'disabled' });
    this.use(encryption(keys.cipher('store'), CLEAR));
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
      numbers: 'id, key',
      attachments: 'sha256, *orders, *waiting, code',
      withheld: 'id',
      unjournaled: 'id',
      meta: 'key',
    });
    this.version(2).stores({ packs: 'hash' });
    this.version(3).stores({});
  }

  /** The tables that the working set shows, or counts, or is answered from. */
  get shown() {
    return [this.records, this.outbox, this.summaries, this.numbers, this.attachments];
  }
}

/** All records of an order. */
export const recordsOf = (db: OnsiteDatabase, order: string): Collection<StoredRecord, string> =>
  db.records.where('[order+kind]').between([order, Dexie.minKey], [order, Dexie.maxKey]);

/** Outbox entries of one status, in the order in which they were made. */
export const queued = (
  db: OnsiteDatabase,
  status: OutboxRow['status'],
): Collection<OutboxRow, string> =>
  db.outbox.where('[status+place]').between([status, Dexie.minKey], [status, Dexie.maxKey]);

/** The last place in the queue that is taken; 0 when it is empty. */
export const lastPlace = async (db: OnsiteDatabase): Promise<number> => {
  const statuses = ['waiting', 'sent', 'rejected'] as const;
  const last = await Promise.all(statuses.map((status) => queued(db, status).last()));
  return Math.max(0, ...last.map((row) => row?.place ?? 0));
};
