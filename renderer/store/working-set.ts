/** The working set as values: how edits and what the database says show in it. */
import type { StoredRecord } from '../../domain/sync/record.ts';
import { emptyRecord, type StampedEdit, sameValue, withValue } from './change-log.ts';
import type { WorkingSet } from './store.ts';

export type OrderRecords = ReadonlyMap<string, StoredRecord>;

export const EMPTY_WORKING_SET: WorkingSet = {
  summaries: new Map(),
  records: new Map(),
  elsewhere: new Map(),
  saving: { state: 'saved', at: null },
  sync: {
    connection: 'offline',
    reason: null,
    sending: new Set(),
    progress: null,
    bytes: null,
    paused: false,
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

/** The changes that stand beside what a record shows. */
const conflictIds = ({ server = {} }: StoredRecord): string[] =>
  Object.values(server).flatMap(({ winner, others = [] }) =>
    others.length > 0 ? [winner.change, ...others.map(({ change }) => change)] : [],
  );

const sameChanges = (a: StoredRecord, b: StoredRecord): boolean => {
  const fields = Object.keys(a.changes);
  return (
    fields.length === Object.keys(b.changes).length &&
    fields.every((field) => a.changes[field] === b.changes[field]) &&
    sameValue(conflictIds(a), conflictIds(b))
  );
};

/**
 * The shown records of an order with what the database now says of some, and what is still being
 * written on top. Records that are what they were keep their identity, and so does the map, so that
 * screens render only what changed.
 */
export const withRows = (
  shown: OrderRecords,
  rows: readonly StoredRecord[],
  pending: Iterable<StampedEdit>,
): OrderRecords => {
  const merged = new Map(shown);
  for (const row of rows) merged.set(row.id, row);
  const after = new Map(withEdits(merged, pending));
  let same = after.size === shown.size;
  for (const { id } of rows) {
    const [known, row] = [shown.get(id), after.get(id)];
    if (known && row && sameChanges(known, row)) after.set(id, known);
    else same = false;
  }
  return same ? shown : after;
};
