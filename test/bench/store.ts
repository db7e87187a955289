/**
 * The local store beside its peers, in one Chromium, on the same invented records: a durable save of
 * one field, a paste of 1,000 members, a cold open to the list of 10,000 orders, and memory.
 *
 * Ours encrypts every value, keeps an outbox, a list and an index of numbers in the same transaction,
 * and a journal outside IndexedDB; a save is measured to the moment at which the screen says 已保存.
 * The peers encrypt nothing and write the record alone. Where a library can ask for strict durability
 * it does. PouchDB and TinyBase cannot: the page makes their transactions strict; "as shipped" is
 * without that. Raw IndexedDB is there twice: writing the record alone, and all the rows that a change
 * needs in an app that lists and uploads. `least.ts` is the limit: what no store could do without that
 * encrypts and keeps a journal.
 *
 * Everybody has an origin of their own in one profile. Machines are noisy, so the contenders take
 * turns, in a new order each round, and ratios are what to judge by. A cold open is that of a browser
 * started anew, from the first call of the store to the sorted list; keys are derived and scripts
 * loaded before, for all. At the end the browser is killed, and everybody must still have the last value.
 *
 * `ONSITE_BENCH_ROUNDS` (cold opens and pastes), `ONSITE_BENCH_SAVES` and `ONSITE_BENCH_ONLY`
 * (contenders, comma) make it shorter.
 */
import { createReadStream, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { build } from 'vite';
import { pageFile, typeOfFile } from '../../electron/page-files.ts';
import { resolve } from '../../vite.config.ts';
import { browserOfProfile, killTree } from '../e2e/rig/processes.ts';
import { randomFrom } from '../e2e/rig/random.ts';
import { figure, median } from './lib/figures.ts';
import { MEMBERS, orderOf } from './lib/store/data.ts';
import type {} from './lib/store/page.ts';

const ROUNDS = Number(process.env.ONSITE_BENCH_ROUNDS ?? 9);
const SAVES = Number(process.env.ONSITE_BENCH_SAVES ?? 200);
/** Waited before each save, as between a person's pauses, ms: what the last one left to tidy is done. */
const PAUSE = 25;
/** Waited when a store was opened for the first time, ms: as a person would who has just pulled so much. */
const TIDYING = 8_000;
/** Saves that are not counted: code that nobody ran yet. */
const WARM_UP = 20;

interface Entrant {
  readonly name: string;
  /** The page's query. */
  readonly query: string;
}
const ALL: readonly Entrant[] = [
  { name: 'Onsite (encrypted, journalled)', query: 'store=onsite' },
  { name: 'raw IndexedDB', query: 'store=raw' },
  { name: 'raw IndexedDB, all rows', query: 'store=raw-rows' },
  { name: 'the least that keeps the promise', query: 'store=least' },
  { name: 'Dexie', query: 'store=dexie' },
  { name: 'RxDB', query: 'store=rxdb' },
  { name: 'PouchDB', query: 'store=pouchdb&strict' },
  { name: 'PouchDB as shipped', query: 'store=pouchdb' },
  { name: 'TinyBase', query: 'store=tinybase&strict' },
  { name: 'TinyBase as shipped', query: 'store=tinybase' },
];
const only = process.env.ONSITE_BENCH_ONLY?.split(',');
const ENTRANTS = ALL.filter(({ query }) => !only || only.some((one) => query.includes(one)));
const [OURS] = ENTRANTS;
/** Fills, saves and opens of this order's typed fact. */
const ORDER = orderOf(4_711).id;

const folder = mkdtempSync(join(tmpdir(), 'onsite-bench-'));
const pages = join(folder, 'page');
const profile = join(folder, 'profile');

const buildPage = () =>
  build({
    configFile: false,
    root: 'test/bench/lib/store',
    base: './',
    logLevel: 'error',
    resolve,
    build: { target: 'chrome114', outDir: pages, chunkSizeWarningLimit: 10_000 },
    worker: { format: 'es' },
  });

const serve = async (): Promise<{ port: number; close: () => void }> => {
  const server = createServer((asked, answer) => {
    const file = pageFile(pages, new URL(asked.url ?? '/', 'http://bench'));
    if (!file || !existsSync(file)) {
      answer.writeHead(404).end();
      return;
    }
    answer.writeHead(200, { 'content-type': typeOfFile(file) });
    createReadStream(file).pipe(answer);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
};

const launch = (): Promise<BrowserContext> =>
  chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-background-networking',
      // Every page is in the background but one; none may be slowed for it.
      '--disable-background-timer-throttling',
      '--disable-renderer-backgrounding',
      '--disable-backgrounding-occluded-windows',
    ],
  });

/** An entrant's page in its own origin, its code loaded. */
const visit = async (context: BrowserContext, { query }: Entrant, port: number): Promise<Page> => {
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(query, error));
  const host = query.replaceAll(/[^a-z]+/g, '-');
  await page.goto(`http://${host}.localhost:${port}/index.html?${query}`);
  await page.waitForFunction(() => window.bench !== undefined);
  return page;
};

/** Bytes that the page's JavaScript holds, garbage collected. */
const memoryOf = async (page: Page): Promise<number> => {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  const heap: Record<string, number> = { ...(await session.send('Runtime.getHeapUsage')) };
  await session.detach();
  return (heap.usedSize ?? NaN) + (heap.backingStorageSize ?? 0);
};

