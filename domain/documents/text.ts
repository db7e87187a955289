import { BOX, changesScript, mayBreakBetween, type Traits, traitsOf } from './breaking.ts';
import { drawable, named } from './characters.ts';
import type { Face } from './drawing.ts';
import type { Content, Inline } from './model.ts';

/** What the layout asks of the fonts. */
export interface Metrics {
  /** The face that can draw a character: the preferred one, else the other, else null. */
  faceFor(codePoint: number, preferred: Face): Face | null;
  /** How far the pen moves, in em. */
  advance(codePoint: number, face: Face): number;
}

/** What cannot be printed: a character that no shipped font has, or a text too long for its place. */
export class UnprintableError extends Error {
  override readonly name = 'UnprintableError';
  /** Key of the fact or row fact, such as `customer.name` or `extensions[3].place`. */
  readonly field: string;
  /** The character; null when the text is too long even in the smallest letters of its form. */
  readonly codePoint: number | null;
  /** What is wrong and what to do, to be read after the field's name. */
  readonly reason: string;

  constructor(field: string, codePoint: number | null) {
    const reason =
      codePoint === null
        ? '的文字太长，表格里印不下，请缩短。'
        : `中的${named(codePoint)}没有字体可以打印，请换一种写法。`;
    super(`${field} ${reason}`);
    this.field = field;
    this.codePoint = codePoint;
    this.reason = reason;
  }
}

/** The smallest thing on a line. Widths are in em. */
export type Piece = {
  /** How far the next piece is from this one: less than its advance when squeezed, more when stretched. */
  readonly width: number;
  readonly underlined: boolean;
  /** Whether a line may begin with it. */
  readonly breakable: boolean;
} & (
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly face: Face;
      readonly advance: number;
      /** How far left of its place it is drawn, because the white before it was cut. */
      readonly shift: number;
      /** The half of a full-width mark that is white and may be cut. */
      readonly white?: 'before' | 'after' | undefined;
    }
  | { readonly kind: 'box'; readonly ticked: boolean }
  /** A blank to fill in by hand is `elastic`: it takes what its line lacks. */
  | { readonly kind: 'gap'; readonly elastic?: boolean }
  | { readonly kind: 'newline' }
);

/** Width of a check box with the space behind it, in em. */
const BOX_WIDTH = 1.25;
/** What stands before a text, and what a filled blank counts as. */
const SPACE = traitsOf(' ');
const LETTER = traitsOf('a');

/** How much of a mark's white may be cut to fit a line, and at the line's ends and between marks; in em. */
const SQUEEZE = 0.25;
const HALF = 0.5;
/** Between an ideograph and a letter or digit, in em. */
const BETWEEN_SCRIPTS = 0.125;
/** Lines are stretched by at most so much at each place; a line that lacks more stays short. */
const STRETCH = 0.4;
/** A longer blank may go on in the next line; so much of it stays on each. In mm. */
const WHOLE_BLANK = 40;
const BLANK_PART = 20;
/** The line under a value is a little longer than the value, in em. */
const OVERHANG = 0.3;

/**
 * The pieces of a text at one size.
 *
 * @param size in mm; only blanks need it, as their width is in mm
 * @param running of a text, not of a form: with a little space where the script changes
 * @throws UnprintableError
 */
