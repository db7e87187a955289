import { error, type Finding, warning } from './finding.ts';
import { codeForComparing } from './text.ts';

/** Who a number segment was first given to. Numbers are portable: shown, never refused. */
export type Operator = '中国移动' | '中国联通' | '中国电信' | '中国广电';

/** Live segments of 11-digit mobile numbers, virtual operators under the network they use. */
const MOBILE: Readonly<Record<Operator, string>> = {
  中国移动:
    '1340 1341 1342 1343 1344 1345 1346 1347 1348 135 136 137 138 139 147 148 150 151 152 157 158 159 165 1703 1705 1706 172 178 182 183 184 187 188 195 197 198',
  中国联通: '130 131 132 145 146 155 156 166 167 1704 1707 1708 1709 171 175 176 185 186 196',
  中国电信: '133 1349 149 153 162 1700 1701 1702 173 174 177 180 181 189 190 191 193 199',
  中国广电: '192',
};

/** Segments of 13-digit numbers of the internet of things. */
const IOT: Readonly<Record<Operator, string>> = {
  中国移动: '1440 148 10647 10648',
  中国联通: '1400 146 10646',
  中国电信: '1410 149 10649',
  中国广电: '',
};

const byPrefix = (table: Readonly<Record<Operator, string>>): ReadonlyMap<string, Operator> =>
  new Map(
    (Object.keys(table) as Operator[]).flatMap((operator) =>
      table[operator].split(' ').map((prefix) => [prefix, operator] as const),
    ),
  );
const MOBILE_SEGMENTS = byPrefix(MOBILE);
const IOT_SEGMENTS = byPrefix(IOT);

const segmentOf = (digits: string, segments: ReadonlyMap<string, Operator>) =>
  segments.get(digits.slice(0, 5)) ??
  segments.get(digits.slice(0, 4)) ??
  segments.get(digits.slice(0, 3));

/** A phone number's digits alone: width folded, blanks, hyphens and brackets taken out, +86 dropped. */
export const phoneDigits = (typed: string): string =>
  codeForComparing(typed)
    .replace(/[-‐-―()]/g, '')
    .replace(/^\+86/, '');

/** The operator a mobile or IoT number's segment belongs to; undefined for other numbers. */
export function operatorOf(typed: string): Operator | undefined {
  const digits = phoneDigits(typed);
  if (/^1\d{12}$/.test(digits)) return segmentOf(digits, IOT_SEGMENTS);
  return /^1\d{10}$/.test(digits) ? segmentOf(digits, MOBILE_SEGMENTS) : undefined;
}

/** A mobile number: 11 digits in a live segment, or 13 of the internet of things. */
export function mobileFinding(typed: string): Finding | null {
  const digits = phoneDigits(typed);
  if (!/^1\d*$/.test(digits)) return error('mobile-format', '应为 11 位手机号码，请核对');
  if (digits.length === 10)
    return error('mobile-digit-missing', '只有 10 位，手机号码少一位，请补全');
  if (digits.length !== 11 && digits.length !== 13) {
    return error(
      'mobile-length',
      `有 ${digits.length} 位，手机号码应为 11 位（物联网号码 13 位），请核对`,
    );
  }
  return operatorOf(digits)
    ? null
    : error('mobile-segment', `的号段 ${digits.slice(0, 3)} 尚未启用，请核对`);
}

/**
 * A fixed line: area code (010, 02x, or four digits from 03 to 09) and 7 or 8 digits, with or
 * without a hyphen. In 0477 numbers have 7 digits, so 8 ask for a look.
 */
export function fixedLineFinding(typed: string): Finding | null {
  const digits = phoneDigits(typed);
  if (!/^\d+$/.test(digits)) return error('fixed-line-format', '应为区号加 7 或 8 位数字，请核对');
  const area = /^(010|02\d|0[3-9]\d\d)/.exec(digits)?.[1];
  if (area === undefined) {
    return error('fixed-line-area', '缺少区号或区号不对，请写成区号加号码，如 0477-0000001');
  }
  const local = digits.length - area.length;
  if (local < 7 || local > 8) {
    return error('fixed-line-length', `区号 ${area} 后有 ${local} 位，应为 7 或 8 位，请核对`);
  }
  return area === '0477' && local === 8
    ? warning('fixed-line-eight-digits', '区号 0477 后有 8 位，本地号码为 7 位，请确认')
    : null;
}

/** A number of the group: mobile, of the internet of things, or a fixed line. */
export const memberNumberFinding = (typed: string): Finding | null =>
  phoneDigits(typed).startsWith('0') ? fixedLineFinding(typed) : mobileOrLocal(typed);

/** A phone to reach somebody: as a member's number, or a 400 or 800 number. */
export const phoneFinding = (typed: string): Finding | null =>
  /^[48]00\d{7}$/.test(phoneDigits(typed)) ? null : memberNumberFinding(typed);

function mobileOrLocal(typed: string): Finding | null {
  const digits = phoneDigits(typed);
  if (/^[2-9]\d{6,7}$/.test(digits)) return fixedLineFinding(typed);
  return /^1\d*$/.test(digits)
    ? mobileFinding(typed)
    : error('phone-format', '应为手机号码，或区号加固定电话号码，请核对');
}
