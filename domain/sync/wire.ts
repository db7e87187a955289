import { z } from 'zod';
import { receiptSchema, rejectionSchema } from './change.ts';

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
} as const;

/**
 * `POST /sync/push`, `Authorization: Bearer TOKEN`. `now` is the device's clock when sending, by
 * which the service measures its offset. Changes are `unknown` here: each is checked on its own, so
 * that one bad change never blocks the good ones behind it.
 */
export const pushRequestSchema = z.strictObject({
  now: z.int(),
  changes: z.array(z.unknown()).min(1).max(LIMITS.pushChanges),
});
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

/** `GET /office/orders?search=…`: what arrived of the own branch (of installers: team), newest first. */
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

/** Every error answer has this body: a code for programs, a Chinese sentence for people. */
export const errorSchema = z.strictObject({ code: z.string(), message: z.string() });
export type WireError = z.infer<typeof errorSchema>;
