import { expect, test } from 'vitest';
import { MUTATIONS } from '../../simulator/mutations.ts';
import { runSchedules } from '../../simulator/run.ts';

/** A longer run: `ONSITE_SEEDS=1000000`, or by hand: `test/simulator/main.ts`. */
const SEEDS = Number(process.env.ONSITE_SEEDS ?? 10_000);
const HOUR = 3_600_000;

test(
  `${SEEDS} schedules of trouble lose nothing, diverge nowhere, stop nowhere and flag exactly the conflicts`,
  async () => {
    const { failures, ...sums } = await runSchedules({ from: 1, count: SEEDS });
    console.log(JSON.stringify(sums));
    expect(failures.map(({ seed, failure }) => `seed ${seed}: ${failure}`)).toEqual([]);
    expect(sums.schedules).toBe(SEEDS);
    // Schedules in which nothing happens would prove nothing.
    expect(sums.changes).toBeGreaterThan(SEEDS * 20);
    expect(sums.conflicts).toBeGreaterThan(SEEDS / 2);
  },
  HOUR,
);

test(
  'a schedule is the same each time: a failing seed can be replayed',
  async () => {
    const [mutation = null] = MUTATIONS;
    const run = () => runSchedules({ from: 1, count: 200, mutation, told: true, workers: 1 });
    const [first, again] = [await run(), await run()];
    expect(first.failures[0]?.story.length).toBeGreaterThan(5);
    expect(again.failures).toEqual(first.failures);
  },
  HOUR,
);

test('each of the twelve invariants is broken at least once', () => {
  const broken = new Set(MUTATIONS.map(({ invariant }) => invariant));
  expect([...broken].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
});

test.each(MUTATIONS)(
  'invariant $invariant: the simulator notices that $what',
  async (mutation) => {
    const { failures } = await runSchedules({ from: 1, count: 1_000, mutation });
    expect(failures).not.toEqual([]);
  },
  HOUR,
);
