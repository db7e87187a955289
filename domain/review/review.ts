/**
 * Review: an order that arrived is taken up by a reviewer and passed or returned, round by round.
 *
 *     已上传 → 审核中 → 通过
 *                    → 退回 → 再次提交 → 审核中 → …
 *
 * The service keeps the rounds. What the team's devices have to know of the last one is a field of the
 * order, `order.review`, that only the service writes; it reaches them like any other. 再次提交 is the
 * field `order.resubmitted`, which a device writes without a network as it writes anything.
 */
import { z } from 'zod';
import type { Problem } from '../order/order.ts';
import type { FieldValue } from '../sync/change.ts';
import { REVIEW_LIMITS } from '../sync/limits.ts';
import { STORED_FIELD, type StoredRecord } from '../sync/record.ts';

export { REVIEW_LIMITS };

export const REVIEW_STATES = {
  uploaded: '已上传',
  reviewing: '审核中',
  returned: '退回',
  resubmitted: '再次提交',
  passed: '通过',
} as const;
export type ReviewState = keyof typeof REVIEW_STATES;
export const REVIEW_STATE_KEYS = Object.keys(REVIEW_STATES).filter(
  (state): state is ReviewState => state in REVIEW_STATES,
);

/** The service's word on the last round; no device may write it. */
export const REVIEW_FIELD = 'order.review';
/** The round that the team says it has answered. */
export const RESUBMITTED_FIELD = 'order.resubmitted';
/**
 * Nothing that is reviewed: what is about the review, and a device's note that a file's bytes have
 * arrived, which comes by itself after a reviewer may have read the file.
 */
export const UNREVIEWED_FIELDS = [REVIEW_FIELD, RESUBMITTED_FIELD, STORED_FIELD] as const;
export const isReviewed = (field: string): boolean =>
  !UNREVIEWED_FIELDS.some((unreviewed) => unreviewed === field);

/** What a reviewer says: of a field of a record, of a whole row, or (the order, null) of everything. */
export const remarkSchema = z.strictObject({
  record: z.uuidv7().lowercase(),
  field: z.string().min(1).max(80).nullable(),
  text: z
    .string()
    .trim()
    .min(1)
    .max(REVIEW_LIMITS.remarkText)
    // What no database holds.
    .refine((text) => !/[\0\p{Surrogate}]/u.test(text)),
});
export type Remark = z.infer<typeof remarkSchema>;
export const remarksSchema = z.array(remarkSchema).max(REVIEW_LIMITS.remarks);

/** The last round as the devices know it. */
export const reviewSchema = z.strictObject({
  round: z.int().min(1).max(REVIEW_LIMITS.rounds),
  state: z.enum(['reviewing', 'passed', 'returned']),
  /** The reviewer's name. */
  by: z.string(),
  /** By the service's clock, ms. */
  at: z.int(),
  remarks: remarksSchema,
});
export type Review = z.infer<typeof reviewSchema>;

export const isReview = (value: unknown): boolean => reviewSchema.safeParse(value).success;
export const isRound = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= REVIEW_LIMITS.rounds;

/** The last round of an order as its own record tells it; null before there is one. */
export const reviewOf = (values: Readonly<Record<string, FieldValue>>) => {
  const parsed = reviewSchema.safeParse(values[REVIEW_FIELD]);
  if (!parsed.success) return null;
  const review = parsed.data;
  const answered = Number(values[RESUBMITTED_FIELD] ?? 0) >= review.round;
  const state: ReviewState = review.state === 'returned' && answered ? 'resubmitted' : review.state;
  return { ...review, state };
};

/** Where the rows of an order are in its tables. */
export interface Rows {
  readonly extensionIds: readonly string[];
  readonly memberIds: readonly string[];
}

/** What a remark's field is called on the screens, such as `members[0].number`; null of a removed row. */
export const placeOf = (
  { record, field }: Pick<Remark, 'record' | 'field'>,
  order: string,
  { extensionIds, memberIds }: Rows,
): string | null => {
  if (record === order) return field ?? '';
  const key = field?.slice(field.indexOf('.') + 1) ?? 'number';
  const [extension, member] = [extensionIds.indexOf(record), memberIds.indexOf(record)];
  if (extension >= 0) return `extensions[${extension}].${key}`;
  return member >= 0 ? `members[${member}].${key}` : null;
};

/** The remarks of a returned round that are pinned to a field, as the checklist shows them. */
export const remarkProblems = (head: StoredRecord | undefined, rows: Rows): readonly Problem[] => {
  const review = head && reviewOf(head.values);
  if (!head || review?.state !== 'returned') return [];
  return review.remarks.flatMap((remark): Problem[] => {
    const field = placeOf(remark, head.id, rows);
    if (!field) return [];
    const message = `审核退回：${remark.text}`;
    return [{ code: 'review-remark', severity: 'warning', field, message, documents: [] }];
  });
};
