/** What lies in a backup: its header and its sections, checked when they are read. */
import { z } from 'zod';
import { accountSchema, roleSchema } from '../accounts/wire.ts';
import { type OrderReplica, orderReplicaSchema } from './replica.ts';

export const headerSchema = z.strictObject({
  id: z.uuidv7(),
  /** Name of the vault it is encrypted under: see `vaultName`. */
  vault: z.string().regex(/^[0-9a-f]{12}$/),
  /** ms since the epoch, by the device's clock. */
  madeAt: z.int(),
  /** The app's version. */
  app: z.string().max(40),
  /** The device's id. */
  device: z.uuidv7(),
  /** Ids of the backups whose content the store had seen: those it wrote and was restored from. */
  contains: z.array(z.uuidv7()),
  /** How many orders it holds. */
  orders: z.int().min(0),
  /** The vault's key file, with the recovery code's wrap and without the PIN's. */
  keyFile: z.json(),
});
export type BackupHeader = z.infer<typeof headerSchema>;

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

const deviceSchema = z.strictObject({
  kind: z.literal('device'),
  /** As it stands in the store; the store checks it when it takes it back. */
  settings: z.json(),
  identity: z.strictObject({
    device: z.uuidv7(),
    token: z.string().nullable(),
    owner: z.string().nullable(),
    role: roleSchema.nullable(),
    account: accountSchema.nullable(),
    /** Of the service whose word the backup holds, and where its log ended. */
    epoch: z.string().nullable(),
    position: z.string().nullable(),
    /** How far the device's clock was ahead of the service's, ms. */
    clockOffset: z.int().nullable(),
  }),
  /** Hash of the template pack in use. */
  pack: z.string().nullable(),
});

const packSchema = z.strictObject({
  kind: z.literal('pack'),
  hash: hashSchema,
  id: z.string(),
  version: z.string(),
  title: z.string(),
  effectiveOn: z.string(),
  specimen: z.boolean(),
  addedAt: z.int(),
  /** Path → base64. */
  files: z.record(z.string(), z.base64()),
});

const countsSchema = z.strictObject({
  orders: z.int(),
  records: z.int(),
  /** Changes without a receipt. */
  changes: z.int(),
  /** Replaced changes that the service had. */
  history: z.int(),
  packs: z.int(),
  /** Attachments whose bytes are in the file. */
  bytes: z.int(),
});
export type BackupCounts = z.infer<typeof countsSchema>;

const endSchema = z.strictObject({
  kind: z.literal('end'),
  counts: countsSchema,
  /** SHA-256 (hex) of the file up to here. */
  sha256: hashSchema,
  /** Attachments kept as files beside the backup, with the size of the encrypted file. */
  attachments: z.array(z.strictObject({ sha256: hashSchema, size: z.int() })),
});
export type BackupEnd = z.infer<typeof endSchema>;

export const jsonSchema = z.discriminatedUnion('kind', [
  deviceSchema,
  packSchema,
  z.strictObject({ kind: z.literal('orders'), orders: z.array(orderReplicaSchema) }),
  endSchema,
]);

export type BackedUpDevice = z.infer<typeof deviceSchema>;
export type BackedUpPack = z.infer<typeof packSchema>;

export type BackupSection =
  | BackedUpDevice
  | BackedUpPack
  | { readonly kind: 'orders'; readonly orders: readonly OrderReplica[] }
  | { readonly kind: 'bytes'; readonly sha256: string; readonly bytes: Uint8Array };

/** What an empty backup holds. */
export const NOTHING: BackupCounts = {
  orders: 0,
  records: 0,
  changes: 0,
  history: 0,
  packs: 0,
  bytes: 0,
};

/** What a backup holds with one more section. */
export const counted = (counts: BackupCounts, section: BackupSection): BackupCounts => {
  if (section.kind === 'pack') return { ...counts, packs: counts.packs + 1 };
  if (section.kind === 'bytes') return { ...counts, bytes: counts.bytes + 1 };
  if (section.kind !== 'orders') return counts;
  const { orders } = section;
  const sum = (of: (order: OrderReplica) => number) =>
    orders.reduce((total, order) => total + of(order), 0);
  return {
    ...counts,
    orders: counts.orders + orders.length,
    records: counts.records + sum(({ records }) => records.length),
    changes: counts.changes + sum(({ unsent }) => unsent.length),
    history: counts.history + sum(({ history }) => history.length),
  };
};
