import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countUp, foldDigits, tidyNumber } from '../../../renderer/screens/sheets/numbers.ts';
import { isBlock, parseTable } from '../../../renderer/screens/sheets/table-text.ts';
import { copied } from './records.ts';

describe('copied spreadsheet text', () => {
  it('reads back every cell, whatever stands in it', () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom('', 'a\nb', '"', 'x\ty', '一\r\n二'));
    const table = fc
      .integer({ min: 1, max: 5 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }),
      );
    fc.assert(
      fc.property(table, (rows) => {
        expect(parseTable(copied(rows))).toEqual(rows);
      }),
    );
  });

  it('takes a quote that is not closed as text', () => {
    expect(parseTable('3"管\t"直\n')).toEqual([['3"管', '"直']]);
  });

  it('is a block when it has a second cell, not when one line ends', () => {
    expect(isBlock('04770000001\r\n')).toBe(false);
    expect(isBlock('04770000001\r\n04770000002')).toBe(true);
    expect(isBlock('1\t2')).toBe(true);
  });
});

describe('numbers', () => {
  it.each([
    ['0477-000 0001', '04770000001'],
    ['（0477）0000001', '04770000001'],
    ['１３９０００００００１', '13900000001'],
    ['+86 139-0000-0001', '13900000001'],
    ['\u202d13900000001\u202c', '13900000001'],
    [' 待定 - 周五 ', '待定 - 周五'],
    ['1.39E+10', '1.39E+10'],
    ['', ''],
  ])('tidies %j to %j', (text, tidy) => expect(tidyNumber(text)).toBe(tidy));

  it.each([
    ['04770000001', 1, '04770000002'],
    ['04770000099', 1, '04770000100'],
    ['2楼201', 1, '2楼202'],
    ['201室', 3, '204室'],
    ['A-09', 1, 'A-10'],
    ['前台', 5, '前台'],
    ['3楼', 1, '3楼'],
    ['99', 1, '100'],
    ['', 1, ''],
  ])('counts %j up by %i to %j', (text, steps, next) => expect(countUp(text, steps)).toBe(next));

  it('keeps the length of a number while its digits suffice, and steps add up', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^0[0-8]{1,16}$/), fc.nat(999), fc.nat(999), (number, a, b) => {
        expect(countUp(countUp(number, a), b)).toBe(countUp(number, a + b));
        expect(BigInt(countUp(number, a))).toBe(BigInt(number) + BigInt(a));
      }),
    );
  });

  it('folds full-width digits in place', () => {
    expect(foldDigits('０４７７abc')).toBe('0477abc');
  });
});
