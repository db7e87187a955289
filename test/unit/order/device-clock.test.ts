import { describe, expect, test } from 'vitest';
import { createDeviceClock, offsetOf } from '../../../domain/sync/clock.ts';

const MINUTE = 60_000;

/** A device whose wall clock can be set, on a steady one. */
const device = () => {
  const time = { steady: 0, set: 1_000_000 };
  const clock = createDeviceClock(
    () => time.steady + time.set,
    () => time.steady,
  );
  return { time, clock };
};

describe("a device's measure of its clock", () => {
  test('is the most exact of late', () => {
    const { time, clock } = device();
    expect(clock.ahead()).toBeNull();
    expect(clock.heard(900, 1_000)).toBe(900);
    expect(clock.heard(20, 15)).toBe(20);
    time.steady += 5 * MINUTE;
    expect(clock.heard(800, 850)).toBe(20);
    expect(clock.ahead()).toBe(20);
    time.steady += 6 * MINUTE;
    expect(clock.heard(800, 850)).toBe(800);
  });

  test('gives way to one that contradicts it', () => {
    const { clock } = device();
    clock.heard(20, 15);
    expect(clock.heard(3_000, 500)).toBe(3_000);
  });

  test('is not known any more once the clock was set', () => {
    const { time, clock } = device();
    clock.heard(20, 15);
    time.set -= 3_600_000;
    expect(clock.ahead()).toBeNull();
    expect(clock.heard(-3_600_000, 2_000)).toBe(-3_600_000);
    expect(clock.ahead()).toBe(-3_600_000);
  });
});

describe('the offset that the service takes for a push', () => {
  const sent = 1_000_000;

  test('is the time of the request where nothing was measured', () => {
    expect(offsetOf({ now: sent }, sent + 1_700)).toBe(1_700);
  });

  test('is what the device measured, however long the push was under way', () => {
    expect(offsetOf({ now: sent, ahead: 5 }, sent + 1_700)).toBe(-5);
    expect(offsetOf({ now: sent, ahead: 3_600_000 }, sent - 3_600_000 + 25_000)).toBe(-3_600_000);
  });

  test('never has a push arrive before it was sent', () => {
    expect(offsetOf({ now: sent, ahead: -400 }, sent + 100)).toBe(100);
  });

  test('is the time of the request where the measure cannot be true any more', () => {
    for (const moved of [-3_600_000, 86_400_000 * 3_650]) {
      expect(offsetOf({ now: sent, ahead: 0 }, sent + moved)).toBe(moved);
    }
  });
});
