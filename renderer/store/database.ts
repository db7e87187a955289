import Dexie, { type Collection, type Table } from 'dexie';
import type { Change } from '../../domain/sync/change.ts';
import type { StoredRecord } from '../../domain/sync/record.ts';
import type { HistoryRow, OutboxRow } from '../../domain/sync/tables.ts';
import type { PackRow } from './packs.ts';
import type { OrderSummary } from './store.ts';

export type { OutboxRow } from '../../domain/sync/tables.ts';

/** Bytes that orders refer to, under their SHA-256. */
export interface AttachmentRow {
  readonly sha256: string;
  readonly bytes: Uint8Array;
  /** The orders of this device that refer to it. */
  readonly orders: readonly string[];
  /** The same, until the bytes have their receipt; then none. */
  readonly waiting: readonly string[];
  readonly code?: string;
  readonly message?: string;
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
  /** See `numberKey`. */
  readonly key: string;
}

interface MetaRow {
  readonly key: string;
  readonly value: unknown;
}

export class OnsiteDatabase extends Dexie {
  declare readonly records: Table<StoredRecord, string>;
  declare readonly outbox: Table<OutboxRow, string>;
  declare readonly history: Table<HistoryRow, string>;
  declare readonly summaries: Table<OrderSummary, string>;
  declare readonly numbers: Table<NumberRow, string>;
  declare readonly attachments: Table<AttachmentRow, string>;
  declare readonly unjournaled: Table<UnjournaledRow, string>;
  declare readonly meta: Table<MetaRow, string>;
  declare readonly packs: Table<PackRow, string>;

  constructor(name: string) {
    // Chromium's default answers before the disk does; 已保存 must not.
    super(name, { chromeTransactionDurability: 'strict' });
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
    this.version(3).stores({ history: 'id', receipts: null, withheld: null });
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
