/** A device's disk: its database with transactions that are whole or not at all, and its journal. */
import type { Change } from '../../domain/sync/change.ts';
import type { StoredRecord } from '../../domain/sync/record.ts';
import type { HistoryRow, OutboxRow, Replica, SyncMeta } from '../../domain/sync/tables.ts';

export interface AttachmentRow {
  readonly sha256: string;
  readonly bytes: Uint8Array;
  readonly orders: readonly string[];
  readonly waiting: readonly string[];
}

export interface Tables {
  readonly records: ReadonlyMap<string, StoredRecord>;
  readonly outbox: ReadonlyMap<string, OutboxRow>;
  readonly history: ReadonlyMap<string, HistoryRow>;
  readonly attachments: ReadonlyMap<string, AttachmentRow>;
  /** Committed changes that the journal does not have yet. */
  readonly unjournaled: readonly Change[];
  readonly meta: SyncMeta;
}

const EMPTY: Tables = {
  records: new Map(),
  outbox: new Map(),
  history: new Map(),
  attachments: new Map(),
  unjournaled: [],
  meta: { epoch: null, cursor: 0, position: null, generation: 1, recollecting: false },
};

export class QuotaExceeded extends Error {
  override readonly name = 'QuotaExceededError';
}

/** A table that is copied when it is first written. */
class Table<T extends { readonly id: string }> {
  rows: ReadonlyMap<string, T>;
  constructor(rows: ReadonlyMap<string, T>) {
    this.rows = rows;
  }
  get(id: string) {
    return Promise.resolve(this.rows.get(id));
  }
  bulkGet(ids: string[]) {
    return Promise.resolve(ids.map((id) => this.rows.get(id)));
  }
  bulkPut(rows: readonly T[]) {
    const after = new Map(this.rows);
    for (const row of rows) after.set(row.id, row);
    this.rows = after;
    return Promise.resolve();
  }
  bulkDelete(ids: string[]) {
    const after = new Map(this.rows);
    for (const id of ids) after.delete(id);
    this.rows = after;
    return Promise.resolve();
  }
  after(id: string, limit: number): Promise<T[]> {
    const ids = [...this.rows.keys()].filter((key) => key > id).sort();
    return Promise.resolve(ids.slice(0, limit).flatMap((key) => this.rows.get(key) ?? []));
  }
}

const queued = (rows: Iterable<OutboxRow>, status: OutboxRow['status']): OutboxRow[] =>
  [...rows].filter((row) => row.status === status).sort((a, b) => a.place - b.place);

/** The tables inside one transaction. */
class Transaction implements Replica {
  readonly records: Table<StoredRecord>;
  readonly outbox: Table<OutboxRow>;
  readonly history: Table<HistoryRow>;
  attachments: ReadonlyMap<string, AttachmentRow>;
  unjournaled: readonly Change[];
  #meta: SyncMeta;

  constructor(tables: Tables) {
    this.records = new Table(tables.records);
    this.outbox = new Table(tables.outbox);
    this.history = new Table(tables.history);
    this.attachments = tables.attachments;
    this.unjournaled = tables.unjournaled;
    this.#meta = tables.meta;
  }
  async queued(status: OutboxRow['status'], limit: number) {
    return queued(this.outbox.rows.values(), status).slice(0, limit);
  }
  async lastPlace() {
    return Math.max(0, ...[...this.outbox.rows.values()].map(({ place }) => place));
  }
  recordsAfter(id: string, limit: number) {
    return this.records.after(id, limit);
  }
  historyAfter(id: string, limit: number) {
    return this.history.after(id, limit);
  }
  async historyOf(record: string) {
    return [...this.history.rows.values()].filter((row) => row.record === record);
  }
  async attachmentsOf(order: string) {
    const rows = [...this.records.rows.values()];
    return rows.filter((row) => row.kind === 'attachment' && row.order === order);
  }
  async resendAttachments(sha256?: string) {
    const rows = [...this.attachments.values()]
      .filter((row) => sha256 === undefined || row.sha256 === sha256)
      .map((row) => ({ ...row, waiting: row.orders }));
    const after = new Map(this.attachments);
    for (const row of rows) after.set(row.sha256, row);
    this.attachments = after;
    return rows.flatMap(({ orders }) => orders);
  }
  async meta() {
    return this.#meta;
  }
  async keepMeta(patch: Partial<SyncMeta>) {
    this.#meta = { ...this.#meta, ...patch };
  }
  async result(): Promise<Tables> {
    return {
      records: this.records.rows,
      outbox: this.outbox.rows,
      history: this.history.rows,
      attachments: this.attachments,
      unjournaled: this.unjournaled,
      meta: this.#meta,
    };
  }
}

export type { Transaction };

export class Disk {
  tables: Tables = EMPTY;
  /** The changes of every commit, outside the database. */
  journal: Change[] = [];
  /** Whether writing fails now. */
  isFull = false;
  #last: Promise<unknown> = Promise.resolve();

  /** One transaction after the other: whole, or not at all. */
  transaction<T>(
    work: (tx: Transaction) => Promise<T>,
    keep = (_tables: Tables) => {},
  ): Promise<T> {
    const next = this.#last.then(async () => {
      const tx = new Transaction(this.tables);
      const result = await work(tx);
      if (this.isFull) throw new QuotaExceeded();
      const tables = await tx.result();
      keep(tables);
      this.tables = tables;
      return result;
    });
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** The browser lost its database. The journal is a file of its own. */
  loseDatabase(): void {
    this.tables = EMPTY;
  }
}
