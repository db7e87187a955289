import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codecOf, yuanOf } from '../../../renderer/screens/order/codec.ts';

const read = (kind: Parameters<typeof codecOf>[0], typed: string) => {
  const parsed = codecOf(kind).parse(typed);
  return 'value' in parsed ? parsed.value : 'problem';
};

describe('money', () => {
  it('is typed in yuan and kept in fen, however it is written', () => {
    expect(read('money', '1280')).toBe(128_000);
    expect(read('money', '0.07')).toBe(7);
    expect(read('money', '12,800.5')).toBe(1_280_050);
    expect(read('money', '￥ 1,280.00 元')).toBe(128_000);
    expect(read('money', '１２８．５')).toBe(12_850);
    expect(read('money', '1280.')).toBe(128_000);
  });

  it('is refused, not rounded, below a fen, and never guessed from misplaced commas', () => {
    expect(read('money', '1.005')).toBe('problem');
    expect(read('money', '12,80')).toBe('problem');
    expect(read('money', '-5')).toBe('problem');
    expect(read('money', '一千')).toBe('problem');
  });

  it('comes back exactly for every amount an agreement can have', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999_999 }), (fen) => {
        expect(read('money', yuanOf(fen))).toBe(fen);
      }),
    );
  });
});

describe('numbers', () => {
  it('are read with full-width digits and thousands commas, half-typed decimals included', () => {
    expect(read('number', '２１')).toBe(21);
    expect(read('number', '1,234')).toBe(1234);
    expect(read('number', '0.')).toBe(0);
    expect(read('number', '.5')).toBe(0.5);
  });

  it('are refused when they are no number, or too long to stay exact', () => {
    for (const typed of ['十', '1e3', '1.2.3', '.', '-', '0x10', '1234567890123456'])
      expect(read('number', typed)).toBe('problem');
  });

  it('come back as they were typed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (thousandths) => {
        const value = thousandths / 1000;
        expect(read('number', codecOf('number').print(value))).toBe(value);
      }),
    );
  });
});

describe('dates, months and times', () => {
  it('are read in every way people write them', () => {
    for (const typed of ['2026-1-5', '20260105', '2026/01/05', '2026.1.5', '2026年1月5日'])
      expect(read('date', typed)).toBe('2026-01-05');
    for (const typed of ['2026-1', '202601', '2026年1月', '2026/01'])
      expect(read('month', typed)).toBe('2026-01');
    for (const typed of ['8:30', '0830', '830', '08：30', '8点30分'])
      expect(read('time', typed)).toBe('08:30');
  });

  it('are refused when there is no such day or hour', () => {
    for (const typed of ['2026-02-30', '2026-1', '26-1-5', '明天', '约2026-1-5', '2026-01-05-06'])
      expect(read('date', typed)).toBe('problem');
    for (const typed of ['2026-13', '2026']) expect(read('month', typed)).toBe('problem');
    for (const typed of ['24:00', '8', '08:60']) expect(read('time', typed)).toBe('problem');
  });
});

describe('every typed fact', () => {
  it('is emptied by empty text', () => {
    for (const kind of ['text', 'number', 'money', 'date', 'month', 'time'] as const)
      expect(read(kind, '')).toBeNull();
  });

  it('keeps text as typed, spaces and line breaks included, and refuses what cannot be saved', () => {
    expect(read('text', ' 样例 诊所\n ')).toBe(' 样例 诊所\n ');
    expect(read('text', '长'.repeat(2_001))).toBe('problem');
  });
});
