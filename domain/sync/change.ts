import { z } from 'zod';
import { LIMITS } from './limits.ts';
import { isTail } from './past.ts';

/**
 * A value of JSON that was parsed, which makes it one: only that it is there needs a look. (`z.json()`
 * walks through each and copies it, which for a page of thousands takes longer than all the rest.)
 */
export const valueSchema = z.custom<z.core.util.JSONType>((value) => value !== undefined);

/**
 * A change: one field of one record got one value. The change log is made of nothing else.
 *
 * `was` is the id of the change whose value this one replaced on the device, or null for a first
 * value. `time` is the device's clock in ms since the epoch, untouched, however wrong.
 */
export const changeSchema = z.strictObject({
  id: z.uuidv7(),
  record: z.uuidv7(),
  field: z.string().min(1).max(80),
  value: valueSchema,
  was: z.uuidv7().nullable(),
  time: z.int(),
  device: z.uuidv7(),
  by: z.string().max(60),
  /** A person's pick: the changes that stood beside `was`, made without knowledge of it. */
  settles: z.array(z.uuidv7()).min(1).max(20).optional(),
  /** What was known to have been replaced in its field, where the service may have lost that: `past.ts`. */
  past: z.array(z.string().refine(isTail)).max(LIMITS.pastChanges).readonly().optional(),
});
export type Change = z.infer<typeof changeSchema>;

/** A change that a device sends because the service may have lost it. */
export interface Recollected extends Change {
  /** Its place, as the service once said. */
  readonly order?: number | undefined;
}

/** The changes that a change says it replaces: what stood there, and what a person decided on with it. */
export const replacedBy = ({ was, settles = [] }: Pick<Change, 'was' | 'settles'>): string[] =>
  was === null ? [...settles] : [was, ...settles];

/** What a field of a record holds; `null` means the fact was emptied. */
export type FieldValue = Change['value'];

/** The server's word that it holds a change. `seq` is its place in the server's log, from 1. */
export const receiptSchema = z.strictObject({ change: z.uuidv7(), seq: z.int().positive() });
export type Receipt = z.infer<typeof receiptSchema>;

/** The server's word that it will not hold a change, with a code for programs and Chinese for people. */
export const rejectionSchema = z.strictObject({
  change: z.string().max(80),
  code: z.string(),
  message: z.string(),
});
export type Rejection = z.infer<typeof rejectionSchema>;

/** The code of a refusal: the service lost the bytes that a change says it has, and has to get them again. */
export const NO_BYTES = 'no-bytes';

/** The code of a refusal: the service does not know, or has lost, whose the row is. */
export const UNKNOWN_RECORD = 'unknown-record';

/** The device's time in the id of a change or record, a UUIDv7: ms since the epoch. */
export const timeOfId = (id: string): number =>
  Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
