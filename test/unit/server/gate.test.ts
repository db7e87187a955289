import { afterEach, describe, expect, it, vi } from 'vitest';
import { LIMITS } from '../../../domain/sync/limits.ts';
import { ServiceError } from '../../../server/service/errors.ts';
import { createGate } from '../../../server/service/gate.ts';

/** A push that goes on until it is let end. */
const held = () => {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { work: () => ended, end };
};
const nothing = async () => 'done';
const refusal = async (passing: Promise<unknown>) => {
  const error = await passing.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof ServiceError ? error : null;
};

describe('the gate of pushes', () => {
  afterEach(() => vi.useRealTimers());

  it('lets in as many changes at once as can be answered soon, and asks others to come again', async () => {
    const gate = createGate();
    const size = LIMITS.changesUnderWay / 4;
    const first = Array.from({ length: 4 }, held);
    const passing = first.map(({ work }, index) => gate.pass(`${index}`, size, work));
    const refused = await refusal(gate.pass('late', 1, nothing));
    expect([refused?.code, refused?.status]).toEqual(['busy', 429]);
    expect(refused?.retryAfter).toBeGreaterThanOrEqual(1);
    expect(refused?.retryAfter).toBeLessThanOrEqual(LIMITS.busyWait);
    first[0]?.end();
    await passing[0];
    expect(await gate.pass('late', size, nothing)).toBe('done');
    for (const { end } of first) end();
    await Promise.all(passing);
  });

  it('lets in a single push of any size, and goes on after one that failed', async () => {
    const gate = createGate();
    const failing = gate.pass('a', LIMITS.changesUnderWay * 2, () =>
      Promise.reject(new Error('x')),
    );
    await expect(failing).rejects.toThrow('x');
    expect(await gate.pass('a', LIMITS.changesUnderWay * 2, nothing)).toBe('done');
  });

  it('holds one device to so many a minute, and no other', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const gate = createGate();
    for (let count = 0; count < LIMITS.pushesAMinute; count += 1) await gate.pass('a', 1, nothing);
    vi.setSystemTime(Date.now() + 20_000);
    expect((await refusal(gate.pass('a', 1, nothing)))?.retryAfter).toBe(40);
    expect(await gate.pass('b', 1, nothing)).toBe('done');
    vi.setSystemTime(Date.now() + 40_000);
    expect(await gate.pass('a', 1, nothing)).toBe('done');
  });
});
