/** What one replica (this device, or a backup of one) holds of an order. */
import { z } from 'zod';
import { changeSchema, receiptSchema } from '../sync/change.ts';
import type { StoredRecord } from '../sync/record.ts';

const recordSchema = z.strictObject({
  id: z.uuidv7(),
  kind: z.enum(['order', 'extension', 'member', 'signature', 'attachment']),
  /** Empty while nobody has said which order the record belongs to. */
  order: z.union([z.uuidv7(), z.literal('')]),
  values: z.record(z.string(), z.json()),
  changes: z.record(z.string(), z.uuidv7()),
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
});
export type UnsentChange = z.infer<typeof unsentSchema>;

/** A change that the service confirmed; its value is the record's. */
const confirmedSchema = receiptSchema.extend({
  sent: changeSchema.omit({ id: true, value: true }),
  carried: carriedSchema.exactOptional(),
});
export type ConfirmedChange = z.infer<typeof confirmedSchema>;

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
  confirmed: z.array(confirmedSchema),
  attachments: z.array(attachmentSchema),
});
export interface OrderReplica {
  /** The order's id; empty for records whose order is not known yet. */
  readonly id: string;
  readonly records: readonly StoredRecord[];
  readonly unsent: readonly UnsentChange[];
  readonly confirmed: readonly ConfirmedChange[];
  readonly attachments: readonly AttachmentState[];
}

/** The replica of an order that a device does not have. */
export const noReplica = (id: string): OrderReplica => ({
  id,
  records: [],
  unsent: [],
  confirmed: [],
  attachments: [],
});
