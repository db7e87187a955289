import { isRealDay } from './calendar.ts';
import { error, type Finding, warning } from './finding.ts';
import { codeForComparing } from './text.ts';

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** Provinces by their first two digits, 81–83 the residence permits of 港澳台, 91–94 permanent residents. */
const REGIONS = new Set(
  [
    '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54',
    '61 62 63 64 65 71 81 82 83 91 92 93 94',
  ]
    .join(' ')
    .split(' '),
);

/** The last character of a resident ID, from the 17 digits before it. */
export const residentIdCheck = (first17: string): string =>
  '10X98765432'.charAt(
    WEIGHTS.reduce((sum, weight, index) => sum + weight * Number(first17.charAt(index)), 0) % 11,
  );

/**
 * A resident ID (GB 11643-1999) or a residence permit in the same form: 17 digits with a real birth
 * date and a check character. No weight is a multiple of 11, so every wrong single character is caught.
 */
export function residentIdFinding(typed: string): Finding | null {
  const id = codeForComparing(typed);
  if (/^\d{15}$/.test(id)) {
    return error('resident-id-15', '是 15 位的旧身份证号，请改填 18 位身份证号');
  }
  if (id.length !== 18) {
    return error('resident-id-length', `应为 18 位，现为 ${id.length} 位，请核对`);
  }
  if (!/^\d{17}[\dX]$/.test(id)) {
    return error('resident-id-character', '前 17 位应为数字，末位应为数字或 X，请核对');
  }
  const [year, month, day] = [id.slice(6, 10), id.slice(10, 12), id.slice(12, 14)].map(Number);
  if (!isRealDay(year ?? 0, month ?? 0, day ?? 0) || (year ?? 0) < 1850) {
    return error('resident-id-birth', '第 7–14 位不是真实的出生日期，请核对');
  }
  if (id.charAt(17) !== residentIdCheck(id.slice(0, 17))) {
    return error('resident-id-check', '校验位不符，有一位或多位写错，请逐位核对');
  }
  return REGIONS.has(id.slice(0, 2))
    ? null
    : warning('resident-id-region', '前两位不是已知的省级代码，请核对');
}
