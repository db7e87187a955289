/** Schedules on all cores. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { bundleSimulator } from './bundle.ts';
import type { Mutation } from './mutations.ts';
import type { Outcome } from './schedule.ts';

export interface Run {
  readonly from: number;
  readonly count: number;
  /** The product's code with this line of it broken. */
  readonly mutation?: Mutation | null;
  /** Whether the stories are kept. */
  readonly told?: boolean;
  /** How many failures end it. */
  readonly most?: number;
  readonly workers?: number;
}

export interface Result {
  readonly schedules: number;
  readonly changes: number;
  readonly conflicts: number;
  /** By seed. */
  readonly failures: readonly Outcome[];
  readonly seconds: number;
}

/** Runs the schedules of some seeds, until `most` of them failed. */
export const runSchedules = async ({
  from,
  count,
  mutation = null,
  told = false,
  most = 1,
  workers = availableParallelism(),
}: Run): Promise<Result> => {
  const start = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'onsite-simulator-'));
  const file = join(folder, 'worker.mjs');
  await writeFile(file, await bundleSimulator(mutation));
  const failures: Outcome[] = [];
  const sums = { schedules: 0, changes: 0, conflicts: 0 };
  let next = from;
  const work = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(file);
      const give = () => {
        if (next >= from + count || failures.length >= most) {
          resolve(worker.terminate().then(() => undefined));
          return;
        }
        worker.postMessage({ seed: next, told });
        next += 1;
      };
      worker.on('message', (outcome: Outcome) => {
        sums.schedules += 1;
        sums.changes += outcome.changes;
        sums.conflicts += outcome.conflicts;
        if (outcome.failure !== null) failures.push(outcome);
        give();
      });
      worker.on('error', reject);
      give();
    });
  try {
    await Promise.all(Array.from({ length: workers }, work));
  } finally {
    await rm(folder, { recursive: true });
  }
  failures.sort((a, b) => a.seed - b.seed);
  return { ...sums, failures, seconds: (performance.now() - start) / 1_000 };
};
