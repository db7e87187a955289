/** An order as it arrived at the service, read from the fields that the service holds. */
import { type AssembledOrder, assembleOrder } from '../../../domain/sync/assemble.ts';
import { kindOfField, type StoredRecord } from '../../../domain/sync/record.ts';
import type { FieldState } from '../../../domain/sync/wire.ts';

/** The fields of an order and its rows, as records. */
export const recordsOf = (order: string, fields: readonly FieldState[]): StoredRecord[] => {
  const records = new Map<string, StoredRecord>();
  for (const { record: id, field, value, change } of fields) {
    const known = records.get(id) ?? {
      id,
      kind: kindOfField(field),
      order,
      values: {},
      changes: {},
    };
    records.set(id, {
      ...known,
      values: { ...known.values, [field]: value },
      changes: { ...known.changes, [field]: change },
    });
  }
  return [...records.values()];
};

export const receivedOrder = (order: string, fields: readonly FieldState[]): AssembledOrder =>
  assembleOrder(recordsOf(order, fields));
