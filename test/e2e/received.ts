/** What arrived at the service, read as the office reads it. */
import { assembleOrder } from '../../domain/sync/assemble.ts';
import { kindOfField, type StoredRecord } from '../../domain/sync/record.ts';
import type { FieldState } from '../../domain/sync/wire.ts';

/** The order as the service holds it. */
export const orderOnServer = (fields: readonly FieldState[]) => {
  const records = new Map<string, { -readonly [K in keyof StoredRecord]: StoredRecord[K] }>();
  for (const state of fields) {
    const record = records.get(state.record) ?? {
      id: state.record,
      kind: kindOfField(state.field),
      order: '',
      values: {},
      changes: {},
    };
    record.values = { ...record.values, [state.field]: state.value };
    record.changes = { ...record.changes, [state.field]: state.change };
    records.set(state.record, record);
  }
  return assembleOrder(records.values());
};
