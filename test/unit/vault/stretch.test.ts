import { expect, test } from 'vitest';
import { calibrate, LEAST_TIME } from '../../../renderer/vault/stretch.ts';

/** A machine that needs so many milliseconds for one pass. */
const machine = (perPass: number) => {
  let clock = 0;
  const asked: number[] = [];
  const stretch = async (_pin: string, { passes }: { passes: number }) => {
    asked.push(passes);
    clock += passes * perPass;
    return new Uint8Array(32);
  };
  return { asked, calibrated: calibrate('271828', stretch, () => clock) };
};

test.each([1, 20, 80, 84, 400])('a guess costs enough at %i ms a pass', async (perPass) => {
  const { stretching } = await machine(perPass).calibrated;
  expect(stretching.passes * perPass).toBeGreaterThanOrEqual(LEAST_TIME);
});

test('however slow the machine, there are three passes over 64 MiB', async () => {
  const { stretching } = await machine(4_000).calibrated;
  expect(stretching).toMatchObject({ passes: 3, memory: 64 * 1024 });
});

test('a quick machine is calibrated in few runs', async () => {
  const { asked, calibrated } = machine(2);
  await calibrated;
  expect(asked.length).toBeLessThanOrEqual(4);
});

test('each PIN has a salt of its own', async () => {
  const [a, b] = await Promise.all([machine(100).calibrated, machine(100).calibrated]);
  expect(a.stretching.salt).toMatch(/^[0-9a-f]{32}$/);
  expect(a.stretching.salt).not.toBe(b.stretching.salt);
});
