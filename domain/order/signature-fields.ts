import { DOCUMENT_IDS, type DocumentId } from './dictionary.ts';
import { SIGNATORY_ROLES, type Signature, type Stroke } from './order.ts';
import { TEXT_LIMIT, typeProblem } from './value.ts';

/** The types of a signature's fields, for the change log and the order file alike. */

export const isDocument = (value: unknown): value is DocumentId =>
  DOCUMENT_IDS.some((known) => known === value);

export const HASH = /^[0-9a-f]{64}$/;
/** SHA-256 in lower case hex. */
export const isHash = (value: unknown): value is string =>
  typeof value === 'string' && HASH.test(value);

/** ISO 8601 with offset, to the second or finer. */
export const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const isInstant = (value: unknown): boolean =>
  typeof value === 'string' && INSTANT.test(value) && !Number.isNaN(Date.parse(value));

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const POINT_KEYS = ['x', 'y', 'time', 'pressure'] as const;
const isPoint = (value: unknown): boolean =>
  isObject(value) &&
  Object.keys(value).length === POINT_KEYS.length &&
  POINT_KEYS.every((key) => Number.isFinite(value[key]));

const isStrokes = (value: unknown): value is readonly Stroke[] =>
  Array.isArray(value) &&
  value.every((stroke) => Array.isArray(stroke) && stroke.every((point) => isPoint(point)));

/** Something for each of some documents. */
const isByDocument = (value: unknown, holds: (each: unknown) => boolean): boolean =>
  isObject(value) && Object.keys(value).every(isDocument) && Object.values(value).every(holds);

const isText = (value: unknown): boolean =>
  typeProblem({ kind: 'text', max: TEXT_LIMIT }, value) === null;

export const DEVICE_KEYS = ['id', 'installer', 'clockOffset', 'key'] as const;
const isDevice = (value: unknown): boolean =>
  isObject(value) &&
  Object.keys(value).length === DEVICE_KEYS.length &&
  isText(value.id) &&
  isText(value.installer) &&
  (value.clockOffset === null || Number.isSafeInteger(value.clockOffset)) &&
  (value.key === null || isHash(value.key));

/** What a signature of an earlier day may lack. */
export const LATER_KEYS: readonly string[] = ['pdfs', 'templates', 'device'];

/** Each field: what is wrong with a value, in Chinese, or null. */
export const SIGNATURE_TYPES: Readonly<Record<keyof Signature, (value: unknown) => string | null>> =
  {
    role: (value) => typeProblem({ kind: 'choice', options: SIGNATORY_ROLES }, value),
    name: (value) => typeProblem({ kind: 'text', max: TEXT_LIMIT }, value),
    documents: (value) =>
      Array.isArray(value) && value.every(isDocument)
        ? null
        : `应为数组，每项为 ${DOCUMENT_IDS.join('、')} 之一`,
    strokes: (value) => (isStrokes(value) ? null : '应为笔迹：每笔为一组 {x, y, time, pressure}'),
    signedAt: (value) =>
      isInstant(value) ? null : '应为带时区的时间，如 2026-01-31T09:00:00+08:00',
    pdfs: (value) =>
      isByDocument(value, isHash) ? null : '应为各文书 PDF 的 SHA-256（64 位小写十六进制）',
    templates: (value) => (isByDocument(value, isText) ? null : '应为各文书的模板摘要或版本'),
    device: (value) => (isDevice(value) ? null : '应为签署设备：{id, installer, clockOffset, key}'),
    digest: (value) => (isHash(value) ? null : '应为 SHA-256（64 位小写十六进制）'),
  };
