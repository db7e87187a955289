import { expect, test } from 'vitest';
import { problemOfPin } from '../../../renderer/vault/pin.ts';
import { triesLeft, waitLeft } from '../../../renderer/vault/waits.ts';

const MINUTE = 60_000;

test('four wrong PINs wait for nothing, the fifth a minute, the fifteenth a quarter of an hour', () => {
  expect([0, 4, 5, 14, 15, 99].map((count) => waitLeft({ count, at: 0 }, 0) / MINUTE)).toEqual([
    0, 0, 1, 1, 15, 15,
  ]);
});

test('a wait runs down with the clock', () => {
  expect(waitLeft({ count: 5, at: 1_000 }, 21_000)).toBe(40_000);
  expect(waitLeft({ count: 5, at: 1_000 }, 61_000)).toBe(0);
});

test('a clock that was put back makes a wait no shorter, and no longer than it was', () => {
  expect(waitLeft({ count: 5, at: 10 * MINUTE }, 0)).toBe(MINUTE);
});

test('how many tries are left before the first wait', () => {
  expect([0, 4, 5, 20].map((count) => triesLeft({ count, at: 0 }))).toEqual([5, 1, 0, 0]);
});

test('a PIN of six or more is taken, unless it is the same or the next digit each time', () => {
  expect(problemOfPin('271828')).toBeNull();
  expect(problemOfPin('样例 口令 1')).toBeNull();
  expect(problemOfPin('27182')).toContain('至少 6 位');
  for (const pin of ['111111', '123456', '987654', 'abcdef']) {
    expect(problemOfPin(pin)).toContain('太容易猜到');
  }
});
