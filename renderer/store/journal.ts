/** What the journal's entries say. */
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { accountSchema, roleSchema } from '../../domain/accounts/wire.ts';
import { type Change, changeSchema } from '../../domain/sync/change.ts';
import type { Cipher } from '../../domain/vault/cipher.ts';
import type { Keys } from '../../domain/vault/keys.ts';
import { encryptLarge } from './large-cipher.ts';
import type { DeviceSettings } from './store.ts';

const changesSchema = z.object({ kind: z.literal('changes'), changes: z.array(changeSchema) });
const identitySchema = z.object({
  kind: z.literal('identity'),
  device: z.uuidv7(),
  token: z.string().nullable(),
  owner: z.string().nullable(),
  role: roleSchema.nullable().catch(null),
  account: accountSchema.nullable().catch(null),
});
const settingsSchema = z.object({
  kind: z.literal('settings'),
  installer: z.string(),
  carrier: z.record(z.string(), z.string()),
  thinAfterDays: z.number().exactOptional(),
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

const plainOf = (entry: JournalEntry): Uint8Array => utf8ToBytes(JSON.stringify(entry));

/** @param cipher `keys.cipher('journal')` */
export const encodeEntry = (entry: JournalEntry, cipher: Cipher): Uint8Array<ArrayBuffer> =>
  cipher.encrypt(plainOf(entry), CONTEXT);

/** The same beside whatever else is done meanwhile. */
export const sealEntry = (entry: JournalEntry, keys: Keys): Promise<Uint8Array<ArrayBuffer>> =>
  encryptLarge(keys.key('journal'), plainOf(entry), CONTEXT);

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

/** What of a plain journal is no entry, kept in the encrypted one for whoever looks into it. */
export const encodeScrap = (bytes: Uint8Array, cipher: Cipher): Uint8Array<ArrayBuffer> =>
  cipher.encrypt(utf8ToBytes(JSON.stringify({ kind: 'scrap', hex: bytesToHex(bytes) })), CONTEXT);