export function piecesOf(
  content: Content,
  face: Face,
  size: number,
  metrics: Metrics,
  running = false,
): Piece[] {
  const pieces: Piece[] = [];
  // What stands before the next character, across the inlines' borders, and before the blanks there.
  let before = SPACE;
  let word = SPACE;
  const breaksBefore = (next: Traits): boolean => {
    const breakable = mayBreakBetween(before, next);
    // `100 Mbit/s`: a number is not parted from its unit by a line.
    const parts = before.blank && word.digit && (next.unitLetter || next.unit);
    before = next;
    if (!next.blank) word = next;
    return breakable && !parts;
  };
  const addText = (text: string, field: string, underlined: boolean, preferred = face) => {
    for (const character of drawable(text)) {
      if (character === '\n') {
        before = SPACE;
        pieces.push({ kind: 'newline', width: 0, underlined: false, breakable: false });
        continue;
      }
      const traits = traitsOf(character);
      const { codePoint, white } = traits;
      const found = traits.refused ? null : metrics.faceFor(codePoint, preferred);
      if (!found) throw new UnprintableError(field, codePoint);
      const advance = metrics.advance(codePoint, found);
      const spaced = running && field === '' && changesScript(before, traits);
      const breakable = breaksBefore(traits);
      const last = pieces.at(-1);
      const piece: Piece = {
        kind: 'text',
        text: character,
        face: found,
        width: advance,
        advance,
        shift: 0,
        white,
        underlined,
        breakable,
      };
      if (spaced && last?.kind === 'text') {
        pieces[pieces.length - 1] = { ...last, width: last.width + BETWEEN_SCRIPTS };
      }
      // Between two marks one of the whites is enough.
      if (white && last && whiteAfter(last)) pieces[pieces.length - 1] = cut(last, HALF);
      const cutsOpening = white === 'before' && last && whiteBefore(last);
      pieces.push(cutsOpening ? cut(piece, HALF) : piece);
    }
  };
  const addGap = (width: number, breakable: boolean, elastic = false) => {
    pieces.push({ kind: 'gap', width, underlined: true, breakable, elastic });
  };
  const addBlank = ({ text, field, width }: Extract<Inline, { kind: 'blank' }>) => {
    const breakable = !before.neverLast;
    if (text === '') {
      const ends = width > WHOLE_BLANK ? BLANK_PART / size : width / size;
      addGap(ends, breakable, true);
      for (let rest = width / size - 2 * ends; rest >= 0; rest--) {
        addGap(Math.min(rest, 1), true, true);
      }
      if (ends < width / size) addGap(ends, true, true);
    } else {
      const at = pieces.length;
      addText(text, field, true);
      const text_ = pieces.splice(at);
      const margin = Math.max((width / size - widthOf(text_)) / 2, OVERHANG);
      addGap(margin, breakable);
      const [first, ...others] = text_;
      if (first) pieces.push({ ...first, breakable: false }, ...others);
      addGap(margin, false);
    }
    before = LETTER;
    word = SPACE;
  };
  for (const inline of content) {
    if (typeof inline === 'string') addText(inline, '', false);
    else if (inline.kind === 'strong') addText(inline.text, '', false, 'sans');
    else if (inline.kind === 'value') addText(inline.text, inline.field, false);
    else if (inline.kind === 'blank') addBlank(inline);
    else {
      const breakable = breaksBefore(traitsOf(BOX));
      const { ticked, label } = inline;
      pieces.push({ kind: 'box', ticked, width: BOX_WIDTH, underlined: false, breakable });
      addText(label, '', false);
    }
  }
  return pieces;
}

const whiteBefore = (piece: Piece): boolean => piece.kind === 'text' && piece.white === 'before';
const whiteAfter = (piece: Piece): boolean => piece.kind === 'text' && piece.white === 'after';

/** A mark with so much of its white cut, in em. */
const cut = (piece: Piece, amount: number): Piece =>
  piece.kind === 'text' && piece.white
    ? {
        ...piece,
        width: piece.width - amount,
        shift: piece.white === 'before' ? amount : 0,
        white: undefined,
      }
    : piece;

/** Width of pieces on one line, in em. */
export const widthOf = (pieces: readonly Piece[]): number =>
  pieces.reduce((sum, piece) => sum + piece.width, 0);

const isSpace = (piece: Piece | undefined): boolean =>
  piece?.kind === 'text' && traitsOf(piece.text).blank;
const canSqueeze = (piece: Piece): boolean => piece.kind === 'text' && piece.white !== undefined;

/**
 * Breaks pieces into lines no wider than `width` (in em). A line breaks where the rules allow it;
 * only a word longer than a whole line is cut. Spaces at the end of a broken line are left out,
 * and so is the white of the marks at its ends.
 *
 * @param justified lines are squeezed and stretched to the very width, except a paragraph's last
 */
