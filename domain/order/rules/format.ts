import { bankAccountFinding } from '../../china/bank-account.ts';
import { creditCodeFinding, organisationCodeFinding } from '../../china/credit-code.ts';
import { error, type Finding, warning } from '../../china/finding.ts';
import { fixedLineFinding, memberNumberFinding, phoneFinding } from '../../china/phone.ts';
import { residentIdFinding } from '../../china/resident-id.ts';
import { codeForComparing, forComparing } from '../../china/text.ts';
import type { FactValue, FormatRule, RowFactDefinition } from '../dictionary.ts';
import type { Order } from '../order.ts';
import { problemAt, type Rule } from '../problem.ts';
import { forEachValue } from '../values.ts';

const form =
  (code: string, pattern: RegExp, says: string) =>
  (typed: string): Finding | null =>
    pattern.test(codeForComparing(typed)) ? null : error(code, `${says}，请核对`);

/** What the certificate's number must look like follows from its type. */
function certificateFinding(typed: string, { facts }: Order): Finding | null {
  const type = facts['customer.certificateType'];
  if (type === '其他') return null;
  return type === '组织机构代码证' ? organisationCodeFinding(typed) : creditCodeFinding(typed);
}

const FORMATS: Readonly<Record<FormatRule, (typed: string, order: Order) => Finding | null>> = {
  groupNumber: form(
    'group-number-format',
    /^\d{4}-\d{7}$/,
    '应为四位区号、短横线、七位数字，如 0477-0000001',
  ),
  creditCode: certificateFinding,
  residentId: residentIdFinding,
  postcode: form('postcode-format', /^\d{6}$/, '应为 6 位数字'),
  phone: phoneFinding,
  fixedLine: fixedLineFinding,
  email: form('email-format', /^[^@]+@[^@.]+(\.[^@.]+)+$/, '应为邮箱地址，如 name@example.com'),
  bankAccount: bankAccountFinding,
  serviceAccount: form('service-account-format', /^\d{10}$/, '应为 10 位数字'),
  shortNumber: form('short-number-format', /^\d{3,6}$/, '应为 3–6 位数字'),
  memberNumber: memberNumberFinding,
};

const rangeFinding = (value: number, min: number, max: number, shown: (n: number) => string) =>
  value < min || value > max
    ? error('number-range', `应在 ${shown(min)} 到 ${shown(max)} 之间，请改正`)
    : null;

/** What is wrong with one value by itself. */
function valueFinding(
  definition: RowFactDefinition,
  value: FactValue,
  order: Order,
): Finding | null {
  const { type, rules = [] } = definition;
  if (typeof value === 'number') {
    if (type.kind === 'money') {
      return rangeFinding(value, 0, type.max, (fen) => `${fen / 100} 元`);
    }
    if (type.kind !== 'number') return null;
    if (type.integer && !Number.isInteger(value)) return error('number-whole', '应为整数，请改正');
    return rangeFinding(value, type.min, type.max, String);
  }
  if (typeof value !== 'string' || type.kind !== 'text') return null;
  for (const rule of rules) {
    const finding = FORMATS[rule](value, order);
    if (finding) return finding;
  }
  if (rules.length > 0 && forComparing(value) !== value) {
    return warning('text-width', '含全角字符或多余的空格，请改为半角');
  }
  return value.length > type.max && [...value].length > type.max
    ? error('text-too-long', `超过 ${type.max} 个字，印不下，请缩短`)
    : null;
}

/** Every value by itself: formats of numbers and codes, ranges, lengths. */
export const format: Rule = ({ order }, report) => {
  forEachValue(order, (value, definition, place) => {
    const finding = valueFinding(definition, value, order);
    if (finding) report(problemAt(place(), finding.code, finding.severity, finding.says));
  });
};
