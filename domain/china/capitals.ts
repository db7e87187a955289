const DIGITS = '零壹贰叁肆伍陆柒捌玖';
const PLACES = ['', '拾', '佰', '仟'];
const GROUPS = ['', '万', '亿', '万亿'];

/** Up to four digits in capitals, without leading or trailing 零; inner zeros fold into one. */
function group(value: number): string {
  let words = '';
  for (let place = 3; place >= 0; place -= 1) {
    const digit = Math.floor(value / 10 ** place) % 10;
    if (digit > 0) words += `${DIGITS[digit]}${PLACES[place]}`;
    else if (words !== '' && !words.endsWith('零')) words += '零';
  }
  return words.replace(/零$/, '');
}

function wholeYuan(yuan: number): string {
  let words = '';
  // A group below 1000, or an empty group in between, is announced by one 零.
  let gap = false;
  for (let index = GROUPS.length - 1; index >= 0; index -= 1) {
    const value = Math.floor(yuan / 10_000 ** index) % 10_000;
    if (value === 0) {
      gap = true;
      continue;
    }
    if (words !== '' && (gap || value < 1000)) words += '零';
    words += `${group(value)}${GROUPS[index]}`;
    gap = false;
  }
  return words;
}

/**
 * An amount in Chinese capitals as written on cheques and contracts (正确填写票据和结算凭证的基本规定):
 * 1 234 500 fen is 壹万贰仟叁佰肆拾伍元整.
 *
 * @param fen an integer from 0 to 999 999 999 999 999
 * @throws RangeError for anything else
 */
export function inCapitals(fen: number): string {
  if (!Number.isSafeInteger(fen) || fen < 0 || fen > 999_999_999_999_999) {
    throw new RangeError(`not an amount in fen: ${fen}`);
  }
  const yuan = Math.floor(fen / 100);
  const jiao = Math.floor(fen / 10) % 10;
  const cents = fen % 10;
  if (fen === 0) return '零元整';
  const whole = yuan === 0 ? '' : `${wholeYuan(yuan)}元`;
  if (jiao === 0 && cents === 0) return `${whole}整`;
  if (cents === 0) return `${whole}${DIGITS[jiao]}角整`;
  // 零 stands for the empty jiao between yuan and fen.
  const tenth = jiao > 0 ? `${DIGITS[jiao]}角` : whole === '' ? '' : '零';
  return `${whole}${tenth}${DIGITS[cents]}分`;
}
