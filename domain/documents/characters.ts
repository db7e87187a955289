import { stripControls } from '../china/text.ts';

/**
 * What becomes of each character that is typed, in one place:
 *
 * - what a shipped face has a glyph for is drawn and extracted as it was typed: `é` in one code
 *   point or two, `一` and the radical `⼀`, ideographs outside the BMP;
 * - a tab and any other blank is drawn as a space, the ideographic space as itself; controls are
 *   left out (the checklist says so); line feeds break the line;
 * - what stands for nothing that can be drawn is refused, by field and code point: private-use
 *   characters (each font has others), variation selectors (no shipped face has the variants),
 *   zero-width and direction marks and the soft hyphen (nobody sees them, and they change what the
 *   text is), and whatever has no glyph: emoji, Mongolian, Extension B–F.
 */
const REFUSED = /[\p{Co}\p{Cf}\p{Cs}\p{Cn}\p{Variation_Selector}]/u;

/** Whether a character is never drawn, whatever a font has for it. */
export const isRefused = (codePoint: number): boolean =>
  codePoint > 0x7e && REFUSED.test(String.fromCodePoint(codePoint));

export const IDEOGRAPHIC_SPACE = '\u3000';

/** Blanks but line feeds, and but U+FEFF, which JavaScript counts among them. */
const BLANK = /(?![\n\ufeff])\s/g;

const PLAIN = /^[\n -~]*$/;

/** The text as it is drawn: blanks are spaces, controls are left out, a line feed stays. */
export const drawable = (text: string): string =>
  PLAIN.test(text)
    ? text
    : stripControls(text).replace(BLANK, (blank) => (blank === IDEOGRAPHIC_SPACE ? blank : ' '));

/** `的“😀”（U+1F600）`; what cannot be seen has only its number. */
export function named(codePoint: number): string {
  const name = `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;
  const character = String.fromCodePoint(codePoint);
  return isRefused(codePoint) ? `看不见的字符（${name}）` : `“${character}”（${name}）`;
}
