import { stripControls } from '../../china/text.ts';
import { problemAt, type Rule } from '../problem.ts';
import { forEachValue } from '../values.ts';

/** Every font draws these. */
const ASCII = /^[\n -~]*$/;

/** U+FEFF has no width, though JavaScript counts it among the blanks. */
const BLANK = /(?!\ufeff)\s/;

/** Zero-width and direction marks, as pasted text may carry them. */
const INVISIBLE = /\p{Cf}/u;

/** `U+2A6D6` */
export const codePointName = (codePoint: number): string =>
  `U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}`;

/** Characters that will not be on paper: those no shipped font can draw, and controls, which are left out. */
export const characters: Rule = ({ order, reference }, report) => {
  forEachValue(order, (value, { printed }, place) => {
    if (typeof value !== 'string' || ASCII.test(value) || printed.length === 0) return;
    const visible = stripControls(value);
    for (const character of visible) {
      const codePoint = character.codePointAt(0) ?? 0;
      if (BLANK.test(character) || reference.canPrint(codePoint)) continue;
      const name = codePointName(codePoint);
      const says = INVISIBLE.test(character)
        ? `中有看不见的字符（${name}），无法打印，请删去后重新输入`
        : `中的“${character}”（${name}）无法打印，请换用其他字`;
      report(problemAt(place(), 'character-unprintable', 'error', says));
      break;
    }
    if (visible !== value.replace(/\r\n?/g, '\n')) {
      const says = '含看不见的控制字符，打印时会去掉，请重新输入';
      report(problemAt(place(), 'character-control', 'warning', says));
    }
  });
};
