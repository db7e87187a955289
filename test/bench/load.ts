/**
 * 500 installers come back online within a minute, each with 50 orders and 5 photos: how long a push
 * takes, and whether anything is refused or lost. The service is a process of its own on PostgreSQL
 * (on the embedded database where there is none).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../../server/store/index.ts';
import { NO_POSTGRES, startPostgres } from '../unit/server/postgres.ts';
import { kill, startProcess } from '../unit/server/process.ts';
import { figure } from './lib/figures.ts';
import { bytesOfRow, mostMemory } from './lib/footprint.ts';
import { runLoad } from './lib/load.ts';

/** So many in a minute; fewer come in less time, as fast after one another. */
const MOST = 500;
const installers = Number(process.env.BENCH_INSTALLERS ?? MOST);
const within = (60_000 * installers) / MOST;
const LOAD = { installers, orders: 50, photos: 5, photoBytes: 60_000, within };

if (NO_POSTGRES) throw new Error(NO_POSTGRES);
const folder = mkdtempSync(join(tmpdir(), 'onsite-bench-'));
const cluster = await startPostgres({ durable: true });
const service = await startProcess(folder, { DATABASE_URL: cluster.url });
const store = await openStore(cluster.url, folder);
try {
  const pid = service.child.pid ?? 0;
  const { pushes, changes, busy, errors, lost, took } = await runLoad(service.url, store, LOAD);
  const at = (share: number) => pushes[Math.floor(pushes.length * share)] ?? NaN;
  figure('load', 'push, median', at(0.5), 'ms', { pushes: pushes.length });
  figure('load', 'push, p99', at(0.99), 'ms', { limit: 1_000 });
  figure('load', 'push, longest', at(1 - Number.EPSILON), 'ms');
  figure('load', 'asked to come again', busy, 'count', { pushes: pushes.length });
  figure('load', 'other errors', errors.length, 'count', { limit: 0 });
  figure('load', 'lost', lost, 'count', {
    limit: 0,
    changes,
    photos: LOAD.installers * LOAD.photos,
  });
  figure('load', 'until all was sent', took, 'ms', { cameBackWithin: LOAD.within });
  const disk = (table: string) => bytesOfRow(cluster.url, table);
  figure('load', 'disk, a change in the log', await disk('changes'), 'bytes');
  figure('load', 'disk, a field with its current value', await disk('fields'), 'bytes');
  figure('load', 'memory of the service, at most', mostMemory(pid), 'MB');
  for (const error of new Set(errors)) console.error(error);
} finally {
  await store.close();
  await kill(service.child, 'SIGTERM');
  await cluster.stop();
  rmSync(folder, { recursive: true, force: true });
}