const random = randomFrom(20_261_122);
/** The entrants in another order each time: whoever wrote much must not always stand before the same one. */
const inTurn = (): readonly Entrant[] =>
  ENTRANTS.map((entrant) => ({ entrant, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ entrant }) => entrant);

interface Times {
  readonly opens: number[];
  readonly memory: number[];
  readonly saves: number[];
  readonly pastes: number[];
}

const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
};

const say = (text: string) => console.error(text);

const measure = async (port: number): Promise<ReadonlyMap<Entrant, Times>> => {
  const times = new Map<Entrant, Times>();
  for (const entrant of ENTRANTS) {
    times.set(entrant, { opens: [], memory: [], saves: [], pastes: [] });
    const start = Date.now();
    const context = await launch();
    const page = await visit(context, entrant, port);
    await page.evaluate(() => window.bench?.fill());
    await context.close();
    say(`filled ${entrant.name} in ${Date.now() - start} ms`);
  }

  // The first round is not counted: what the filling left to tidy up is done then.
  for (let round = -1; round < ROUNDS; round += 1) {
    for (const entrant of inTurn()) {
      const context = await launch();
      const page = await visit(context, entrant, port);
      const ms = await page.evaluate(() => window.bench?.openList());
      const bytes = await memoryOf(page);
      if (round >= 0) times.get(entrant)?.opens.push(ms ?? NaN);
      if (round >= 0) times.get(entrant)?.memory.push(bytes);
      else await page.waitForTimeout(TIDYING);
      await context.close();
    }
    say(`cold opens: round ${round + 1} of ${ROUNDS}`);
  }

  let context = await launch();
  const open = new Map<Entrant, Page>();
  for (const entrant of ENTRANTS) {
    const page = await visit(context, entrant, port);
    await page.evaluate(() => window.bench?.openList());
    await page.evaluate((id) => window.bench?.openOrder(id), ORDER);
    open.set(entrant, page);
  }
  for (let save = -WARM_UP; save < SAVES; save += 1) {
    for (const entrant of inTurn()) {
      await new Promise((later) => setTimeout(later, PAUSE));
      const ms = await open
        .get(entrant)
        ?.evaluate(([id, value]) => window.bench?.save(id, value), [
          ORDER,
          `弱电井 ${save}`,
        ] as const);
      if (save >= 0) times.get(entrant)?.saves.push(ms ?? NaN);
    }
  }
  say('saves done');
  for (let paste = -1; paste < ROUNDS; paste += 1) {
    for (const entrant of inTurn()) {
      const ms = await open
        .get(entrant)
        ?.evaluate(([id, which]) => window.bench?.paste(id, which), [ORDER, paste + 1] as const);
      if (paste >= 0) times.get(entrant)?.pastes.push(ms ?? NaN);
    }
  }
  say('pastes done');

  // Nobody may say "on the disk" of what is not.
  const killed = new Promise((resolve) => context.once('close', resolve));
  killTree(browserOfProfile(profile) ?? 0);
  await killed;
  context = await launch();
  for (const entrant of ENTRANTS) {
    const page = await visit(context, entrant, port);
    await page.evaluate(() => window.bench?.openList());
    const kept = await page.evaluate((id) => window.bench?.kept(id), ORDER);
    if (kept?.value !== `弱电井 ${SAVES - 1}` || kept.members !== MEMBERS * (ROUNDS + 1)) {
      throw new Error(`${entrant.name} kept ${JSON.stringify(kept)} behind a kill`);
    }
  }
  await context.close();
  return times;
};

const report = (times: ReadonlyMap<Entrant, Times>): void => {
  const show = (
    what: string,
    unit: 'ms' | 'MB',
    of: (times: Times) => number,
    /** Largest allowed share of ours in a peer's; which peers it holds for. */
    aim?: { limit: number; of: (name: string) => boolean },
  ) => {
    const mine = OURS && times.get(OURS);
    for (const [{ name }, each] of times) figure('store', `${what}: ${name}`, of(each), unit);
    for (const [{ name }, each] of times) {
      if (!mine || each === mine) continue;
      const limit = aim?.of(name) ? { aim: aim.limit } : {};
      figure('store', `${what}: Onsite / ${name}`, of(mine) / of(each), 'ratio', limit);
    }
  };
  const rows = [...times].map(([{ name }, { saves, pastes, opens, memory }]) => ({
    name,
    'save p50 ms': median(saves),
    'save p95 ms': quantile(saves, 0.95),
    'paste ms': median(pastes),
    'cold open ms': median(opens),
    'memory MB': median(memory) / 2 ** 20,
  }));
  for (const { name, ...values } of rows) {
    const cells = Object.entries(values).map(([what, value]) => `${what} ${value.toFixed(1)}`);
    say(`${name.padEnd(32)} ${cells.join('   ')}`);
  }
  const isRaw = (name: string) => name.startsWith('raw');
  show('save of one field, p50', 'ms', ({ saves }) => median(saves));
  show('save of one field, p95', 'ms', ({ saves }) => quantile(saves, 0.95), {
    limit: 1.5,
    of: isRaw,
  });
  show('paste of 1,000 members, median', 'ms', ({ pastes }) => median(pastes));
  show('cold open to 10,000 orders, median', 'ms', ({ opens }) => median(opens), {
    limit: 1,
    of: () => true,
  });
  show('memory with the list open', 'MB', ({ memory }) => median(memory) / 2 ** 20);
};

try {
  await buildPage();
  const { port, close } = await serve();
  report(await measure(port));
  close();
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
