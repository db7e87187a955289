/**
 * Ten thousand orders between a device and a server: the first pull, the push of one edited field of
 * each, bytes on the wire and the server's processor time. Ours on both engines beside its peers, one
 * after the other, each server a process of its own; and, as the limit, bare multi-row INSERTs.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NO_POSTGRES } from '../unit/server/postgres.ts';
import { figure } from './lib/figures.ts';
import { bareInsert } from './lib/sync/bare-insert.ts';
import { bytesOfBatches } from './lib/sync/batches.ts';
import { onsite } from './lib/sync/onsite.ts';
import { benchOrders, type Peer } from './lib/sync/orders.ts';
import { peer } from './lib/sync/peers.ts';
import { countingLine, cpuOf } from './lib/sync/wire.ts';

const ORDERS = Number(process.env.BENCH_ORDERS ?? 10_000);
const BENCH = 'sync';
/** Devices that push at the same moment. */
const DEVICES = 4;

interface Measured {
  readonly pull: number;
  readonly push: number;
  readonly bytes: number;
  readonly pullCpu: number;
  readonly pushCpu: number;
}

const timed = async (work: () => Promise<unknown>, pids: readonly number[]) => {
  const [began, cpu] = [performance.now(), cpuOf(pids)];
  await work();
  return { ms: performance.now() - began, cpu: cpuOf(pids) - cpu };
};

async function measure({ pids, url, device, phones }: Peer): Promise<Measured> {
  const line = await countingLine(url);
  try {
    const there = await device(line.url);
    let count = 0;
    const pull = await timed(async () => {
      count = await there.pull();
    }, pids);
    if (count !== ORDERS) throw new Error(`pulled ${count} orders`);
    await there.edit();
    const before = line.bytes();
    const push = await timed(() => there.push(), pids);
    const bytes = (line.bytes() - before) / ORDERS;
    const arrived = (await phones()).filter((phone) => phone.startsWith('138')).length;
    if (arrived !== ORDERS) throw new Error(`${arrived} edits arrived`);
    await there.close();
    return { pull: pull.ms, push: push.ms, bytes, pullCpu: pull.cpu, pushCpu: push.cpu };
  } finally {
    await line.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'onsite-bench-'));
const orders = benchOrders(ORDERS);
const at = (name: string) => mkdtempSync(join(folder, `${name}-`));
const ENGINES = NO_POSTGRES ? (['PGlite'] as const) : (['PGlite', 'PostgreSQL'] as const);
const started: Readonly<Record<string, () => Promise<Peer>>> = {
  ...Object.fromEntries(
    ENGINES.map((engine) => [`onsite on ${engine}`, () => onsite(engine, at(engine), orders)]),
  ),
  'PouchDB ↔ express-pouchdb': () => peer('pouchdb', at('pouchdb'), orders),
  'RxDB HTTP replication': () => peer('rxdb', at('rxdb'), orders),
  'TinyBase synchronizer': () => peer('tinybase', at('tinybase'), orders),
};
const LIMITS: Readonly<Record<string, number>> = {
  'onsite on PGlite': 4_000,
  'onsite on PostgreSQL': 10_000,
};
try {
  const results = new Map<string, Measured>();
  for (const engine of ENGINES) {
    // What the service can take: one device waits for each receipt before it sends the next push.
    const crowd = await onsite(engine, at('crowd'), orders, DEVICES);
    const { push } = await measure(crowd).finally(crowd.close);
    const name = `edits pushed by ${DEVICES} devices at once, onsite on ${engine}`;
    figure(BENCH, name, (ORDERS / push) * 1000, '/s', {
      limit: LIMITS[`onsite on ${engine}`] ?? 0,
    });
  }
  for (const [name, start] of Object.entries(started)) {
    const running = await start();
    const result = await measure(running).finally(running.close);
    results.set(name, result);
    const limit = LIMITS[name];
    figure(BENCH, `first pull, ${name}`, result.pull, 'ms', limit ? { limit: 2_000 } : {});
    const rate = (ORDERS / result.push) * 1000;
    figure(BENCH, `edits pushed, ${name}`, rate, '/s', limit ? { limit } : {});
    figure(BENCH, `bytes an edit both ways, ${name}`, result.bytes, 'bytes');
    figure(BENCH, `server CPU of the pull, ${name}`, result.pullCpu, 'ms');
    figure(BENCH, `server CPU of the push, ${name}`, result.pushCpu, 'ms');
  }
  for (const [ours, result] of results) {
    if (!ours.startsWith('onsite')) continue;
    for (const [name, other] of results) {
      if (name.startsWith('onsite')) continue;
      for (const key of ['pull', 'push', 'bytes', 'pullCpu', 'pushCpu'] as const) {
        figure(BENCH, `${ours} / ${name}, ${key}`, result[key] / other[key], 'ratio');
      }
    }
    const engine = ours.endsWith('PGlite') ? 'PGlite' : 'PostgreSQL';
    const bare = await bareInsert(engine, at('bare'), ORDERS);
    figure(BENCH, `rows inserted, bare INSERT on ${engine}`, (ORDERS / bare) * 1000, '/s');
    figure(BENCH, `${ours} / bare INSERT, push`, result.push / bare, 'ratio');
  }
  for (const [name, bytes] of Object.entries(await bytesOfBatches())) {
    figure(BENCH, `bytes a change sent, 200 in a push, ${name}`, bytes, 'bytes', { limit: 35 });
  }
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
