import { z } from 'zod';
import { changeSchema, receiptSchema, rejectionSchema } from './change.ts';

/** The wire types: what a device and the sync service say to each other. JSON over HTTP. */

/** Limits of the wire. Passing one is a clear error and loses nothing. */
export const LIMITS = {
  /** Changes in one push. */
  pushChanges: 500,
  /** UTF-8 bytes of one value as JSON; a signature's strokes are the largest. */
  valueBytes: 512 * 1024,
  /** Bytes of one push body. */
  pushBytes: 8 * 1024 * 1024,
  /** Field states in one pulled page, and about how many bytes of values. */
  pullFields: 5_000,
  pullBytes: 8 * 1024 * 1024,
  /** Bytes of one attachment. */
  attachmentBytes: 32 * 1024 * 1024,
  /** Orders in one answer of the office list; a search narrows it down. */
  officeOrders: 200,
  /** Bytes of one bundle. */
  bundleBytes: 4 * 1024 * 1024 * 1024,
} as const;

/** Roles an enrolled device can have until accounts come: installers write, the office reads all. */
export const DEVICE_ROLES = { installer: '装维', office: '后台' } as const;
export type DeviceRole = keyof typeof DEVICE_ROLES;

/** The office's public key: 32 bytes of X25519, hex. Bundles are encrypted to it. */
export const officeKeySchema = z.string().regex(/^[0-9a-f]{64}$/);

/** `POST /enrol`: a device shows its one-time code and gets its token. Answers 401 `bad-code` otherwise. */
export const enrolRequestSchema = z.strictObject({
  code: z.string().min(1).max(64),
  device: z.uuidv7(),
  /** What the device calls itself, for people. */
  name: z.string().max(80),
});
export const enrolAnswerSchema = z.strictObject({
  token: z.string(),
  role: z.enum(['installer', 'office']),
  /** The person the code was made for: the `by` of the device's changes. */
  owner: z.string(),
  epoch: z.string(),
  officeKey: officeKeySchema.optional(),
});
export type EnrolAnswer = z.infer<typeof enrolAnswerSchema>;

/**
 * `POST /sync/push`, `Authorization: Bearer TOKEN`. `now` is the device's clock when sending, by
 * which the service measures its offset. Changes are `unknown` here: each is checked on its own, so
 * that one bad change never blocks the good ones behind it.
 */
export const pushRequestSchema = z.strictObject({
  now: z.int(),
  changes: z.array(z.unknown()).min(1).max(LIMITS.pushChanges),
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

/** Exactly one receipt or rejection per change sent. */
export const pushAnswerSchema = z.strictObject({
  epoch: z.string(),
  receipts: z.array(receiptSchema),
  rejections: z.array(rejectionSchema),
});
export type PushAnswer = z.infer<typeof pushAnswerSchema>;

/** The current value of one field. `order` is the server's order of the change (ms), `seq` its place in the log. */
export const fieldStateSchema = z.strictObject({
  record: z.uuidv7(),
  field: z.string(),
  value: z.json(),
  change: z.uuidv7(),
  seq: z.int(),
});
export type FieldState = z.infer<typeof fieldStateSchema>;

/** `GET /sync/pull?cursor=N`: field states with seq > cursor, ascending; `cursor` is what to ask with next. */
export const pullAnswerSchema = z.strictObject({
  epoch: z.string(),
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

/** `GET /office/orders?search=…`: what arrived, newest first. Role `office`, and installers for their own. */
export const officeOrderSchema = z.strictObject({
  id: z.uuidv7(),
  orderNumber: z.string().nullable(),
  customer: z.string().nullable(),
  phone: z.string().nullable(),
  owner: z.string(),
  /** ms since the epoch, by the server's clock. */
  receivedAt: z.int(),
  signatures: z.int(),
  members: z.int(),
  extensions: z.int(),
  attachments: z.array(
    z.strictObject({
      name: z.string(),
      document: z.string().nullable(),
      sha256: z.string(),
      /** Whether the bytes have arrived. */
      stored: z.boolean(),
    }),
  ),
});
export const officeOrdersSchema = z.strictObject({ orders: z.array(officeOrderSchema) });
export type OfficeOrder = z.infer<typeof officeOrderSchema>;

/** `GET /office/orders/ID`: every current field state of the order and its rows. */
export const officeOrderFieldsSchema = z.strictObject({ fields: z.array(fieldStateSchema) });

/**
 * `POST /bundles` with the file as body: an import is an ordinary push. `Onsite-Passphrase` when it
 * is encrypted by one; `Onsite-Owner`, from the office, names whose the orders of a device that never
 * enrolled become; both by `encodeURIComponent`. Any device may bring one: it need not be able to read it. 422 with what
 * is wrong with the file, and then nothing was taken.
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
 * against a one-time code from `onsite reset-pin`. 401 `bad-code`, 429 `too-many`.
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
