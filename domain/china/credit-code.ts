import { error, type Finding } from './finding.ts';
import { codeForComparing } from './text.ts';

/** GB 32100-2015: 31 characters, without the letters I, O, S, V and Z. */
const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** GB 11714: the organisation code's weights; a letter counts from A = 10. */
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];

const weighted = (text: string, weights: readonly number[], value: (c: string) => number) =>
  weights.reduce((sum, weight, index) => sum + weight * value(text.charAt(index)), 0);

/** The last character of a credit code, from the 17 before it (upper case, of the alphabet). */
export const creditCodeCheck = (first17: string): string =>
  ALPHABET.charAt((31 - (weighted(first17, WEIGHTS, (c) => ALPHABET.indexOf(c)) % 31)) % 31);

/** The last character of an organisation code, from the 8 before it (`0-9A-Z`). */
export function organisationCheck(first8: string): string {
  const sum = weighted(first8, ORGANISATION_WEIGHTS, (c) => Number.parseInt(c, 36));
  return '0123456789X0'.charAt(11 - (sum % 11));
}

/**
 * A unified social credit code (GB 32100-2015): 18 characters with a check character, the
 * organisation code in positions 9–17 with its own. Lower case and full width are folded.
 *
 * The alphabet has 31 characters, a prime, and no weight is a multiple of it: the check character
 * alone catches every substitution of one character and every swap of two neighbours.
 */
export function creditCodeFinding(typed: string): Finding | null {
  const code = codeForComparing(typed);
  if (/^\d{15}$/.test(code)) {
    return error(
      'credit-code-15',
      '是 15 位的旧工商注册号，请改填 18 位统一社会信用代码（见新版营业执照）',
    );
  }
  if (code.length !== 18) {
    return error('credit-code-length', `应为 18 位，现为 ${code.length} 位，请核对`);
  }
  const strange = [...code].find((c) => !ALPHABET.includes(c));
  if (strange !== undefined) {
    return error(
      'credit-code-character',
      `不应含有“${strange}”（统一社会信用代码不用字母 I、O、S、V、Z），请核对`,
    );
  }
  if (code.charAt(17) !== creditCodeCheck(code.slice(0, 17))) {
    return error('credit-code-check', '校验位不符，有一位或多位写错，请逐位核对');
  }
  if (code.charAt(16) !== organisationCheck(code.slice(8, 16))) {
    return error('credit-code-organisation', '第 9–17 位（组织机构代码）校验不符，请逐位核对');
  }
  return null;
}

/** An organisation code (GB 11714): 8 characters and a check, with or without the hyphen before it. */
export function organisationCodeFinding(typed: string): Finding | null {
  const code = codeForComparing(typed).replace('-', '');
  if (code.length === 18) return creditCodeFinding(typed);
  if (!/^[0-9A-Z]{8}[0-9X]$/.test(code)) {
    return error(
      'organisation-code-format',
      '应为 9 位组织机构代码或 18 位统一社会信用代码，请核对',
    );
  }
  return code.charAt(8) === organisationCheck(code.slice(0, 8))
    ? null
    : error('organisation-code-check', '校验位不符，请逐位核对');
}
