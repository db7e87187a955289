/**
 * The store's other door, for the sync client alone: what leaves the device and what comes back. Each
 * function is one transaction, so that a kill between two of them leaves a state that sync goes on from.
 */
import type { Change } from '../../domain/sync/change.ts';
import {
  type AttachmentReceipt,
  type CarriedChange,
  type EnrolAnswer,
  LIMITS,
  type PullAnswer,
  type PushAnswer,
  type WireError,
} from '../../domain/sync/wire.ts';
import { readFile } from './attachment-bytes.ts';
import {
  type CarriedRow,
  type OnsiteDatabase,
  type OutboxRow,
  queued,
  type ReceiptRow,
} from './database.ts';
import { META, readMeta } from './meta.ts';
import { applyFields, settleWithheld } from './pulled.ts';
import type { SyncState } from './store.ts';
import { lastPlace } from './tail.ts';
import { type Touched, touch } from './touch.ts';

/** What the device knows of itself and its service. */
export interface Identity {
  readonly device: string;
  readonly token: string | null;
  readonly owner: string | null;
  readonly role: EnrolAnswer['role'] | null;
  readonly epoch: string | null;
  readonly cursor: number;
  /** Device's clock − service's clock, ms, as last measured. */
  readonly clockOffset: number | null;
  /** The office's public key (hex), to which bundles are encrypted. */
  readonly officeKey: string | null;
}

