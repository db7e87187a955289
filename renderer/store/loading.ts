/** What a start reads of the database: all of it asked for at once, since each answer costs a while. */
import { isEmpty, type OnsiteDatabase } from './database.ts';
import { readUnjournaled, type Unjournaled } from './journalling.ts';
import { readDevice } from './meta.ts';
import type { OrderSummary, RejectedEntry } from './store.ts';
import { openList, readKeptList } from './summaries.ts';
import { readRejected } from './touch.ts';

export interface Loaded {
  /** Whether the store holds nothing at all. */
  readonly isEmpty: boolean;
  readonly hasDevice: boolean;
  readonly summaries: ReadonlyMap<string, OrderSummary>;
  readonly rejected: readonly RejectedEntry[];
  /** What the last session committed and may not have journalled, oldest first. */
  readonly unjournaled: readonly Unjournaled[];
}

/** @throws {DamagedRowError} */
export const readAll = async (db: OnsiteDatabase): Promise<Loaded> => {
  const { records, meta, outbox, attachments, summaries: rows, pages } = db;
  const tables = [records, meta, outbox, attachments, db.unjournaled, db.clock, rows, pages];
  // The answers come in this order: the small ones first.
  const [isBare, device, rejected, unjournaled, list] = await db.transaction('r', tables, () =>
    Promise.all([
      isEmpty(records),
      readDevice(db),
      readRejected(db),
      readUnjournaled(db),
      readKeptList(db),
    ]),
  );
  const summaries = await openList(db, list);
  return { isEmpty: isBare, hasDevice: device !== undefined, summaries, rejected, unjournaled };
};
