/** How rows of a sheet become edits of records, and how such edits are taken back. */
import { v7 as uuid } from 'uuid';
import { type Edit, kindOfField, type StoredRecord } from '../../../domain/sync/record.ts';

export type RowKind = 'extension' | 'member';

/** What some fields of a row become; null empties a field. */
export type Patch = Readonly<Record<string, string | number | boolean | null>>;

/** An existing row's record gets new values. */
export const editRow = (kind: RowKind, order: string, record: string, patch: Patch): Edit[] =>
  Object.entries(patch).map(([key, value]) => ({
    record,
    order,
    field: `${kind}.${key}`,
    value: value === '' ? null : value,
  }));

/** A row that was not there; its first edit says to which order it belongs. */
export const addRow = (
  kind: RowKind,
  order: string,
  patch: Patch,
  record: string = uuid(),
): Edit[] => {
  const filled = Object.entries(patch).filter(([, value]) => value !== '' && value !== null);
  return [
    { record, order, field: `${kind}.order`, value: order },
    ...editRow(kind, order, record, Object.fromEntries(filled)),
  ];
};

export const removeRow = (kind: RowKind, order: string, record: string): Edit[] =>
  editRow(kind, order, record, { deleted: true });

/**
 * The edits that take `edits` back. `before` gives the values of a record as they were; a record
 * that it does not know was made by the edits, and is removed.
 */
export const undoEdits = (
  edits: readonly Edit[],
  before: (record: string) => StoredRecord['values'] | undefined,
): Edit[] => {
  const undone = new Map<string, Edit>();
  for (const edit of edits) {
    const values = before(edit.record);
    const deleted = `${kindOfField(edit.field)}.deleted`;
    const field = values ? edit.field : deleted;
    const value = values ? (values[field] ?? (field === deleted ? false : null)) : true;
    undone.set(`${edit.record} ${field}`, { ...edit, field, value });
  }
  return [...undone.values()];
};
