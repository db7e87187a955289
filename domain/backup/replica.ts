/** What one replica (this device, or a backup of one) holds of an order. */
import { z } from 'zod';
import { changeSchema } from '../sync/change.ts';
import type { StoredRecord } from '../sync/record.ts';
import type { HistoryRow } from '../sync/tables.ts';
import { versionSchema } from '../sync/wire.ts';

/** A change as the service told of it; its place is unknown until a pull has brought it. */
const toldSchema = versionSchema.extend({ order: z.int().optional() });

const serverFieldSchema = z.strictObject({
  seq: z.int(),
  generation: z.int(),
  winner: toldSchema.extend({ value: z.json().exactOptional() }),
  others: z.array(toldSchema).optional(),
  past: z.array(z.string()).optional(),
});

const recordSchema = z.strictObject({
  id: z.uuidv7(),
  kind: z.enum(['order', 'extension', 'member', 'signature', 'attachment']),
  /** Empty while nobody has said which order the record belongs to. */
  order: z.union([z.uuidv7(), z.literal('')]),
  values: z.record(z.string(), z.json()),
  changes: z.record(z.string(), z.uuidv7()),
  /** What the service had said of its fields. */
  server: z.record(z.string(), serverFieldSchema).exactOptional(),
}) satisfies z.ZodType<StoredRecord>;

/** What comes with a change that another device made: see `domain/sync/carried.ts`. */
const carriedSchema = z.strictObject({ offset: z.int().nullable(), mark: z.string().nullable() });

/** A change without a receipt. */
const unsentSchema = z.strictObject({
  change: changeSchema,
  /** `waiting`: never left the device; `sent`: may have reached the service; `rejected`: refused by it. */
  status: z.enum(['waiting', 'sent', 'rejected']),
  code: z.string().exactOptional(),
  message: z.string().exactOptional(),
  carried: carriedSchema.exactOptional(),
  left: z.literal(true).exactOptional(),
});
export type UnsentChange = z.infer<typeof unsentSchema>;

/** A change that the service had and that has been replaced. */
const historySchema = z.strictObject({
  id: z.uuidv7(),
  record: z.uuidv7(),
  field: z.string(),
  version: toldSchema,
}) satisfies z.ZodType<HistoryRow>;

/** Bytes that the order refers to. */
const attachmentSchema = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Whether the service has yet to confirm them. */
  waiting: z.boolean(),
});
export type AttachmentState = z.infer<typeof attachmentSchema>;

export const orderReplicaSchema = z.strictObject({
  id: z.union([z.uuidv7(), z.literal('')]),
  records: z.array(recordSchema),
  unsent: z.array(unsentSchema),
  history: z.array(historySchema),
  attachments: z.array(attachmentSchema),
});
export interface OrderReplica {
  /** The order's id; empty for records whose order is not known yet. */
  readonly id: string;
  readonly records: readonly StoredRecord[];
  readonly unsent: readonly UnsentChange[];
  readonly history: readonly HistoryRow[];
  readonly attachments: readonly AttachmentState[];
}

/** The replica of an order that a device does not have. */
export const noReplica = (id: string): OrderReplica => ({
  id,
  records: [],
  unsent: [],
  history: [],
  attachments: [],
});
