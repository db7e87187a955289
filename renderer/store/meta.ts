import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { type Account, accountSchema, roleSchema } from '../../domain/accounts/wire.ts';
import type { SealingKey } from '../seal/device-key.ts';
import type { OnsiteDatabase } from './database.ts';
import type { Identity } from './sealed.ts';
import type { DeviceSettings } from './store.ts';

/** Keys of the `meta` table. */
export const META = {
  device: 'device',
  token: 'token',
  owner: 'owner',
  role: 'role',
  account: 'account',
  epoch: 'epoch',
  cursor: 'cursor',
  position: 'position',
  generation: 'generation',
  recollecting: 'recollecting',
  clockOffset: 'clockOffset',
  settings: 'settings',
  sealing: 'sealing',
  pack: 'pack',
} as const;

const IDENTITY = [
  META.device,
  META.token,
  META.owner,
  META.role,
  META.epoch,
  META.cursor,
  META.position,
  META.generation,
  META.recollecting,
  META.clockOffset,
];

const text = z.string().nullable().catch(null);
const identitySchema = z.object({
  device: z.string().catch(''),
  token: text,
  owner: text,
  role: roleSchema.nullable().catch(null),
  epoch: text,
  cursor: z.int().catch(0),
  position: text,
  generation: z.int().catch(1),
  recollecting: z.boolean().catch(false),
  clockOffset: z.int().nullable().catch(null),
});

/** What the device knows of itself; runs in a transaction too. */
export const readMeta = async (db: OnsiteDatabase): Promise<Identity> => {
  const rows = await db.meta.bulkGet(IDENTITY);
  return identitySchema.parse(Object.fromEntries(rows.map((row, i) => [IDENTITY[i], row?.value])));
};

/** Who is signed in on this device. */
export const readAccount = async (db: OnsiteDatabase): Promise<Account | null> =>
  accountSchema
    .nullable()
    .catch(null)
    .parse((await db.meta.get(META.account))?.value);

/** Gives the device its id, once; two tabs that start together agree on it. */
export const ensureDevice = (db: OnsiteDatabase, fallback = uuid()): Promise<string> =>
  db.transaction('rw', db.meta, async () => {
    const known = (await db.meta.get(META.device))?.value;
    if (typeof known === 'string') return known;
    await db.meta.put({ key: META.device, value: fallback });
    return fallback;
  });

const settingsSchema = z
  .object({ installer: z.string(), carrier: z.record(z.string(), z.string()) })
  .catch({ installer: '', carrier: {} });

export const readSettings = async (db: OnsiteDatabase): Promise<DeviceSettings> =>
  settingsSchema.parse((await db.meta.get(META.settings))?.value);

/** The key that this device seals files with; null until it has one. */
export const readSealingKey = async (db: OnsiteDatabase): Promise<SealingKey | null> => {
  const kept: unknown = (await db.meta.get(META.sealing))?.value;
  return isSealingKey(kept) ? kept : null;
};

/** Keeps a key, unless another tab was first; the one that is kept. */
export const keepSealingKey = (db: OnsiteDatabase, made: SealingKey): Promise<SealingKey> =>
  db.transaction('rw', db.meta, async () => {
    const kept = await readSealingKey(db);
    if (!kept) await db.meta.put({ key: META.sealing, value: made });
    return kept ?? made;
  });

const isSealingKey = (value: unknown): value is SealingKey =>
  typeof value === 'object' &&
  value !== null &&
  'privateKey' in value &&
  value.privateKey instanceof CryptoKey &&
  'certificate' in value &&
  value.certificate instanceof Uint8Array &&
  'fingerprint' in value &&
  typeof value.fingerprint === 'string';