export interface OutgoingChange {
  readonly order: string;
  /** With what came along when another device made it. */
  readonly change: Change | CarriedChange;
}
export interface OutgoingAttachment {
  readonly order: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

export interface Sealed {
  /** The database's name: what tabs on the same store share their locks by. */
  readonly name: string;
  identity(): Promise<Identity>;
  /** Keeps what the service said at enrolment. A new epoch is adopted. */
  enrolled(answer: EnrolAnswer): Promise<void>;
  /** The next changes to send, within the wire's limits; marked as sent before they are given out. */
  nextChanges(): Promise<readonly OutgoingChange[]>;
  /** Stores the receipts and rejections of what was sent; of anything else nothing changes. Returns how many. */
  settle(
    sent: readonly OutgoingChange[],
    answer: Pick<PushAnswer, 'receipts' | 'rejections'>,
  ): Promise<number>;
  /** Bytes without a receipt, none of `tried`. */
  nextAttachment(tried: ReadonlySet<string>): Promise<OutgoingAttachment | null>;
  attachmentStored(receipt: AttachmentReceipt): Promise<void>;
  attachmentRefused(sha256: string, reason: WireError): Promise<void>;
  /** Keeps how far the device's clock is ahead of the service's, in ms. */
  clockMeasured(offset: number): Promise<void>;
  /** Applies a pulled page and moves the cursor, in one transaction. */
  applyPage(page: Pick<PullAnswer, 'fields' | 'cursor' | 'more' | 'officeKey'>): Promise<void>;
  /**
   * Takes a service's epoch. When the device knew another, or the same at a later point (`wentBack`),
   * it pulls from the start and sends again what had been confirmed. Still to come: values of other
   * devices that the service lost are sent again by those devices only, and of replaced values the
   * history stays in the journal.
   */
  adoptEpoch(epoch: string, wentBack?: boolean): Promise<void>;
  /** How much waits to be sent: changes and attachments, refused ones left out. */
  waiting(): Promise<number>;
  setSync(patch: Partial<SyncState>): void;
  /** Called after this or another tab wrote something to be sent. Returns how to stop listening. */
  onCommitted(listener: () => void): () => void;
  /** Has the tab that syncs try now. */
  nudge(): void;
}

/** Bytes that the service confirmed once, that were let go here for that, and that it has lost since. */
const LET_GO = {
  code: 'let-go',
  message: '服务器丢失了这个文件，本机的一份已按设置清理，请从备份恢复。',
};

/** Of what another device made, when nothing of its mark is left: the service may know it already. */
const UNMARKED: CarriedRow = { offset: null, mark: null };

/** As many of the rows as fit in one push. */
const withinLimits = (rows: readonly OutboxRow[]): OutboxRow[] => {
  const encoder = new TextEncoder();
  let bytes = 100;
  return rows.slice(0, LIMITS.pushChanges).filter((row, i) => {
    // Of which up to 120 for what comes along with another device's change.
    bytes += encoder.encode(JSON.stringify(row.change)).length + 120;
    return i === 0 || bytes <= LIMITS.pushBytes;
  });
};

/** The database functions of the seam; `publish` shows in this and the other tabs what a transaction wrote. */
export const createSealed = (
  db: OnsiteDatabase,
  publish: (touched: Touched) => void,
): Omit<Sealed, 'setSync' | 'onCommitted' | 'nudge'> => {
  const tables = [...db.shown, db.receipts, db.withheld, db.meta];
  const write = async <T>(work: () => Promise<{ touched: Touched; result: T }>): Promise<T> => {
    const { touched, result } = await db.transaction('rw', tables, work);
    publish(touched);
    return result;
  };

  /** Sends again what a former service confirmed and this one may not have. Inside a transaction. */
  const sendAgain = async (): Promise<Set<string>> => {
    const orders = new Set<string>();
    const receipts = await db.receipts.toArray();
    const rows = await db.records.bulkGet(receipts.map(({ sent }) => sent.record));
    let place = await lastPlace(db);
    const again = receipts.flatMap(({ change: id, sent, carried }, i): OutboxRow[] => {
      const row = rows[i];
      // What was replaced since has nothing left to say but its history, which the journal keeps.
      if (row?.changes[sent.field] !== id) return [];
      orders.add(row.order);
      place += 1;
      const change = { ...sent, id, value: row.values[sent.field] ?? null };
      const entry = { id, place, order: row.order, change, status: 'sent' } as const;
      return [carried ? { ...entry, carried } : entry];
    });
    await db.outbox.bulkPut(again);
    await db.receipts.clear();
    const held = new Set(await db.files.toCollection().primaryKeys());
    await db.attachments.toCollection().modify((row) => {
      Object.assign(row, { waiting: row.orders }, held.has(row.sha256) ? {} : LET_GO);
      for (const order of row.orders) orders.add(order);
    });
    return orders;
  };

  const adoptEpoch = (epoch: string, wentBack = false) =>
    write(async () => {
      const { epoch: known } = await readMeta(db);
      if (known === epoch && !wentBack) return { touched: await touch(db, []), result: undefined };
      const orders = known === null ? [] : await sendAgain();
      await db.withheld.clear();
      await db.meta.bulkPut([
        { key: META.epoch, value: epoch },
        { key: META.cursor, value: 0 },
      ]);
      return { touched: await touch(db, orders), result: undefined };
    });

  return {
    name: db.name,
    identity: () => readMeta(db),
    enrolled: async ({ token, role, owner, epoch, officeKey }) => {
      await adoptEpoch(epoch);
      await db.meta.bulkPut([
        { key: META.token, value: token },
        { key: META.role, value: role },
        { key: META.owner, value: owner },
        ...(officeKey ? [{ key: META.officeKey, value: officeKey }] : []),
      ]);
    },
    adoptEpoch,

    nextChanges: () =>
      db.transaction('rw', [db.outbox, db.meta], async () => {
        const { device } = await readMeta(db);
        const limit = LIMITS.pushChanges;
        const sent = await queued(db, 'sent').limit(limit).toArray();
        const waiting = await queued(db, 'waiting').limit(limit).toArray();
        const batch = withinLimits([...sent, ...waiting].sort((a, b) => a.place - b.place));
        await db.outbox.bulkPut(batch.map((row) => ({ ...row, status: 'sent' })));
        return batch.map(({ order, change, carried = UNMARKED }) => ({
          order,
          change: change.device === device ? change : { ...change, ...carried },
        }));
      }),

    settle: (sent, { receipts, rejections }) =>
      write(async () => {
        const ours = new Set(sent.map(({ change }) => change.id));
        const seqs = new Map(receipts.map(({ change, seq }) => [change, seq]));
        const refusals = new Map(rejections.map((rejection) => [rejection.change, rejection]));
        const ids = [...seqs.keys(), ...refusals.keys()].filter((id) => ours.has(id));
        const entries = (await db.outbox.bulkGet([...new Set(ids)])).flatMap((row) => row ?? []);
        const held = entries.flatMap(
          ({ change: { id, value: _, ...sent }, carried }): ReceiptRow[] => {
            const seq = seqs.get(id);
            return seq === undefined
              ? []
              : [{ change: id, seq, sent, ...(carried && { carried }) }];
          },
        );
        await db.receipts.bulkPut(held);
        await db.receipts.bulkDelete(held.flatMap(({ sent: { was } }) => was ?? []));
        await db.outbox.bulkDelete(held.map(({ change }) => change));
        for (const entry of entries) {
          const refusal = refusals.get(entry.id);
          if (refusal && !seqs.has(entry.id)) await refuse(db, entry, refusal);
        }
        const touched = await touch(
          db,
          entries.map(({ order }) => order),
        );
        return { touched, result: entries.length };
      }),

    nextAttachment: async (tried) => {
      const rows = await db.attachments
        .where('waiting')
        .above('')
        .filter(({ sha256, code }) => code === undefined && !tried.has(sha256))
        .toArray();
      for (const { sha256, waiting } of rows) {
        const [order] = waiting;
        const bytes = await readFile(db, sha256);
        if (order && bytes) return { order, sha256, bytes };
      }
      return null;
    },

    attachmentStored: ({ sha256 }) =>
      write(async () => {
        const row = await db.attachments.get(sha256);
        if (row) {
          const { code: _, message: __, ...rest } = row;
          await db.attachments.put({ ...rest, waiting: [] });
        }
        return { touched: await touch(db, row?.waiting ?? []), result: undefined };
      }),

    attachmentRefused: (sha256, { code, message }) =>
      write(async () => {
        const row = await db.attachments.get(sha256);
        if (row) await db.attachments.put({ ...row, code, message });
        return { touched: await touch(db, row?.waiting ?? []), result: undefined };
      }),

    clockMeasured: async (offset) => {
      await db.meta.put({ key: META.clockOffset, value: Math.round(offset) });
    },

    applyPage: ({ fields, cursor, more, officeKey }) =>
      write(async () => {
        const rows = await applyFields(db, fields);
        if (!more) rows.push(...(await settleWithheld(db, cursor)));
        const known = await readMeta(db);
        if (cursor !== known.cursor) await db.meta.put({ key: META.cursor, value: cursor });
        if (officeKey && officeKey !== known.officeKey) {
          await db.meta.put({ key: META.officeKey, value: officeKey });
        }
        const orders = rows.flatMap(({ order }) => order || []);
        return { touched: await touch(db, orders, rows), result: undefined };
      }),

    waiting: async () => {
      const [waiting, sent, attachments, refused] = await Promise.all([
        queued(db, 'waiting').count(),
        queued(db, 'sent').count(),
        db.attachments.where('waiting').above('').distinct().count(),
        db.attachments.where('refused').equals(1).count(),
      ]);
      return waiting + sent + attachments - refused;
    },
  };
};

/** Keeps a refused change with its reason, until a person decides. Inside a transaction. */
const refuse = async (
  db: OnsiteDatabase,
  entry: OutboxRow,
  { code, message }: WireError,
): Promise<void> => {
  const { id, record, field, was } = entry.change;
  const current = (await db.records.get(record))?.changes[field];
  if (current === undefined || current === id) {
    await db.outbox.put({ ...entry, status: 'rejected', code, message });
    return;
  }
  // A later edit already took its place: that one replaces what this one would have.
  await db.outbox.delete(id);
  const later = await db.outbox.get(current);
  if (later?.status === 'waiting' && later.change.was === id) {
    await db.outbox.put({ ...later, change: { ...later.change, was } });
  }
};
