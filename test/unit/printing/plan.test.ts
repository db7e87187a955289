import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePages, planSides, sheetCount } from '../../../renderer/documents/print-plan.ts';

const pagesOf = (text: string, total: number) => {
  const read = parsePages(text, total);
  if ('error' in read) throw new Error(read.error);
  return read.pages;
};
const errorOf = (text: string, total: number) => {
  const read = parsePages(text, total);
  return 'error' in read ? read.error : undefined;
};

describe('page numbers', () => {
  test.each([
    ['1-3,5', [1, 2, 3, 5]],
    ['', [1, 2, 3, 4, 5, 6]],
    ['  ', [1, 2, 3, 4, 5, 6]],
    ['6', [6]],
    ['5，1 － 3', [1, 2, 3, 5]],
    ['2至4、6', [2, 3, 4, 6]],
    ['１～２；4', [1, 2, 4]],
    ['3,1-4,3', [1, 2, 3, 4]],
    ['1 3 5', [1, 3, 5]],
  ])('are read as people write them: “%s”', (text, pages) => {
    expect(pagesOf(text, 6)).toEqual(pages);
  });

  test.each([
    ['x', '“x”不是页码，请写成 1-3,5 这样'],
    ['1-', '“1-”不是页码，请写成 1-3,5 这样'],
    ['1-2-3', '“1-2-3”不是页码，请写成 1-3,5 这样'],
    ['5-3', '“5-3”前后反了，请写成 3-5'],
    ['0', '没有第 0 页，一共 6 页'],
    ['4-9', '没有第 7 页，一共 6 页'],
    ['99', '没有第 99 页，一共 6 页'],
  ])('that make no sense are refused with what is wrong: “%s”', (text, error) => {
    expect(errorOf(text, 6)).toBe(error);
  });

  test('written down in runs are read back, in whatever order the runs stand', () => {
    const total = 60;
    const run = fc
      .tuple(fc.integer({ min: 1, max: total }), fc.integer({ min: 1, max: total }))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    fc.assert(
      fc.property(fc.array(run, { minLength: 1, maxLength: 8 }), (runs) => {
        const text = runs.map(([a, b]) => (a === b ? String(a) : `${a}-${b}`)).join(',');
        const wanted = new Set(
          runs.flatMap(([a, b]) => Array.from({ length: b - a + 1 }, (_, i) => a + i)),
        );
        expect(pagesOf(text, total)).toEqual([...wanted].sort((a, b) => a - b));
      }),
    );
  });

  test('never break on anything typed: an answer or an error, and only pages that exist', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.integer({ min: 0, max: 30 }),
        (text, total) => {
          const read = parsePages(text, total);
          if ('error' in read) expect(read.error).not.toBe('');
          else expect(read.pages.every((page) => page >= 1 && page <= total)).toBe(true);
        },
      ),
    );
  });
});

describe('the sides of a print job', () => {
  const job = fc.record({
    counts: fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 }),
    copies: fc.integer({ min: 1, max: 6 }),
  });

  test('are whole sets one after the other', () => {
    const sides = planSides([2, 1], { copies: 2, doubleSided: false });
    expect(sides.map((side) => side && [side.document, side.page])).toEqual([
      [0, 0],
      [0, 1],
      [1, 0],
      [0, 0],
      [0, 1],
      [1, 0],
    ]);
  });

  test('are each chosen page once a copy, in the documents’ order, whatever is asked for', () => {
    const chosen = job.chain((each) => {
      const total = each.counts.reduce((sum, count) => sum + count, 0);
      const all = Array.from({ length: total }, (_, index) => index + 1);
      return fc.tuple(fc.constant(each), fc.subarray(all, { minLength: 1 }), fc.boolean());
    });
    fc.assert(
      fc.property(chosen, ([{ counts, copies }, pages, doubleSided]) => {
        const sides = planSides(counts, { pages, copies, doubleSided }).filter((s) => s !== null);
        const before = counts.map((_, i) => counts.slice(0, i).reduce((sum, n) => sum + n, 0));
        const numbers = sides.map(({ document, page }) => (before[document] ?? NaN) + page + 1);
        expect(numbers).toEqual(Array.from({ length: copies }, () => pages).flat());
      }),
    );
  });

  test('on both sides begin every document of every copy on a sheet of its own', () => {
    fc.assert(
      fc.property(job, ({ counts, copies }) => {
        const sides = planSides(counts, { copies, doubleSided: true });
        sides.forEach((side, index) => {
          if (side?.page === 0) expect(index % 2).toBe(0);
        });
        const sheets = counts.reduce((sum, count) => sum + Math.ceil(count / 2), 0);
        expect(sheetCount(sides, true)).toBe(copies * sheets);
        expect(sides.at(-1)).not.toBeNull();
      }),
    );
  });
});
