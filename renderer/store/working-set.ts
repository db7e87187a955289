/** The working set as values: how edits and what the database says show in it. */
import type { StoredRecord } from '../../domain/sync/record.ts';
import { emptyRecord, type StampedEdit, sameValue, withValue } from './change-log.ts';
import type { WorkingSet } from './store.ts';

export type OrderRecords = ReadonlyMap<string, StoredRecord>;

export const EMPTY_WORKING_SET: WorkingSet = {
  summaries: new Map(),
  records: new Map(),
  saving: { state: 'saved', at: null },
  sync: {
    connection: 'offline',
    reason: null,
    sending: new Set(),
    progress: null,
    lastSuccessAt: null,
  },
  rejected: [],
  notice: null,
};

/** An order's records with edits that are not in the database yet; the same map when they change nothing. */
export const withEdits = (records: OrderRecords, edits: Iterable<StampedEdit>): OrderRecords => {
  let after: Map<string, StoredRecord> | null = null;
  for (const edit of edits) {
    const row = (after ?? records).get(edit.record) ?? emptyRecord(edit);
    if (sameValue(row.values[edit.field], edit.value)) continue;
    after ??= new Map(records);
    after.set(edit.record, withValue(row, edit));
  }
  return after ?? records;
};

const sameChanges = (a: StoredRecord, b: StoredRecord): boolean => {
  const fields = Object.keys(a.changes);
  return (
    fields.length === Object.keys(b.changes).length &&
    fields.every((field) => a.changes[field] === b.changes[field])
  );
};

/**
 * An order's records as the database has them, with what is still being written on top. Records that
 * are what they were keep their identity, and so does the map, so that screens render only what changed.
 */
export const fromDatabase = (
  shown: OrderRecords | undefined,
  rows: readonly StoredRecord[],
  pending: Iterable<StampedEdit>,
): OrderRecords => {
  const stored: OrderRecords = new Map(rows.map((row) => [row.id, row]));
  const records = withEdits(stored, pending);
  if (!shown) return records;
  let same = records.size === shown.size;
  const after = new Map<string, StoredRecord>();
  for (const [id, record] of records) {
    const known = shown.get(id);
    const kept = known && sameChanges(known, record) ? known : record;
    same &&= kept === known;
    after.set(id, kept);
  }
  return same ? shown : after;
};
