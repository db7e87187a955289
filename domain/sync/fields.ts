import { EXTENSION_FACTS, FACTS, type FactType, MEMBER_FACTS } from '../order/dictionary.ts';
import { isDocument, SIGNATURE_TYPES } from '../order/signature-fields.ts';
import { TEXT_LIMIT, typeProblem } from '../order/value.ts';
import { isReview, isRound, RESUBMITTED_FIELD, REVIEW_FIELD } from '../review/review.ts';
import type { FieldValue } from './change.ts';
import { ATTACHMENT_PURPOSES, STORED_FIELD } from './record.ts';

/** The vocabulary of the change log: every field's name, and the type of its value. */

type Check = (value: unknown) => string | null;

const that =
  (holds: (value: unknown) => boolean, reason: string): Check =>
  (value) =>
    holds(value) ? null : reason;

const text: Check = (value) => typeProblem({ kind: 'text', max: TEXT_LIMIT }, value);
const flag = that((value) => typeof value === 'boolean', '应为 true 或 false');
const time = that(Number.isSafeInteger, '应为毫秒时间');
const id = that((value) => typeof value === 'string' && UUID.test(value), '应为编号');

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const facts = (
  prefix: string,
  table: Readonly<Record<string, { label: string; type: FactType }>>,
): (readonly [string, Check])[] =>
  Object.entries(table).map(([key, { label, type }]) => [
    prefix + key,
    (value) => {
      const reason = typeProblem(type, value);
      return reason && `“${label}”${reason}`;
    },
  ]);

const FIELDS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ...facts('', FACTS),
  ['order.createdAt', time],
  ['order.deleted', flag],
  // The service's alone to write: `server/service/push-changes.ts`.
  [REVIEW_FIELD, that(isReview, '应为审核结果')],
  [RESUBMITTED_FIELD, that(isRound, '应为轮次')],
  ...facts('extension.', EXTENSION_FACTS),
  ['extension.order', id],
  ['extension.position', that(Number.isFinite, '应为数字')],
  ['extension.deleted', flag],
  ...facts('member.', MEMBER_FACTS),
  ['member.order', id],
  ['member.deleted', flag],
  ['signature.order', id],
  ['signature.deleted', flag],
  ...Object.entries(SIGNATURE_TYPES).map(([key, check]) => [`signature.${key}`, check] as const),
  ['attachment.order', id],
  ['attachment.deleted', flag],
  [STORED_FIELD, SIGNATURE_TYPES.digest],
  [
    'attachment.purpose',
    that(
      (v) => ATTACHMENT_PURPOSES.some((purpose) => purpose === v),
      `应为 ${ATTACHMENT_PURPOSES.join('、')} 之一`,
    ),
  ],
  ['attachment.document', that(isDocument, '应为文书名')],
  ['attachment.name', text],
  ['attachment.type', text],
  ['attachment.size', that((v) => Number.isSafeInteger(v) && Number(v) >= 0, '应为字节数')],
  ['attachment.sha256', SIGNATURE_TYPES.digest],
]);

/**
 * Whether a field of the change log may hold a value: a known name and the right type. Rules are
 * not asked, since a half-typed credit code must be saved too; null empties any field.
 *
 * @returns the reason in Chinese, or null when it may.
 */
export function checkFieldValue(field: string, value: FieldValue): string | null {
  const check = FIELDS.get(field);
  if (!check) return `没有名为“${field}”的字段`;
  const reason = value === null ? null : check(value);
  return reason && `${field}：${reason}`;
}
