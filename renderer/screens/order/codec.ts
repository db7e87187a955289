/**
 * Between what a person types and what the order holds, for the facts that are typed. What cannot
 * be read yet is kept as typed and says what is wrong; it never becomes some other value.
 */
import { isDate, isMonth, isTime } from '../../../domain/china/calendar.ts';
import type { FactType, FactValue } from '../../../domain/order/dictionary.ts';
import { TEXT_LIMIT } from '../../../domain/order/value.ts';

export type Parsed = { readonly value: FactValue | null } | { readonly problem: string };

export interface Codec {
  /** Empty text is null: the fact is emptied. A problem is Chinese and says what to type. */
  parse(typed: string): Parsed;
  /** The value as it is shown while nobody types. */
  print(value: FactValue): string;
}

/** Full-width digits and signs, as Chinese input methods give them, read as plain ones; spaces are dropped. */
const plain = (typed: string) => typed.normalize('NFKC').replace(/\s/g, '');

/** A codec that reads plain text by a pattern; `read` gives undefined when the text is not one. */
const reading = (read: (typed: string) => FactValue | undefined, problem: string): Codec => ({
  parse(typed) {
    const text = plain(typed);
    if (text === '') return { value: null };
    const value = read(text);
    return value === undefined ? { problem } : { value };
  },
  print: String,
});

const text: Codec = {
  parse: (typed) =>
    typed.length > TEXT_LIMIT
      ? { problem: `超过 ${TEXT_LIMIT} 字，请删减` }
      : { value: typed === '' ? null : typed },
  print: String,
};

/** Thousands may be parted by commas; at most 15 digits, so that the number stays exact. */
const withoutCommas = (typed: string) =>
  /^\d{1,3}(,\d{3})+(\.|$)/.test(typed) ? typed.replaceAll(',', '') : typed;

const number = reading((typed) => {
  const digits = withoutCommas(typed);
  const whole = /^-?(\d+\.?\d*|\.\d+)$/.test(digits) && digits.replace(/\D/g, '').length <= 15;
  return whole ? Number(digits) : undefined;
}, '请填数字，例如 10 或 0.5');

/** Yuan as typed, `12,800.5` or `￥12800.50元`, to fen; digits are moved, never multiplied. */
const fenOf = (typed: string): number | undefined => {
  const amount = withoutCommas(typed.replace(/^¥/, '').replace(/元$/, ''));
  const [, yuan, cents = ''] = /^(\d{1,13})(?:\.(\d{0,2}))?$/.exec(amount) ?? [];
  return yuan === undefined ? undefined : Number(yuan + cents.padEnd(2, '0'));
};

/** Fen as yuan with two decimals, `12800.50`. @param fen a safe integer */
export const yuanOf = (fen: number): string => {
  const digits = String(Math.abs(fen)).padStart(3, '0');
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

const money: Codec = {
  ...reading(fenOf, '请填金额（元），最多两位小数，例如 1280.00'),
  print: (value) => (typeof value === 'number' ? yuanOf(value) : String(value)),
};

/** The numbers of a written date or time, each padded: 2026年1月5日 → 2026-01-05. Empty when other words are among them. */
const padded = (typed: string, separator: string) =>
  /^[-/.:\d年月日号点时分]+$/.test(typed)
    ? (typed.match(/\d+/g) ?? []).map((part) => part.padStart(2, '0')).join(separator)
    : '';

const date = reading((typed) => {
  const written = /^\d{8}$/.test(typed) ? typed.replace(/^(....)(..)/, '$1-$2-') : typed;
  const day = padded(written, '-');
  return isDate(day) ? day : undefined;
}, '请填日期，例如 2026-01-31');

const month = reading((typed) => {
  const written = /^\d{6}$/.test(typed) ? typed.replace(/^(....)/, '$1-') : typed;
  const named = padded(written, '-');
  return isMonth(named) ? named : undefined;
}, '请填年月，例如 2026-01');

const time = reading((typed) => {
  const written = /^\d{3,4}$/.test(typed) ? typed.replace(/(..)$/, ':$1') : typed;
  const clock = padded(written, ':');
  return isTime(clock) ? clock : undefined;
}, '请填时刻，例如 08:30');

const CODECS: Readonly<Partial<Record<FactType['kind'], Codec>>> = {
  number,
  money,
  date,
  month,
  time,
};

/** How a kind of fact is typed. */
export const codecOf = (kind: FactType['kind']): Codec => CODECS[kind] ?? text;
