import { z } from 'zod';
import { changeSchema, receiptSchema, rejectionSchema, valueSchema } from './change.ts';
import { LIMITS } from './limits.ts';

export { LIMITS };

/** The wire types: what a device and the sync service say to each other. JSON over HTTP. */

/** Where the service's log ended: the last seq, and random digits that no other history has there. */
export const positionSchema = z.string().regex(/^\d{1,16}\.[0-9a-f]{8,32}$/);

/** What every answer says of the service's history. */
const historySchema = z.object({
  /** Whether the log still has the `position` that the device asked with: if not, it has lost something. */
  intact: z.boolean(),
  /** Where the log ends; null while it is empty. */
  position: positionSchema.nullable(),
});

/** The office's public key: 32 bytes of X25519, hex. Bundles are encrypted to it. */
export const officeKeySchema = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * `POST /sync/push`, `Authorization: Bearer TOKEN`. `now` is the device's clock when sending, `ahead`
 * how far it is ahead of the service's as the device measured it (ms): see `clock.ts`. Changes are `unknown` here: each is checked on its own, so
 * that one bad change never blocks the good ones behind it.
 */
export const pushRequestSchema = z.strictObject({
  now: z.int(),
  ahead: z.int().optional(),
  position: positionSchema.nullish(),
  /** Whether the changes are what the service may have lost: those of any device, with what was known of them. */
  again: z.boolean().optional(),
  changes: z.array(z.unknown()).min(1).max(LIMITS.pushChanges),
});
export type PushRequest = z.infer<typeof pushRequestSchema>;

/** A change as it is sent again to a service that may have lost it: `again`. */
export const recollectedSchema = changeSchema.extend({
  /** Its place, as the service once said, ms. */
  order: z.int().optional(),
});

/**
 * A change that another device made and that came by a bundle, sent by whichever device comes first.
 * `offset` is how far the clock of the device that made it was ahead of the service's (ms, null when
 * it never knew); `mark` is that device's word for both (`domain/sync/carried.ts`), null from a
 * device that was not enrolled.
 */
export const carriedChangeSchema = changeSchema.extend({
  offset: z.int().nullable(),
  mark: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .nullable(),
});
export type CarriedChange = z.infer<typeof carriedChangeSchema>;

/** Exactly one receipt or rejection per change sent; none at all when the service is not `intact`. */
export const pushAnswerSchema = z.strictObject({
  epoch: z.string(),
  ...historySchema.shape,
  receipts: z.array(receiptSchema),
  rejections: z.array(rejectionSchema),
});
export type PushAnswer = z.infer<typeof pushAnswerSchema>;

/** A change as the service tells of it. `order` is its place among the changes of its field, ms. */
export const versionSchema = z.strictObject({
  change: z.uuidv7(),
  value: valueSchema,
  was: z.uuidv7().nullable(),
  settles: z.array(z.uuidv7()).optional(),
  time: z.int(),
  device: z.uuidv7(),
  by: z.string(),
  order: z.int(),
});

/**
 * What one field holds: the change that counts, and those that stand beside it, made without knowledge
 * of it, until a person picks. `seq` is that of the last change of the field. `past`: what was replaced.
 */
export const fieldStateSchema = versionSchema.extend({
  record: z.uuidv7(),
  field: z.string(),
  seq: z.int(),
  others: z.array(versionSchema).optional(),
  past: z.array(z.string()).optional(),
});
export type FieldState = z.infer<typeof fieldStateSchema>;

/**
 * `GET /sync/pull?cursor=N&position=P`: field states with seq > cursor, ascending; `cursor` is what to
 * ask with next. None when the service is not `intact`.
 */
export const pullAnswerSchema = z.strictObject({
  epoch: z.string(),
  ...historySchema.shape,
  fields: z.array(fieldStateSchema),
  cursor: z.int(),
  more: z.boolean(),
  /** The service's clock when it answers, by which the device measures how far its own is off. */
  now: z.int().optional(),
  officeKey: officeKeySchema.optional(),
});
export type PullAnswer = z.infer<typeof pullAnswerSchema>;

/**
 * `PUT /attachments/SHA256?order=ID` with the bytes; idempotent, 200 with the receipt, 422 `hash-mismatch`.
 * `GET /attachments/SHA256` gives the bytes back to those who may read an order that refers to them.
 */
export const attachmentReceiptSchema = z.strictObject({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.int(),
});
export type AttachmentReceipt = z.infer<typeof attachmentReceiptSchema>;

/** `GET /office/orders/ID`: every current field state of the order and its rows. */
export const officeOrderFieldsSchema = z.strictObject({ fields: z.array(fieldStateSchema) });

/**
 * Every answer of the service carries this header. An answer without it is somebody else's on the way:
 * a hotel's sign-in page, a proxy whose service is down. It says nothing about what was asked.
 */
export const SERVICE_HEADER = 'onsite-service';

/**
 * `POST /bundles` with the file as body: an import is an ordinary push. `Onsite-Passphrase` when it
 * is encrypted by one; `Onsite-Owner`, from the office, is the user name of the installer whose the orders
 * of a device that never enrolled become; both by `encodeURIComponent`. Whoever brings one need not be able
 * to read it; of other organisations' orders nothing is taken. 422 with what is wrong with the file, and
 * then nothing was taken at all.
 */
export const BUNDLE_HEADERS = { passphrase: 'Onsite-Passphrase', owner: 'Onsite-Owner' } as const;
export const bundleAnswerSchema = z.strictObject({
  orders: z.int(),
  /** Changes in the file, and those of them that the service did not have. */
  changes: z.int(),
  news: z.int(),
  attachments: z.int(),
  newAttachments: z.int(),
  rejections: z.array(rejectionSchema),
});
export type BundleAnswer = z.infer<typeof bundleAnswerSchema>;

/** `PUT /device/escrow`: the device leaves the secret that opens its vault when the PIN is forgotten. */
export const escrowRequestSchema = z.strictObject({
  secret: z.string().regex(/^[\w-]{20,200}$/),
});
/**
 * `POST /device/unlock`, without a token, since a locked device cannot read its own: the secret
 * against a one-time code from an administrator. 401 `bad-code`, 429 `too-many`.
 */
export const unlockRequestSchema = z.strictObject({
  device: z.uuidv7(),
  code: z.string().min(1).max(64),
});
export const unlockAnswerSchema = escrowRequestSchema;

/**
 * `POST /device/contact`: a locked device asks whether it was ordered wiped; 410 `wipe` when it was,
 * as every request with its token is answered then. `POST /device/wiped`: it says that it has done so.
 * `contact` (hex) is `contactOf(token)`: it opens nothing, so a locked device may keep it in the plain.
 */
export const contactRequestSchema = z.strictObject({
  device: z.uuidv7(),
  contact: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ContactRequest = z.infer<typeof contactRequestSchema>;

/** Every error answer has this body: a code for programs, a Chinese sentence for people. */
export const errorSchema = z.strictObject({ code: z.string(), message: z.string() });
export type WireError = z.infer<typeof errorSchema>;
