/** What the office and the service say to each other. JSON over HTTP. */
import { z } from 'zod';
import { fieldStateSchema } from '../sync/wire.ts';
import { REVIEW_LIMITS, REVIEW_STATE_KEYS, remarksSchema } from './review.ts';

const stateSchema = z.enum(REVIEW_STATE_KEYS);

export const SORTS = ['receivedAt', 'customer', 'orderNumber', 'installer', 'team'] as const;
export type Sort = (typeof SORTS)[number];

/** `GET /office/orders?…`: which orders, in which order; times in ms by the service's clock. */
export const officeQuerySchema = z.strictObject({
  search: z.string().max(200).default(''),
  state: stateSchema.optional(),
  team: z.uuid().lowercase().optional(),
  installer: z.uuid().lowercase().optional(),
  from: z.coerce.number().int().optional(),
  /** Not reached any more. */
  to: z.coerce.number().int().optional(),
  sort: z.enum(SORTS).default('receivedAt'),
  descending: z
    .enum(['true', 'false'])
    .default('true')
    .transform((value) => value === 'true'),
  /** Orders to leave out at the start. */
  skip: z.coerce.number().int().min(0).max(1_000_000).default(0),
});
export type OfficeQuery = z.infer<typeof officeQuerySchema>;

/** One line of the office list: what arrived of the own branch (of installers: team). */
export const officeOrderSchema = z.strictObject({
  id: z.uuidv7(),
  orderNumber: z.string().nullable(),
  customer: z.string().nullable(),
  phone: z.string().nullable(),
  /** The installer's name, and the team's. */
  owner: z.string(),
  team: z.string(),
  /** When the team's last word arrived: ms, by the service's clock. */
  receivedAt: z.int(),
  state: stateSchema,
  /** The last round; 0 before there is one. */
  round: z.int(),
  /** Who took it up. */
  reviewer: z.string().nullable(),
  /** Whether the order is another one than was decided on. */
  changed: z.boolean(),
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
export type OfficeOrder = z.infer<typeof officeOrderSchema>;

const namedSchema = z.strictObject({ id: z.string(), name: z.string() });
export const officeListSchema = z.strictObject({
  orders: z.array(officeOrderSchema),
  /** Orders that the query finds in all. */
  total: z.int(),
  /** What can be filtered by. */
  teams: z.array(namedSchema),
  installers: z.array(namedSchema),
});
export type OfficeList = z.infer<typeof officeListSchema>;

/** `GET /office/orders/ID/rounds`: the rounds, oldest first. */
export const roundSchema = z.strictObject({
  round: z.int(),
  reviewer: namedSchema,
  startedAt: z.int(),
  decidedAt: z.int().nullable(),
  decision: z.enum(['passed', 'returned']).nullable(),
  remarks: remarksSchema,
});
export type Round = z.infer<typeof roundSchema>;
export const roundsSchema = z.strictObject({
  state: stateSchema,
  changed: z.boolean(),
  rounds: z.array(roundSchema),
});
export type Rounds = z.infer<typeof roundsSchema>;

/** `GET /office/orders/ID/rounds/N`: the order as it was decided on. */
export const roundFieldsSchema = z.strictObject({ fields: z.array(fieldStateSchema) });

/** `POST /office/orders/ID/review` → the rounds. A reviewer takes an order up, notes remarks, decides. */
export const reviewRequestSchema = z.discriminatedUnion('act', [
  /** `takeOver`: although a colleague is at it. */
  z.strictObject({ act: z.literal('start'), takeOver: z.boolean().optional() }),
  z.strictObject({ act: z.literal('remark'), round: z.int(), remarks: remarksSchema }),
  z.strictObject({
    act: z.literal('decide'),
    round: z.int(),
    decision: z.enum(['passed', 'returned']),
    remarks: remarksSchema,
    /** The highest seq of what the reviewer read: nobody passes what arrived behind his back. */
    seen: z.int(),
  }),
]);
export type ReviewRequest = z.infer<typeof reviewRequestSchema>;

export const EXPORT_FORMATS = ['xlsx', 'csv', 'zip'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** `POST /office/exports`: what of the chosen orders goes into a file; the audit trail keeps that it did. */
export const exportRequestSchema = z.strictObject({
  format: z.enum(EXPORT_FORMATS),
  orders: z.array(z.uuidv7().lowercase()).min(1).max(REVIEW_LIMITS.exported),
});
export const exportAnswerSchema = z.strictObject({
  orders: z.array(
    z.strictObject({
      ...officeOrderSchema.shape,
      /** The order's own facts. */
      facts: z.record(z.string(), z.json()),
    }),
  ),
});
export type ExportedOrder = z.infer<typeof exportAnswerSchema>['orders'][number];
