/**
 * What the first versions of the store kept of the service's word, and how it becomes what is kept now:
 * a table of receipts then, what the service said of each field of a record since.
 */
import type { Transaction } from 'dexie';
import type { Change, Receipt } from '../../domain/sync/change.ts';
import type { ServerField, StoredRecord } from '../../domain/sync/record.ts';

/** A change that had its receipt; its value was the record's, or had been replaced. */
export interface ReceiptRow extends Receipt {
  readonly sent: Omit<Change, 'id' | 'value'>;
}

/**
 * A record with what the service is known to have of it: of the changes that are still its fields'
 * values. What was replaced, and what others changed, the next pull tells, from the start.
 */
export const withReceipts = (
  record: StoredRecord,
  receipts: ReadonlyMap<string, ReceiptRow>,
): StoredRecord => {
  const known = Object.entries(record.changes).flatMap(([field, change]) => {
    const row = receipts.get(change);
    if (!row) return [];
    const { was, time, device, by } = row.sent;
    const said: ServerField = {
      ...{ seq: row.seq, generation: 1 },
      winner: { change, was, time, device, by },
    };
    return [[field, said] as const];
  });
  return known.length > 0 ? { ...record, server: Object.fromEntries(known) } : record;
};

export const byChange = (rows: readonly ReceiptRow[]): ReadonlyMap<string, ReceiptRow> =>
  new Map(rows.map((row) => [row.change, row]));

/** From version 1 of the encrypted store to version 2, inside the upgrade's transaction. */
export const confirmedByReceipts = async (transaction: Transaction): Promise<void> => {
  const receipts = byChange(await transaction.table<ReceiptRow, string>('receipts').toArray());
  const table = transaction.table<StoredRecord, string>('records');
  const records = await table.toArray();
  await table.bulkPut(records.map((record) => withReceipts(record, receipts)));
  // All that the service has is pulled anew, so that conflicts and what was withheld show.
  await transaction.table('meta').put({ key: 'cursor', value: 0 });
};
