/** What a pulled page does to the records. Both functions run inside the transaction that moves the cursor. */
import { kindOfField, type StoredRecord } from '../../domain/sync/record.ts';
import type { FieldState } from '../../domain/sync/wire.ts';
import { withValue } from './change-log.ts';
import type { OnsiteDatabase } from './database.ts';

const withheldId = ({ record, field }: FieldState): string => `${record}/${field}`;

const orderOf = (row: StoredRecord): string => {
  const parent = row.values[`${row.kind}.order`];
  return row.kind === 'order' ? row.id : typeof parent === 'string' ? parent : '';
};

/**
 * Writes pulled values into the records. A value that meets a change of this device without a receipt
 * is withheld: what the person typed is never overwritten, and the server's order decides once it has
 * both. Returns the records that changed; those whose order is not known yet have none.
 */
export const applyFields = async (
  db: OnsiteDatabase,
  fields: readonly FieldState[],
): Promise<StoredRecord[]> => {
  const ids = [...new Set(fields.map(({ record }) => record))];
  const rows = new Map<string, StoredRecord>();
  for (const row of await db.records.bulkGet(ids)) if (row) rows.set(row.id, row);
  const currents = fields.map(({ record, field }) => rows.get(record)?.changes[field] ?? '');
  const unsent = new Set((await db.outbox.bulkGet(currents)).flatMap((row) => row?.id ?? []));
  const withheld = new Set<FieldState>();
  const written = new Map<string, StoredRecord>();
  fields.forEach((state, i) => {
    const { record, field, value, change } = state;
    const current = currents[i] ?? '';
    if (current === change) return;
    if (unsent.has(current)) {
      withheld.add(state);
      return;
    }
    const row = written.get(record) ??
      rows.get(record) ?? {
        id: record,
        kind: kindOfField(field),
        order: '',
        values: {},
        changes: {},
      };
    const next = withValue(row, { field, value, id: change });
    written.set(record, { ...next, order: orderOf(next) });
  });
  const settled = fields.filter((state) => !withheld.has(state)).map(withheldId);
  await db.withheld.bulkDelete(settled);
  await db.withheld.bulkPut([...withheld].map((state) => ({ ...state, id: withheldId(state) })));
  await db.records.bulkPut([...written.values()]);
  return [...written.values()];
};

/**
 * Once the device's own change has its receipt and the pull has passed it, what the server shows of
 * the field is decided: had ours won, it would have come back by now, so the withheld value stands.
 */
export const settleWithheld = async (
  db: OnsiteDatabase,
  cursor: number,
): Promise<StoredRecord[]> => {
  const rows: StoredRecord[] = [];
  for (const { id, record, field, value, change } of await db.withheld.toArray()) {
    const row = await db.records.get(record);
    const current = row?.changes[field];
    const receipt = current === undefined ? undefined : await db.receipts.get(current);
    if (!row || !receipt || receipt.seq > cursor) continue;
    const next = withValue(row, { field, value, id: change });
    await db.records.put(next);
    await db.withheld.delete(id);
    rows.push(next);
  }
  return rows;
};
