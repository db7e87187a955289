import { type Box, type Face, type Mark, POINT } from './drawing.ts';
import type { Align, Content, Paragraph } from './model.ts';
import { breakLines, type Metrics, type Piece, piecesOf, widthOf } from './text.ts';

/** Text broken into lines at one size, in mm. */
export interface SetText {
  readonly lines: readonly (readonly Piece[])[];
  readonly size: number;
  /** From one line to the next. */
  readonly leading: number;
  readonly height: number;
}

/** Line height, in em. */
const LEADING = 1.3;
/** How far above and below the baseline ideographs reach, in em. */
const ABOVE = 0.88;
const BELOW = 0.12;
/** How far Latin descenders and brackets reach below the baseline, in em. */
export const DESCENT = 0.25;
const HAIRLINE = 0.15;
const PARAGRAPH_SIZE = 10.5;

/**
 * Sets text for a width in mm: on one line when it fits at `size` or, made smaller, down to
 * `smallest` (both pt); else wrapped at `size`.
 */
export function setText(
  content: Content,
  face: Face,
  width: number,
  size: number,
  metrics: Metrics,
  smallest = size,
): SetText {
  const pieces = piecesOf(content, face, size * POINT, metrics);
  const natural = widthOf(pieces);
  const oneLine = pieces.some(({ kind }) => kind === 'newline')
    ? -1
    : Math.min(size * POINT, width / Math.max(natural, 1e-6));
  if (oneLine >= smallest * POINT) {
    return setLines([pieces], oneLine);
  }
  return setLines(breakLines(pieces, width / (size * POINT)), size * POINT);
}

/** Sets a label: wrapped rather than made smaller, into lines as equal as they can be. */
export function setLabel(
  content: Content,
  face: Face,
  width: number,
  size: number,
  metrics: Metrics,
): SetText {
  const pieces = piecesOf(content, face, size * POINT, metrics);
  const em = size * POINT;
  const widest = breakLines(pieces, width / em);
  let lines = widest;
  for (let narrower = width / em - 0.5; narrower > 1; narrower -= 0.5) {
    const tried = breakLines(pieces, narrower);
    if (tried.length > widest.length) break;
    lines = tried;
  }
  return setLines(lines, em);
}

/** Sets a paragraph for a width in mm; it goes over as many lines as it takes. */
export function setParagraph(paragraph: Paragraph, width: number, metrics: Metrics): SetText {
  const { content, face = 'serif', size = PARAGRAPH_SIZE, leading, firstIndent = 0 } = paragraph;
  const em = size * POINT;
  const indent: Piece[] =
    firstIndent > 0
      ? [{ kind: 'gap', width: firstIndent, underlined: false, breakable: false }]
      : [];
  const justified = paragraph.align === 'justify';
  const pieces = [...indent, ...piecesOf(content, face, em, metrics, justified)];
  const lines = breakLines(pieces, width / em, justified);
  return setLines(lines, em, leading);
}

const setLines = (
  lines: readonly (readonly Piece[])[],
  size: number,
  leading = LEADING,
): SetText => ({
  lines,
  size,
  leading: size * leading,
  height: lines.length * size * leading,
});

/** Some of the lines, for a page that holds no more. */
export const linesOf = (text: SetText, from: number, to: number): SetText => ({
  ...text,
  lines: text.lines.slice(from, to),
  height: (to - from) * text.leading,
});

/** The marks of a set text at the top of `box`, aligned in it. */
export function placeText(
  { lines, size, leading }: SetText,
  box: Box,
  align: Align | 'justify',
): Mark[] {
  return lines.flatMap((pieces, index) => {
    const slack = box.width - widthOf(pieces) * size;
    const x =
      box.x + (align === 'left' || align === 'justify' ? 0 : align === 'right' ? slack : slack / 2);
    const y = box.y + index * leading + (leading - size) / 2 + ABOVE * size;
    return placeLine(pieces, x, y, size, box);
  });
}

function placeLine(
  pieces: readonly Piece[],
  left: number,
  y: number,
  size: number,
  within: Box,
): Mark[] {
  let end = left;
  const placed = pieces.map((piece) => {
    const x = end;
    end += piece.width * size;
    return { ...piece, x, end };
  });
  const texts = runs(placed, (piece) => piece.kind === 'text' && piece.face).flatMap(
    ({ of: face, x, end, items }): Mark[] => {
      if (!face) return [];
      const glyphs = items.flatMap((piece) => (piece.kind === 'text' ? [piece] : []));
      const text = glyphs.map((piece) => piece.text).join('');
      const cut = (glyphs[0]?.shift ?? 0) * size;
      const moves = movesOf(glyphs);
      const run = { text, face, size, x: x - cut, y, width: end - x + cut, within };
      return [{ kind: 'text', ...run, ...(moves ? { moves } : {}) }];
    },
  );
  const below = y + (BELOW + 0.06) * size;
  const underlines = runs(placed, ({ underlined }) => underlined).flatMap(({ of, x, end }) =>
    of ? [line(HAIRLINE, [x, below], [end, below])] : [],
  );
  const boxes = placed.flatMap((piece) =>
    piece.kind === 'box' ? checkBox(piece.x, y, size, piece.ticked) : [],
  );
  return [...texts, ...underlines, ...boxes];
}

/** How much farther than its advance the pen goes after each glyph; nothing when it never does. */
function movesOf(
  glyphs: readonly { width: number; advance: number; shift: number }[],
): number[] | undefined {
  const moves = glyphs.map(({ width, advance, shift }, index) => {
    const next = glyphs[index + 1];
    return next ? width + shift - next.shift - advance : 0;
  });
  return moves.some((move) => Math.abs(move) > 1e-9) ? moves : undefined;
}

/** Neighbours of which something is equal, together. */
function runs<P extends { readonly x: number; readonly end: number }, K>(
  pieces: readonly P[],
  key: (piece: P) => K,
): { readonly of: K; readonly x: number; end: number; readonly items: P[] }[] {
  const found: ReturnType<typeof runs<P, K>> = [];
  for (const piece of pieces) {
    const of = key(piece);
    const last = found.at(-1);
    if (last && last.of === of) {
      last.items.push(piece);
      last.end = piece.end;
    } else {
      found.push({ of, x: piece.x, end: piece.end, items: [piece] });
    }
  }
  return found;
}

const line = (thickness: number, ...points: (readonly [number, number])[]): Mark => ({
  kind: 'line',
  points,
  thickness,
});

/** A box and its tick as lines: no font here has ☐ and ☑. */
function checkBox(x: number, y: number, size: number, ticked: boolean): Mark[] {
  const side = 0.78 * size;
  const left = x + 0.1 * size;
  const top = y - 0.72 * size;
  const at = (right: number, down: number) => [left + right * side, top + down * side] as const;
  const square = line(0.2, at(0, 0), at(1, 0), at(1, 1), at(0, 1), at(0, 0));
  return ticked ? [square, line(0.45, at(0.15, 0.5), at(0.42, 0.8), at(0.92, 0.08))] : [square];
}
