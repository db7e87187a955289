import { stripControls } from '../china/text.ts';
import type { Face } from './drawing.ts';
import type { Content, Inline } from './model.ts';

/** What the layout asks of the fonts. */
export interface Metrics {
  /** The face that can draw a character: the preferred one, else the other, else null. */
  faceFor(codePoint: number, preferred: Face): Face | null;
  /** How far the pen moves, in em. */
  advance(codePoint: number, face: Face): number;
}

/** A character that no shipped font can draw: it is reported, never dropped. */
export class UnprintableError extends Error {
  override readonly name = 'UnprintableError';
  /** Key of the fact or row fact, such as `customer.name` or `extensions[3].place`. */
  readonly field: string;
  readonly codePoint: number;

  constructor(field: string, codePoint: number) {
    const code = codePoint.toString(16).toUpperCase().padStart(4, '0');
    super(`${field} 中的“${String.fromCodePoint(codePoint)}”（U+${code}）无法打印，请换一种写法。`);
    this.field = field;
    this.codePoint = codePoint;
  }
}

/** The smallest thing on a line. Widths are in em. */
export type Piece = {
  readonly width: number;
  readonly underlined: boolean;
  /** Whether a line may begin with it. */
  readonly breakable: boolean;
} & (
  | { readonly kind: 'text'; readonly text: string; readonly face: Face }
  | { readonly kind: 'box'; readonly ticked: boolean }
  | { readonly kind: 'gap' }
  | { readonly kind: 'newline' }
);

/** Width of a check box with the space behind it, in em. */
const BOX_WIDTH = 1.25;

/** Line-breaking rules of Chinese (GB/T 15834): what may not begin a line and what may not end one. */
const NEVER_FIRST = new Set('）。，、；：？！」』】》〉〕”’…—·％℃)],.;:?!%}°～'.split(''));
const NEVER_LAST = new Set('（「『【《〈〔“‘([{￥¥＄$№'.split(''));
const WORD = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Nd}\p{M}!-~]/u;

/** Whether a line may end after one character and the next begin with the other. */
export function mayBreakBetween(before: string, after: string): boolean {
  if (after === ' ' || NEVER_FIRST.has(after) || NEVER_LAST.has(before)) return false;
  if (before === ' ') return true;
  return !(WORD.test(before) && WORD.test(after));
}

/** The text as it is drawn: blanks are spaces, controls are left out, a line feed stays. */
export const drawable = (text: string): string =>
  stripControls(text).replace(/(?!\n)\s/g, (blank) => (blank === IDEOGRAPHIC_SPACE ? blank : ' '));

const IDEOGRAPHIC_SPACE = '\u3000';

/**
 * The pieces of a text at one size.
 *
 * @param size in mm; only blanks need it, as their width is in mm
 * @throws UnprintableError
 */
export function piecesOf(content: Content, face: Face, size: number, metrics: Metrics): Piece[] {
  const pieces: Piece[] = [];
  // What stands before the next character, across the inlines' borders.
  let before = ' ';
  const addText = (text: string, field: string, underlined: boolean, glued = false) => {
    let first = true;
    for (const character of drawable(text)) {
      const breakable = !(glued && first) && mayBreakBetween(before, character);
      first = false;
      before = character;
      if (character === '\n') {
        pieces.push({ kind: 'newline', width: 0, underlined: false, breakable: false });
        continue;
      }
      const codePoint = character.codePointAt(0) ?? 0;
      const found = metrics.faceFor(codePoint, face);
      if (!found) throw new UnprintableError(field, codePoint);
      const width = metrics.advance(codePoint, found);
      pieces.push({ kind: 'text', text: character, face: found, width, underlined, breakable });
    }
  };
  const addGap = (width: number) => {
    if (width <= 0) return;
    pieces.push({ kind: 'gap', width, underlined: true, breakable: false });
  };
  const add = (inline: Inline) => {
    if (typeof inline === 'string') addText(inline, '', false);
    else if (inline.kind === 'value') addText(inline.text, inline.field, false);
    else if (inline.kind === 'check') {
      const { ticked, label } = inline;
      pieces.push({ kind: 'box', ticked, width: BOX_WIDTH, underlined: false, breakable: true });
      addText(label, '', false, true);
    } else {
      const from = pieces.length;
      addText(inline.text, inline.field, true);
      const missing = inline.width / size - widthOf(pieces.slice(from));
      if (missing > 0) {
        const text = pieces.splice(from);
        addGap(missing / 2);
        pieces.push(...text);
        addGap(missing / 2);
      }
    }
  };
  content.forEach(add);
  return pieces;
}

/** Width of pieces on one line, in em. */
export const widthOf = (pieces: readonly Piece[]): number =>
  pieces.reduce((sum, piece) => sum + piece.width, 0);

/**
 * Breaks pieces into lines no wider than `width` (in em). A line breaks where the rules allow it;
 * only a word longer than a whole line is cut. Spaces at the end of a broken line are left out.
 */
export function breakLines(pieces: readonly Piece[], width: number): Piece[][] {
  const lines: Piece[][] = [];
  let line: Piece[] = [];
  let used = 0;
  const isSpace = (piece: Piece | undefined) => piece?.kind === 'text' && piece.text === ' ';
  const finish = (next: Piece[]) => {
    while (isSpace(line.at(-1))) line.pop();
    lines.push(line);
    line = next;
    used = widthOf(next);
  };
  for (const piece of pieces) {
    if (piece.kind === 'newline') {
      finish([]);
      continue;
    }
    // Again, when what moves to the next line is already too long with this.
    while (line.length > 0 && !isSpace(piece) && used + piece.width > width + 1e-6) {
      const from = piece.breakable ? line.length : line.findLastIndex((p) => p.breakable);
      finish(line.splice(from > 0 ? from : line.length));
    }
    line.push(piece);
    used += piece.width;
  }
  finish([]);
  return lines;
}
