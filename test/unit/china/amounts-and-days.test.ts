import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import calendar2025 from '../../../assets/workdays/2025.json' with { type: 'json' };
import calendar2026 from '../../../assets/workdays/2026.json' with { type: 'json' };
import { inCapitals } from '../../../domain/china/capitals.ts';
import { codeForComparing, forComparing, stripControls } from '../../../domain/china/text.ts';
import { addWorkdays, isWorkday } from '../../../domain/china/workdays.ts';

/** Reads capitals back by their places, without knowing where 零 belongs. */
function fenOf(capitals: string): number {
  const digits = '零壹贰叁肆伍陆柒捌玖';
  const places: Readonly<Record<string, number>> = { 拾: 10, 佰: 100, 仟: 1000 };
  let [total, group, digit] = [0, 0, 0];
  for (const character of capitals) {
    const value = digits.indexOf(character);
    const place = places[character];
    if (value >= 0) digit = value;
    else if (place !== undefined) {
      group += digit * place;
      digit = 0;
    } else if (character === '万' || character === '亿') {
      const unit = character === '万' ? 10_000 : 100_000_000;
      // 万亿 multiplies what 万 has just closed.
      if (character === '亿' && group + digit === 0) total *= unit;
      else total += (group + digit) * unit;
      [group, digit] = [0, 0];
    } else if (character === '元') {
      total = (total + group + digit) * 100;
      [group, digit] = [0, 0];
    } else if (character === '角') {
      total += digit * 10;
      digit = 0;
    } else if (character === '分') total += digit;
  }
  return total;
}

describe('an amount in capitals', () => {
  it.each([
    [0, '零元整'],
    [1, '壹分'],
    [10, '壹角整'],
    [100, '壹元整'],
    [105, '壹元零伍分'],
    [150, '壹元伍角整'],
    [155, '壹元伍角伍分'],
    [1_000, '壹拾元整'],
    [10_100, '壹佰零壹元整'],
    [100_100, '壹仟零壹元整'],
    [101_000, '壹仟零壹拾元整'],
    [1_230_000, '壹万贰仟叁佰元整'],
    [1_000_100, '壹万零壹元整'],
    [1_010_000, '壹万零壹佰元整'],
    [10_000_000, '壹拾万元整'],
    [10_100_000, '壹拾万壹仟元整'],
    [10_000_000_000, '壹亿元整'],
    [10_000_000_100, '壹亿零壹元整'],
    [10_000_100_000, '壹亿零壹仟元整'],
    [10_001_000_000, '壹亿零壹万元整'],
    [140_970, '壹仟肆佰零玖元柒角整'],
    [600_714, '陆仟零柒元壹角肆分'],
    [10_700_053, '壹拾万柒仟元伍角叁分'],
    [1_640_902, '壹万陆仟肆佰零玖元零贰分'],
    [100_000_000_000_000, '壹万亿元整'],
    [100_010_000_000_000, '壹万亿零壹亿元整'],
  ])('%i fen is %s', (fen, capitals) => {
    expect(inCapitals(fen)).toBe(capitals);
  });

  it('reads back as the same amount, with no two 零 in a row and none before a unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999_999_999_999 }), (fen) => {
        const capitals = inCapitals(fen);
        expect(fenOf(capitals)).toBe(fen);
        expect(capitals).not.toMatch(/零零|零[拾佰仟万亿元角分]/);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is refused for what is no amount', () => {
    for (const wrong of [-1, 0.5, Number.NaN, 1e15]) {
      expect(() => inCapitals(wrong)).toThrow(RangeError);
    }
  });
});

const CALENDAR = [calendar2025, calendar2026];

const day = fc
  .date({ min: new Date('2025-01-01'), max: new Date('2028-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

describe('workdays', () => {
  it.each([
    ['2026-02-13', 1, '2026-02-14'], // a Saturday that is worked before the Spring Festival
    ['2026-02-13', 2, '2026-02-24'], // nine days off
    ['2026-09-24', 2, '2026-09-29'], // 中秋, then a weekend
    ['2026-09-30', 1, '2026-10-08'],
    ['2025-09-26', 1, '2025-09-28'],
    ['2025-09-30', 2, '2025-10-10'],
    ['2026-03-06', 7, '2026-03-17'],
    ['2026-03-07', 0, '2026-03-07'],
  ])('from %s, %i workdays on is %s', (date, count, due) => {
    expect(addWorkdays(date, count, CALENDAR)).toEqual({ date: due, estimated: false });
  });

  it('are estimated as soon as they run into a year that is not published', () => {
    expect(addWorkdays('2026-12-30', 1, CALENDAR)).toEqual({
      date: '2026-12-31',
      estimated: false,
    });
    expect(addWorkdays('2026-12-30', 2, CALENDAR)).toEqual({ date: '2027-01-01', estimated: true });
  });

  it('never end earlier when they start later or are more', () => {
    fc.assert(
      fc.property(day, day, fc.nat(15), fc.nat(15), (one, other, a, b) => {
        const [early, late] = one < other ? [one, other] : [other, one];
        const [few, many] = a < b ? [a, b] : [b, a];
        // At least one workday: 0 gives the start itself, which may be a day off.
        expect(
          addWorkdays(early, few + 1, CALENDAR).date <= addWorkdays(late, many + 1, CALENDAR).date,
        ).toBe(true);
      }),
    );
  });

  it('end on a day that is worked', () => {
    fc.assert(
      fc.property(day, fc.integer({ min: 1, max: 15 }), (start, count) => {
        expect(isWorkday(addWorkdays(start, count, CALENDAR).date, CALENDAR).workday).toBe(true);
      }),
    );
  });
});

describe('text', () => {
  it('loses its controls, and keeps its lines', () => {
    expect(stripControls('样\u0007例\u0085诊所\r\n二\t楼')).toBe('样例诊所\n二\t楼');
  });

  it('compares equal across widths, compatibility ideographs and radicals', () => {
    expect(forComparing('\ufeff样例\u200b诊所 ')).toBe('样例诊所');
    expect(forComparing('ＩＭＳ　２１线')).toBe('IMS 21线');
    expect(forComparing('\uf9d1')).toBe('六'); // compatibility ideograph
    expect(forComparing('⼈⻋⻔')).toBe('人车门'); // Kangxi and supplement radicals
    expect(codeForComparing(' 0477－0000 001 ')).toBe('0477-0000001');
  });
});
