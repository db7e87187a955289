/** What a device keeps: the rows of its tables, and how the rules of `replica.ts` reach them. */
import type { Change } from './change.ts';
import type { StoredRecord, Version } from './record.ts';
import type { CarriedChange } from './wire.ts';

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
  /** What came along when another device made it: `carried.ts`. */
  readonly carried?: Pick<CarriedChange, 'offset' | 'mark'>;
  /** Whether it was carried out in a file after it was refused: somebody may take it all the same. */
  readonly left?: true;
  readonly code?: string;
  readonly message?: string;
}

/** A refused entry that is sent once more; the service may have had it, so it counts as sent. */
export const sentAgain = ({ code: _, message: __, ...row }: OutboxRow): OutboxRow => ({
  ...row,
  status: 'sent',
});

/** A change that the service had and that has been replaced, so that a service that lost it gets it back. */
export interface HistoryRow {
  /** The change's id. */
  readonly id: string;
  readonly record: string;
  readonly field: string;
  readonly version: Version;
}

/** What the device knows of the service. */
export interface SyncMeta {
  /** What the service calls its database. */
  readonly epoch: string | null;
  readonly cursor: number;
  /** Where the service's log ended when it last answered. */
  readonly position: string | null;
  /** How often the service turned out to have lost something. */
  readonly generation: number;
  /** Whether what it may have lost has yet to be sent again. */
  readonly recollecting: boolean;
}

interface Rows<T> {
  get(id: string): PromiseLike<T | undefined>;
  bulkGet(ids: string[]): PromiseLike<(T | undefined)[]>;
  bulkPut(rows: readonly T[]): PromiseLike<unknown>;
  bulkDelete(ids: string[]): PromiseLike<unknown>;
}

/** The tables of a device, inside a transaction. */
export interface Replica {
  readonly records: Rows<StoredRecord>;
  readonly outbox: Rows<OutboxRow>;
  readonly history: Rows<HistoryRow>;
  /** Outbox entries of one status by their place. */
  queued(status: OutboxRow['status'], limit: number): PromiseLike<readonly OutboxRow[]>;
  /** The last place in the queue that is taken; 0 when it is empty. */
  lastPlace(): PromiseLike<number>;
  /** Rows whose id is greater, by id. */
  recordsAfter(id: string, limit: number): PromiseLike<readonly StoredRecord[]>;
  historyAfter(id: string, limit: number): PromiseLike<readonly HistoryRow[]>;
  historyOf(record: string): PromiseLike<readonly HistoryRow[]>;
  /** The records of an order's attachments. */
  attachmentsOf(order: string): PromiseLike<readonly StoredRecord[]>;
  /** Has one attachment, or all of them, wait for a receipt again. Returns their orders. */
  resendAttachments(sha256?: string): PromiseLike<readonly string[]>;
  meta(): PromiseLike<SyncMeta>;
  keepMeta(patch: Partial<SyncMeta>): PromiseLike<unknown>;
}

/** What the device knew when it asked the service. */
export type Asked = Pick<SyncMeta, 'generation' | 'cursor' | 'position'>;

/**
 * Whether another window has heard of the service since. An answer that comes then may belong to what
 * the service has lost meanwhile, without any later one saying so: it is asked for once more.
 */
export const isLate = (asked: Asked, now: SyncMeta): boolean =>
  asked.generation !== now.generation || asked.position !== now.position;

export interface OutgoingChange {
  readonly order: string;
  /** With what came along when another device made it. */
  readonly change: Change | CarriedChange;
}

/** What a step changed: the records, and the orders whose summaries may be others now. */
export interface Settled {
  readonly rows: readonly StoredRecord[];
  readonly orders: readonly string[];
  /** Receipts and rejections that were for us. */
  readonly count: number;
}
