import {
  DOCUMENT_IDS,
  EXTENSION_FACTS,
  FACTS,
  type FactType,
  MEMBER_FACTS,
} from '../order/dictionary.ts';
import { SIGNATORY_ROLES, type Stroke } from '../order/order.ts';
import { typeProblem } from '../order/value.ts';
import type { FieldValue } from './change.ts';

/** The vocabulary of the change log: every field's name, and the type of its value. */

type Check = (value: unknown) => string | null;

const ofType =
  (type: FactType): Check =>
  (value) =>
    typeProblem(type, value);
const that =
  (holds: (value: unknown) => boolean, reason: string): Check =>
  (value) =>
    holds(value) ? null : reason;

const TEXT: FactType = { kind: 'text', max: 200 };
const flag = that((value) => typeof value === 'boolean', '应为 true 或 false');
const time = that(Number.isSafeInteger, '应为毫秒时间');
const place = that(Number.isFinite, '应为数字');
const hash = that(isHash, '应为 SHA-256（64 位小写十六进制）');
const id = that((value) => typeof value === 'string' && UUID.test(value), '应为编号');
const document = that(isDocument, '应为文书名');

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function isHash(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

function isDocument(value: unknown): boolean {
  return DOCUMENT_IDS.some((known) => known === value);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const POINT = ['x', 'y', 'time', 'pressure'];

/** Whether a value is the strokes of a signature. */
export const isStrokes = (value: unknown): value is readonly Stroke[] =>
  Array.isArray(value) &&
  value.every(
    (stroke) =>
      Array.isArray(stroke) &&
      stroke.every((point) => isObject(point) && POINT.every((key) => Number.isFinite(point[key]))),
  );

/** ISO 8601 with offset, to the second or finer. */
const isInstant = (value: unknown): boolean =>
  typeof value === 'string' &&
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(value) &&
  !Number.isNaN(Date.parse(value));

const facts = (prefix: string, table: Readonly<Record<string, { type: FactType }>>) =>
  Object.entries(table).map(([key, { type }]) => [prefix + key, ofType(type)] as const);

const FIELDS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ...facts('', FACTS),
  ['order.createdAt', time],
  ['order.deleted', flag],
  ...facts('extension.', EXTENSION_FACTS),
  ['extension.order', id],
  ['extension.position', place],
  ['extension.deleted', flag],
  ...facts('member.', MEMBER_FACTS),
  ['member.order', id],
  ['member.deleted', flag],
  ['signature.order', id],
  ['signature.deleted', flag],
  ['signature.role', ofType({ kind: 'choice', options: SIGNATORY_ROLES })],
  ['signature.name', ofType(TEXT)],
  ['signature.documents', that((v) => Array.isArray(v) && v.every(isDocument), '应为文书名的数组')],
  ['signature.strokes', that(isStrokes, '应为笔迹：每笔一组 {x, y, time, pressure}')],
  ['signature.signedAt', that(isInstant, '应为带时区的时间，如 2026-01-31T09:00:00+08:00')],
  [
    'signature.pdfs',
    that(
      (v) => isObject(v) && Object.keys(v).every(isDocument) && Object.values(v).every(isHash),
      '应为各文书 PDF 的 SHA-256',
    ),
  ],
  ['signature.digest', hash],
  ['attachment.order', id],
  ['attachment.deleted', flag],
  [
    'attachment.purpose',
    that((v) => v === 'presented' || v === 'signed', '应为 presented 或 signed'),
  ],
  ['attachment.document', document],
  ['attachment.name', ofType(TEXT)],
  ['attachment.type', ofType(TEXT)],
  ['attachment.size', that((v) => Number.isSafeInteger(v) && Number(v) >= 0, '应为字节数')],
  ['attachment.sha256', hash],
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
  return reason === null ? null : `${field}：${reason}`;
}
