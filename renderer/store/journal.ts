/** What the journal's entries say, and how a lost database is made again from them. */
import { z } from 'zod';
import { type Change, changeSchema } from '../../domain/sync/change.ts';
import type { JournalFiles, JournalPage, JournalPlace } from '../../domain/sync/journal-files.ts';
import { kindOfField, type StoredRecord } from '../../domain/sync/record.ts';
import type { Cipher } from '../../domain/vault/cipher.ts';
import type { OutboxRow } from './database.ts';
import type { DeviceSettings } from './store.ts';

const changesSchema = z.object({ kind: z.literal('changes'), changes: z.array(changeSchema) });
const identitySchema = z.object({
  kind: z.literal('identity'),
  device: z.uuidv7(),
  token: z.string().nullable(),
  owner: z.string().nullable(),
  role: z.enum(['installer', 'office']).nullable(),
});
const settingsSchema = z.object({
  kind: z.literal('settings'),
  installer: z.string(),
  carrier: z.record(z.string(), z.string()),
});
const entrySchema = z.discriminatedUnion('kind', [changesSchema, identitySchema, settingsSchema]);

/** Who the device is to its service: as at the last enrolment. */
export type JournalIdentity = z.infer<typeof identitySchema>;

/** An entry: the changes of one commit, or the device's identity or settings as they are from then on. */
export type JournalEntry =
  | { readonly kind: 'changes'; readonly changes: readonly Change[] }
  | JournalIdentity
  | ({ readonly kind: 'settings' } & DeviceSettings);

/** What entries are encrypted for: an entry does not open as anything else. */
const CONTEXT = 'journal';

/** @param cipher `keys.cipher('journal')` */
export const encodeEntry = (entry: JournalEntry, cipher: Cipher): Uint8Array<ArrayBuffer> =>
  cipher.encrypt(new TextEncoder().encode(JSON.stringify(entry)), CONTEXT);

/**
 * An entry as it was written; null when it is none that this version knows.
 *
 * @throws {DamagedError} when it was not encrypted under this key, or is not what was written
 */
export const decodeEntry = (bytes: Uint8Array, cipher: Cipher): JournalEntry | null => {
  const plain = cipher.decrypt(bytes, CONTEXT);
  return entrySchema.safeParse(JSON.parse(new TextDecoder().decode(plain))).data ?? null;
};

const plainSchema = z.object({ version: z.literal(1), changes: z.array(changeSchema) });

/** An entry as they were before the journal was encrypted. */
export const encodePlainEntry = (changes: readonly Change[]): Uint8Array =>
  new TextEncoder().encode(JSON.stringify({ version: 1, changes }));

/** The changes of a plain entry; none when it is none. */
export const decodePlainEntry = (entry: Uint8Array): readonly Change[] => {
  try {
    return plainSchema.parse(JSON.parse(new TextDecoder().decode(entry))).changes;
  } catch {
    return [];
  }
};

/** All entries of the journal, oldest first. */
export async function* readAll(
  journal: JournalFiles,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  let from: JournalPlace | null = null;
  do {
    const { entries, next }: JournalPage = await journal.read(from);
    yield* entries;
    from = next;
  } while (from !== null);
}

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
