/** Runs the seeds it is given, one after the other, and says how each went. */
import { parentPort } from 'node:worker_threads';
import { runSchedule } from './schedule.ts';

parentPort?.on('message', async ({ seed, told }: { seed: number; told: boolean }) => {
  parentPort?.postMessage(await runSchedule(seed, told));
});
