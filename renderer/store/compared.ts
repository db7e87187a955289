/** What is remembered of the last comparison of journal and store, and the device's profile in both. */
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import type { Keys } from '../../domain/vault/keys.ts';
import type { Platform } from '../platform/platform.ts';
import type { OnsiteDatabase } from './database.ts';
import { encodeEntry, type JournalEntry } from './journal.ts';
import type { Checkpoint, Journalled } from './journalled.ts';
import { META, readAccount, readMeta, readSettings } from './meta.ts';

export interface CompareParts {
  readonly db: OnsiteDatabase;
  readonly platform: Platform;
  readonly keys: Keys;
}

const hex = z.string().transform((text) => new Uint8Array(hexToBytes(text)));
const checkpointSchema = z.object({
  file: z.string(),
  at: z.int(),
  before: hex,
  digest: hex,
  /** The identity and the settings that the journal has, as JSON. */
  profile: z.tuple([z.string(), z.string()]),
});

/** The identity and the settings as JSON; empty for none. */
type Profile = readonly [identity: string, settings: string];
export const NO_PROFILE: Profile = ['', ''];

interface Compared {
  readonly checkpoint: Checkpoint | null;
  readonly profile: Profile;
}

export const readCompared = async (db: OnsiteDatabase): Promise<Compared> => {
  const kept = checkpointSchema.safeParse((await db.meta.get(META.journal))?.value).data;
  if (!kept) return { checkpoint: null, profile: NO_PROFILE };
  const { file, at, before, digest, profile } = kept;
  return { checkpoint: { before: { file, at, digest: before }, digest }, profile };
};

export const keepCompared = async (
  db: OnsiteDatabase,
  { checkpoint, profile }: Compared,
): Promise<void> => {
  if (!checkpoint) return;
  const { before, digest } = checkpoint;
  const value: z.input<typeof checkpointSchema> = {
    file: before.file,
    at: before.at,
    before: bytesToHex(before.digest),
    digest: bytesToHex(digest),
    profile: [...profile],
  };
  await db.meta.put({ key: META.journal, value });
};

/** The device's identity and settings as the journal keeps them. */
const profileOf = async (
  db: OnsiteDatabase,
): Promise<readonly [identity: JournalEntry, settings: JournalEntry]> => {
  const { device, token, owner, role } = await readMeta(db);
  const account = await readAccount(db);
  return [
    { kind: 'identity', device, token, owner, role, account },
    { kind: 'settings', ...(await readSettings(db)) },
  ];
};

export const appender =
  ({ platform, keys }: CompareParts) =>
  (entry: JournalEntry): Promise<void> =>
    platform.journal.append(encodeEntry(entry, keys.cipher('journal')));

/** Journals the identity and the settings when they are others than the journal has. */
export const giveProfile = async (parts: CompareParts): Promise<void> => {
  const { checkpoint, profile } = await readCompared(parts.db);
  const [identity, settings] = await profileOf(parts.db);
  const given: Profile = [JSON.stringify(identity), JSON.stringify(settings)];
  if (given[0] !== profile[0]) await appender(parts)(identity);
  if (given[1] !== profile[1]) await appender(parts)(settings);
  await keepCompared(parts.db, { checkpoint, profile: given });
};

/**
 * Takes the journal's identity and settings where the store has none, or still those that it had when
 * both were last compared.
 */
export const takeProfile = async (
  db: OnsiteDatabase,
  { identity, settings }: Pick<Journalled, 'identity' | 'settings'>,
  known: Profile,
): Promise<void> => {
  const { device, token } = await readMeta(db);
  const [mine, mySettings] = await profileOf(db);
  const isMine = device === '' || device === identity?.device;
  if (identity && isMine && (token === null || JSON.stringify(mine) === known[0])) {
    await db.meta.bulkPut([
      { key: META.device, value: identity.device },
      { key: META.token, value: identity.token },
      { key: META.owner, value: identity.owner },
      { key: META.role, value: identity.role },
      { key: META.account, value: identity.account },
    ]);
  }
  const isUnset = (await db.meta.get(META.settings)) === undefined;
  if (settings && (isUnset || JSON.stringify(mySettings) === known[1])) {
    const { installer, carrier } = settings;
    await db.meta.put({ key: META.settings, value: { installer, carrier } });
  }
};

/** The identity and the settings that the journal has by now. */
export const profileIn = (
  { identity, settings }: Pick<Journalled, 'identity' | 'settings'>,
  known: Profile,
): Profile => [
  identity ? JSON.stringify(identity) : known[0],
  settings ? JSON.stringify(settings) : known[1],
];
