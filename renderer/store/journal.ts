/**
 * What the journal's entries say, and how a lost database is made again from them.
 *
 * An entry is JSON: the changes of one commit. The bytes of attachments are not in it yet, nor are the
 * enrolment and the device's settings: the journal is plain text until the encrypted one comes, and
 * `encodeEntry`/`decodeEntry` are the place where it will be sealed.
 */
import { z } from 'zod';
import { type Change, changeSchema } from '../../domain/sync/change.ts';
import { kindOfField, type StoredRecord } from '../../domain/sync/record.ts';
import type { OutboxRow } from './database.ts';

const entrySchema = z.object({ version: z.literal(1), changes: z.array(changeSchema) });

export const encodeEntry = (changes: readonly Change[]): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ version: 1, changes }));

/** The changes of an entry; none when it is no entry of ours (a later version's). */
export const decodeEntry = (entry: Uint8Array): readonly Change[] => {
  try {
    return entrySchema.parse(JSON.parse(new TextDecoder().decode(entry))).changes;
  } catch {
    return [];
  }
};

export interface Replayed {
  readonly records: readonly StoredRecord[];
  readonly outbox: readonly OutboxRow[];
}

/**
 * Makes records and outbox from all journalled changes, oldest first. Everything goes to the outbox
 * again, as `sent`: the service may have any of it, and takes each change once. A change that was
 * replaced before it ever left the device is left out: nothing was made on top of it.
 */
export const replay = (changes: Iterable<Change>): Replayed => {
  const records = new Map<string, { -readonly [K in keyof StoredRecord]: StoredRecord[K] }>();
  const orders = new Map<string, string>();
  const latest = new Map<string, Change>();
  const kept = new Map<string, Change>();
  const seen = new Set<string>();
  for (const change of changes) {
    const { id, record, field, value, was } = change;
    // The last entries before a kill may be in the journal twice.
    if (seen.has(id)) continue;
    seen.add(id);
    const key = `${record}/${field}`;
    const before = latest.get(key);
    if (before && before.id !== was) kept.delete(before.id);
    latest.set(key, change);
    kept.set(id, change);
    if (field.endsWith('.order') && typeof value === 'string') orders.set(record, value);
    const known = records.get(record);
    const row = known ?? {
      id: record,
      kind: kindOfField(field),
      order: record,
      values: {},
      changes: {},
    };
    row.values = { ...row.values, [field]: value };
    row.changes = { ...row.changes, [field]: id };
    records.set(record, row);
  }
  const orderOf = (record: string) => orders.get(record) ?? record;
  return {
    records: [...records.values()].map((row) => ({ ...row, order: orderOf(row.id) })),
    outbox: [...kept.values()].map((change, place) => ({
      id: change.id,
      place,
      order: orderOf(change.record),
      change,
      status: 'sent',
    })),
  };
};
