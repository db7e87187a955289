/** Numbers as people type, copy and count them. */
import { phoneDigits } from '../../../domain/china/phone.ts';

/** Full-width digits (from a Chinese input method) as plain ones; the length stays. */
export const foldDigits = (text: string): string =>
  text.replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0));

/**
 * A pasted number without what only decorates it: full-width digits, spaces, dashes, brackets, dots,
 * and the country code. Text that is no number then stays as it is, but for spaces at its ends:
 * nothing that was pasted is lost.
 */
export const tidyNumber = (text: string): string => {
  const digits = phoneDigits(text.replace(/['’._·–—－]/g, ''));
  return /^\d+$/.test(digits) ? digits : text.trim();
};

/** The last digits of a text, and the word for a room that may follow them. */
const COUNTED = /^(.*?)(\d+)([室房号座床]?)$/s;

/**
 * A text counted up by `steps` at its trailing digits, as a spreadsheet fills down: `04770000001` →
 * `04770000002`, `2楼201` → `2楼202`, `A-09` → `A-10`. Leading zeros stay; a text without trailing
 * digits is copied.
 */
export const countUp = (text: string, steps: number): string => {
  const [, before, digits, after] = COUNTED.exec(text) ?? [];
  if (before === undefined || digits === undefined || after === undefined) return text;
  const next = (BigInt(digits) + BigInt(steps)).toString().padStart(digits.length, '0');
  return before + next + after;
};