export function breakLines(pieces: readonly Piece[], width: number, justified = false): Piece[][] {
  const lines: { pieces: Piece[]; readonly ended: boolean }[] = [];
  let line: Piece[] = [];
  let used = 0;
  // What the line's marks can give away, in em.
  let spare = 0;
  const spareOf = (piece: Piece): number => (justified && canSqueeze(piece) ? SQUEEZE : 0);
  const begin = (next: readonly Piece[]) => {
    line = [...next];
    const [first] = line;
    if (first && whiteBefore(first)) line[0] = cut(first, HALF);
    used = widthOf(line);
    spare = line.reduce((sum, piece) => sum + spareOf(piece), 0);
  };
  const finish = (next: readonly Piece[], ended: boolean) => {
    lines.push({ pieces: line, ended });
    begin(next);
  };
  for (const piece of pieces) {
    if (piece.kind === 'newline') {
      finish([], true);
      continue;
    }
    const least = piece.width - (whiteAfter(piece) ? HALF : 0);
    // Again, when what moves to the next line is already too long with this.
    while (line.length > 0 && !isSpace(piece) && used + least - spare > width + 1e-6) {
      const from = piece.breakable ? line.length : line.findLastIndex((p) => p.breakable);
      finish(line.splice(from > 0 ? from : line.length), false);
    }
    if (line.length === 0 && lines.length > 0) begin([piece]);
    else {
      line.push(piece);
      used += piece.width;
      spare += spareOf(piece);
    }
  }
  finish([], true);
  if (justified) for (const index of lines.keys()) keepCompany(lines, index);
  return lines.map(({ pieces: raw, ended }) => {
    const trimmed = trimEnd(raw, ended, width);
    return justified && (!ended || widthOf(trimmed) > width) ? fitLine(trimmed, width) : trimmed;
  });
}

/** A paragraph does not end with a line of one character: another one comes down to it. */
function keepCompany(lines: { pieces: Piece[]; readonly ended: boolean }[], index: number): void {
  const [above, last] = [lines[index - 1], lines[index]];
  if (!above || !last?.ended || above.ended || widthOf(last.pieces) > 2) return;
  const from = above.pieces.findLastIndex((piece) => piece.breakable);
  if (from > 0) last.pieces.unshift(...above.pieces.splice(from));
}

/** A line without the spaces at its end and, when it is full, without the white of its last mark. */
function trimEnd(line: readonly Piece[], ended: boolean, width: number): Piece[] {
  const kept = line.slice(0, line.findLastIndex((piece) => !isSpace(piece)) + 1);
  const last = kept.at(-1);
  if (last?.kind !== 'text') return kept;
  const full = !ended || widthOf(kept) > width;
  if (full && whiteAfter(last)) kept[kept.length - 1] = cut(last, HALF);
  else if (last.width > last.advance) kept[kept.length - 1] = { ...last, width: last.advance };
  return kept;
}

/** A line squeezed at its marks, or stretched where it may break, to the very width. */
function fitLine(line: readonly Piece[], width: number): Piece[] {
  const missing = width - widthOf(line);
  if (missing < 0) {
    const marks = line.filter(canSqueeze).length;
    return line.map((piece) => (canSqueeze(piece) ? cut(piece, -missing / marks) : piece));
  }
  const blanks = line.filter((piece) => piece.kind === 'gap' && piece.elastic).length;
  if (blanks > 0) {
    return line.map((piece) =>
      piece.kind === 'gap' && piece.elastic
        ? { ...piece, width: piece.width + missing / blanks }
        : piece,
    );
  }
  const places = line.filter((piece, index) => index > 0 && piece.breakable).length;
  const each = missing / Math.max(places, 1);
  if (each > STRETCH) return [...line];
  return line.map((piece, index) =>
    line[index + 1]?.breakable ? { ...piece, width: piece.width + each } : piece,
  );
}
