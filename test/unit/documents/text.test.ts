import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricsOf } from '../../../domain/documents/metrics.ts';
import { breakLines, type Piece, piecesOf, widthOf } from '../../../domain/documents/text.ts';
import { typefaces } from './printing.ts';

const metrics = metricsOf(typefaces);
const pieces = (text: string) => piecesOf([text], 'serif', 3.7, metrics);
const written = (line: readonly Piece[]) =>
  line.map((piece) => (piece.kind === 'text' ? piece.text : '')).join('');
const lines = (text: string, width: number) => breakLines(pieces(text), width).map(written);

const CLOSING = [...'）。，、；：？！」』】》”…％'];
const OPENING = [...'（「『【《“￥'];
/** Ideographs with at most two marks of punctuation together, as people write. */
const chinese = fc
  .array(
    fc.tuple(
      fc.constantFrom('', ...OPENING),
      fc.string({ unit: fc.constantFrom(...'样例诊所一二三'), minLength: 2, maxLength: 6 }),
      fc.constantFrom('', ...CLOSING, '）。'),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.flat().join(''));

describe('line breaking', () => {
  it('begins no line with a closing mark and ends none with an opening one', () => {
    fc.assert(
      fc.property(chinese, fc.integer({ min: 5, max: 40 }), (text, width) => {
        const broken = lines(text, width);
        for (const line of broken.slice(1)) expect(CLOSING).not.toContain(line[0]);
        for (const line of broken.slice(0, -1)) expect(OPENING).not.toContain(line.at(-1));
      }),
    );
  });

  it('makes no line too wide and loses nothing but blanks', () => {
    const any = fc.string({ unit: fc.constantFrom(...'样例）。（Ag1-@ '), maxLength: 120 });
    fc.assert(
      fc.property(any, fc.double({ min: 1.2, max: 30, noNaN: true }), (text, width) => {
        const broken = breakLines(pieces(text), width);
        for (const line of broken) expect(widthOf(line)).toBeLessThanOrEqual(width + 1e-6);
        const kept = broken.map(written).join('').replaceAll(' ', '');
        expect(kept).toBe(text.replaceAll(' ', ''));
      }),
    );
  });

  it('keeps numbers and codes whole', () => {
    const codes = ['0477-0000001', '91350100M000100Y43', 'contact@example.com', '13900000001'];
    for (const code of codes) {
      for (let width = 14; width < 24; width++) {
        const broken = lines(`样例诊所的号码是${code}，请核对。`, width);
        expect(broken.some((line) => line.includes(code))).toBe(true);
      }
    }
  });

  it('cuts a word only when it is longer than a line', () => {
    expect(lines('W'.repeat(40), 5).length).toBeGreaterThan(6);
  });

  it('begins a new line where one was typed', () => {
    expect(lines('一\n\n二', 20)).toEqual(['一', '', '二']);
  });
});
