/** How edits become changes: pure functions over rows, so that the rules can be tested by themselves. */
import { type Change, type FieldValue, NO_BYTES, UNKNOWN_RECORD } from './change.ts';
import { type Edit, kindOfField, type StoredRecord } from './record.ts';
import type { OutboxRow } from './tables.ts';

/** An edit with the id its change will have and the device's time (ms) at which it was made. */
export interface StampedEdit extends Edit {
  readonly id: string;
  readonly time: number;
  /** The change whose value the screen showed, if any: most likely the one that this takes the place of. */
  readonly follows?: string | undefined;
}

export interface Author {
  readonly device: string;
  readonly by: string;
}

/** What a transaction has to write for a set of edits. */
export interface AppliedEdits {
  readonly rows: readonly StoredRecord[];
  readonly changes: readonly Change[];
  /** Outbox entries that never left the device (or were refused) and that the changes take the place of. */
  readonly replaced: readonly string[];
}

/** Whether two field values are the same JSON; an absent value and null are both “not filled”. */
export const sameValue = (a: FieldValue | undefined, b: FieldValue | undefined): boolean => {
  if (a === b || (a ?? null) === (b ?? null)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, i) => sameValue(item, b[i]))
    );
  }
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
  );
};

/** The record that does not exist yet to which an edit gives a first value. */
export const emptyRecord = ({ record, order, field }: Edit): StoredRecord => ({
  id: record,
  order,
  kind: kindOfField(field),
  values: {},
  changes: {},
});

/** A record after its field got a value by a change of this device. */
export const withValue = (
  row: StoredRecord,
  { field, value, id }: Pick<StampedEdit, 'field' | 'value' | 'id'>,
): StoredRecord => {
  const said = row.server?.[field];
  const after = {
    ...row,
    values: { ...row.values, [field]: value },
    changes: { ...row.changes, [field]: id },
  };
  if (said?.winner.change !== row.changes[field] || !said) return after;
  // What the service said is no longer what the record shows: from here on it is kept beside it.
  const winner = { ...said.winner, value: row.values[field] ?? null };
  return { ...after, server: { ...row.server, [field]: { ...said, winner } } };
};

const isParent = ({ field }: Edit): boolean => field.endsWith('.order');

/**
 * The changes beside the shown one that say the same: who changes what is shown changes them too, and
 * nobody need be asked.
 */
const agreeing = (row: StoredRecord, field: string): string[] => {
  const said = row.server?.[field];
  if (said?.winner.change !== row.changes[field]) return [];
  const others = said?.others ?? [];
  return others
    .filter(({ value }) => sameValue(value, row.values[field]))
    .map(({ change }) => change);
};

/** What a change replaces: the one value before it, and what it settles with it. */
export const replacing = (
  was: string | null,
  settled: readonly (readonly string[] | undefined)[],
): Pick<Change, 'was' | 'settles'> => {
  const settles = [...new Set(settled.flatMap((ids) => ids ?? []))].filter((id) => id !== was);
  return settles.length > 0 ? { was, settles } : { was };
};

/** What a change replaces that takes the place of one without a receipt: all that that one would have. */
export const replacingAs = (
  { was, settles, past }: Change,
  more: readonly (readonly string[] | undefined)[],
): Pick<Change, 'was' | 'settles' | 'past'> => ({
  ...replacing(was, [settles, ...more]),
  ...(past ? { past } : {}),
});

/** Refusals by what the service has lost, not by what the change says. */
const OF_LOSS: readonly (string | undefined)[] = [NO_BYTES, UNKNOWN_RECORD];

/** A refused change that others may know all the same: from before the loss, or out of a file. */
export const knownElsewhere = ({ id, code, left }: Pick<OutboxRow, 'id' | 'code' | 'left'>) =>
  left || OF_LOSS.includes(code) ? [id] : [];

/**
 * Applies edits to the rows as they are in the database.
 *
 * An edit that changes nothing makes no change, unless it is a person's pick. A change takes the place
 * of an entry of the same field that never left the device, and of one that was refused, and replaces
 * on the server what that one replaced; an entry that was sent stays, since the server may have it.
 *
 * @param rows the edited records that exist, by id
 * @param entryOf the outbox entry of a change, while it has no receipt
 * @param newId gives a new UUIDv7 at each call
 * @param overtaken when the change that the database holds was made (ms), if that was after the edit, in
 *   another window that was quicker to the disk; else null. It is put on top again, as of then: the later
 *   typing counts, and the log has both
 */
export const applyEdits = (
  edits: readonly StampedEdit[],
  rows: ReadonlyMap<string, StoredRecord>,
  entryOf: (change: string) => OutboxRow | undefined,
  { device, by }: Author,
  newId: () => string,
  overtaken: (edit: StampedEdit, current: string) => number | null = () => null,
): AppliedEdits => {
  const after = new Map<string, StoredRecord>();
  const changes: Change[] = [];
  const replaced: string[] = [];
  const apply = (edit: StampedEdit) => {
    const { record, field, value, id, time } = edit;
    const row = after.get(record) ?? rows.get(record) ?? emptyRecord(edit);
    if (sameValue(row.values[field], value) && !edit.settles) return;
    const current = row.changes[field];
    const entry = current === undefined ? undefined : entryOf(current);
    const before = entry && entry.status !== 'sent' ? entry : undefined;
    if (before) replaced.push(before.id);
    const replaces = before
      ? replacingAs(before.change, [knownElsewhere(before), edit.settles])
      : replacing(current ?? null, [agreeing(row, field), edit.settles]);
    changes.push({ id, record, field, value, ...replaces, time, device, by });
    after.set(record, withValue(row, edit));
  };
  // The service has to know whose a row is before it can take the row's facts.
  for (const edit of edits) {
    const kind = kindOfField(edit.field);
    if (isParent(edit)) apply(edit);
    else if (kind !== 'order' && !rows.has(edit.record) && !after.has(edit.record)) {
      const { settles: _, ...parent } = edit;
      apply({ ...parent, id: newId(), field: `${kind}.order`, value: edit.order });
    }
  }
  for (const edit of edits) {
    if (isParent(edit)) continue;
    const held = rows.get(edit.record);
    const current = held?.changes[edit.field];
    apply(edit);
    const time = current === undefined ? null : overtaken(edit, current);
    if (time === null) continue;
    const { settles: _, ...again } = edit;
    apply({ ...again, id: newId(), time, value: held?.values[edit.field] ?? null });
  }
  return { rows: [...after.values()], changes, replaced };
};
