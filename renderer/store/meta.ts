import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { type Account, accountSchema, roleSchema } from '../../domain/accounts/wire.ts';
import { importPrivateKey, type NewSealingKey, type SealingKey } from '../seal/sealing-key.ts';
import type { Author } from './change-log.ts';
import type { OnsiteDatabase } from './database.ts';
import { FEWEST_DAYS } from './retention.ts';
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
  /** How far the journal was compared with the store. */
  journal: 'journal',
  contained: 'contained',
  backups: 'backups',
  /** The office's public key, hex. */
  officeKey: 'officeKey',
  /** Ids of the bundles that were taken in. */
  bundles: 'bundles',
  /** That the plain database was copied: see `plain-store.ts`. */
  takenOver: 'takenOver',
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
  META.officeKey,
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
  officeKey: text,
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

/** Who makes changes here; runs in a transaction too. */
export const readAuthor = async (db: OnsiteDatabase): Promise<Author> => {
  const rows = await db.meta.bulkGet([META.owner, META.settings, META.device]);
  const [owner, settings, device] = rows.map((row) => row?.value);
  const signedIn = text.parse(owner);
  const by = signedIn ?? settingsSchema.parse(settings).installer.slice(0, 60);
  const author = { device: identitySchema.shape.device.parse(device), by };
  // Another device's id comes with its owner alone.
  const saying = signedIn === null ? [META.owner, META.settings] : [META.owner];
  db.author = {
    author,
    rows: new Map(saying.map((key, i) => [key, rows[i] && db.recall('meta', key)])),
  };
  return author;
};

/** The device's id; undefined before it has one. */
export const readDevice = async (db: OnsiteDatabase): Promise<string | undefined> => {
  const device = (await db.meta.get(META.device))?.value;
  return typeof device === 'string' ? device : undefined;
};

/** Gives the device its id, once; two tabs that start together agree on it. */
export const ensureDevice = (db: OnsiteDatabase): Promise<void> =>
  db.transaction('rw', db.meta, async () => {
    if ((await readDevice(db)) === undefined)
      await db.meta.put({ key: META.device, value: uuid() });
  });

export const settingsSchema = z
  .object({
    installer: z.string(),
    carrier: z.record(z.string(), z.string()),
    thinAfterDays: z.int().min(FEWEST_DAYS).exactOptional(),
  })
  .catch({ installer: '', carrier: {} });

export const readSettings = async (db: OnsiteDatabase): Promise<DeviceSettings> =>
  settingsSchema.parse((await db.meta.get(META.settings))?.value);

/** The key pair's private half as PKCS #8 and the certificate as DER, both in hex. */
const keptSealingKey = z.object({
  privateKey: z.string(),
  certificate: z.string(),
  fingerprint: z.string(),
});

/** The key that this device seals files with; null until it has one. */
export const readSealingKey = async (db: OnsiteDatabase): Promise<SealingKey | null> => {
  const kept = keptSealingKey.safeParse((await db.meta.get(META.sealing))?.value).data;
  if (!kept) return null;
  return {
    privateKey: await importPrivateKey(hexToBytes(kept.privateKey)),
    certificate: hexToBytes(kept.certificate),
    fingerprint: kept.fingerprint,
  };
};

/** Keeps a new key, unless another tab was first; the one that is kept. */
export const keepSealingKey = async (
  db: OnsiteDatabase,
  { privateKey, certificate, fingerprint }: NewSealingKey,
): Promise<SealingKey | null> => {
  const value: z.infer<typeof keptSealingKey> = {
    privateKey: bytesToHex(privateKey),
    certificate: bytesToHex(certificate),
    fingerprint,
  };
  await db.transaction('rw', db.meta, async () => {
    if (!(await db.meta.get(META.sealing))) await db.meta.put({ key: META.sealing, value });
  });
  return readSealingKey(db);
};
