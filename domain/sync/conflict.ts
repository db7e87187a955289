/**
 * Conflicts for people: where two changed the same field without knowledge of each other, both values
 * are kept until a person picks one. Different fields never meet here.
 */
import type { FieldValue } from './change.ts';
import { sameValue } from './edits.ts';
import type { Edit, StoredRecord, Version } from './record.ts';
import { versionsOf } from './said.ts';

export interface Conflict {
  readonly record: StoredRecord;
  readonly field: string;
  /** The one that counts. */
  readonly shown: Version;
  /** What others say, without knowledge of it. */
  readonly others: readonly Version[];
}

/** What of a field waits for a person's pick; null while nothing does, or a newer edit is on its way. */
export const conflictOf = (record: StoredRecord, field: string): Conflict | null => {
  const [shown, ...beside] = versionsOf(record, field);
  if (!shown || record.changes[field] !== shown.change) return null;
  const others = beside.filter(({ value }) => !sameValue(value, shown.value));
  return others.length > 0 ? { record, field, shown, others } : null;
};

/** All conflicts of some records. Of a removed row only whether it is removed is still asked. */
export const conflictsOf = (records: Iterable<StoredRecord>): Conflict[] =>
  [...records].flatMap((record) => {
    const removal = `${record.kind}.deleted`;
    const fields = Object.keys(record.server ?? {}).filter(
      (field) => record.values[removal] !== true || field === removal,
    );
    return fields.flatMap((field) => conflictOf(record, field) ?? []);
  });

/** A person's pick: an ordinary edit that names everything that was seen. */
export const pick = (
  { record, field, shown, others }: Conflict,
  value: FieldValue = shown.value,
): Edit => ({
  record: record.id,
  order: record.order,
  field,
  value,
  settles: others.map(({ change }) => change),
});
