import { isDate, isMonth, isTime } from '../china/calendar.ts';
import type { FactType, FactValue, ValueOf } from './dictionary.ts';

/** Characters a saved text may have at most; what a form prints is checked as a rule, not as a type. */
export const TEXT_LIMIT = 2_000;

/** What neither UTF-8 nor PostgreSQL can hold: half a surrogate pair, and U+0000. */
const UNSTORABLE = /\p{Cs}|\0/u;

const amongOptions = (type: { options: Readonly<Record<string, string>> }, value: unknown) =>
  typeof value === 'string' && Object.hasOwn(type.options, value);

/**
 * Whether a value has the type of a fact: the check of the store, the service and the order file.
 * Values that are only wrong by a rule (a half-typed credit code, 0 lines, too long for its blank)
 * pass, so that they can be saved and mended.
 *
 * @returns what is wrong, in Chinese, or null.
 */
export function typeProblem(type: FactType, value: unknown): string | null {
  switch (type.kind) {
    case 'text':
      if (typeof value !== 'string') return '应为文字';
      if (value.length > TEXT_LIMIT) return `文字超过 ${TEXT_LIMIT} 个字`;
      return UNSTORABLE.test(value) ? '含无法保存的字符，请重新输入' : null;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? null : '应为数字';
    case 'money':
      return Number.isSafeInteger(value) ? null : '应为整数（单位：分）';
    case 'boolean':
      return typeof value === 'boolean' ? null : '应为 true 或 false';
    case 'date':
      return isDate(value) ? null : '应为日期，如 2026-01-31';
    case 'month':
      return isMonth(value) ? null : '应为年月，如 2026-01';
    case 'time':
      return isTime(value) ? null : '应为时刻，如 08:30';
    case 'choice':
      return amongOptions(type, value) ? null : `应为 ${Object.keys(type.options).join('、')} 之一`;
    case 'choices':
      return Array.isArray(value) &&
        value.every((item) => amongOptions(type, item)) &&
        new Set(value).size === value.length
        ? null
        : `应为数组，每项为 ${Object.keys(type.options).join('、')} 之一，不重复`;
  }
}

/** Whether a value has the type of a fact. */
export const hasType = <T extends FactType>(type: T, value: unknown): value is ValueOf<T> =>
  typeProblem(type, value) === null;

/** Whether a fact is filled: absent, empty and blank text, and no choice at all are not. */
export const isFilled = (value: FactValue | undefined): boolean =>
  typeof value === 'string'
    ? value.trim() !== ''
    : Array.isArray(value)
      ? value.length > 0
      : value !== undefined;
