/**
 * How fast and how small the documents are: the same ten Chinese pages by our writer and its peers,
 * each in a process of its own, one after the other, all with their text checked by poppler; then
 * the whole file of an order, and 4,000 different characters.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Drawn } from './lib/draw.ts';
import { ENGINES } from './lib/engines.ts';
import { figure } from './lib/figures.ts';
import { tenPages, textOf } from './lib/ten-pages.ts';

const RUNS = 7;
const BENCH = 'documents';

const isDrawn = (value: unknown): value is Drawn =>
  typeof value === 'object' && value !== null && 'cold' in value && 'peak' in value;

/** Runs a script of `lib/` and gives what it measured. */
const measured = (script: string, ...args: string[]): Drawn => {
  const out = execFileSync(
    process.execPath,
    ['--import', 'tsx', `test/bench/lib/${script}`, ...args],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], timeout: 300_000 },
  );
  const read: unknown = JSON.parse(out.trim().split('\n').at(-1) ?? '');
  if (!isDrawn(read)) throw new Error(`${script} ${args.join(' ')}: ${out}`);
  return read;
};

/** Throws when a PDF does not say exactly what it should, or has another number of pages. */
const checkText = (engine: string, path: string, distinct: number): void => {
  const pages = tenPages(distinct);
  const raw = execFileSync('pdftotext', ['-raw', path, '-'], { encoding: 'utf8', maxBuffer: 1e8 });
  const count = (raw.match(/\f/g) ?? []).length;
  if (count !== pages.length) throw new Error(`${engine}: ${count} pages`);
  const [said, wanted] = [raw.replace(/\s/g, ''), textOf(pages)];
  if (said === wanted) return;
  const at = [...wanted].findIndex((character, index) => [...said][index] !== character);
  throw new Error(`${engine}: “${said.slice(at, at + 20)}” for “${wanted.slice(at, at + 20)}”`);
};

const report = (name: string, drawn: Drawn, limits: { ms?: number; bytes?: number } = {}): void => {
  figure(BENCH, `${name}, cold`, drawn.cold, 'ms');
  figure(BENCH, `${name}, warm`, drawn.warm, 'ms', {
    runs: RUNS,
    ...(limits.ms ? { limit: limits.ms } : {}),
  });
  figure(BENCH, `${name}, size`, drawn.bytes, 'bytes', limits.bytes ? { limit: limits.bytes } : {});
  figure(BENCH, `${name}, peak memory`, drawn.peak, 'MB');
};

const folder = mkdtempSync(join(tmpdir(), 'onsite-bench-'));
try {
  const results = new Map<string, Drawn>();
  for (const engine of Object.keys(ENGINES)) {
    const drawn = measured('draw.ts', engine, folder, '0', String(RUNS));
    checkText(engine, join(folder, 'out.pdf'), 0);
    results.set(engine, drawn);
    report(`ten pages, ${engine}`, drawn);
  }
  const ours = results.get('onsite');
  for (const [engine, peer] of results) {
    if (!ours || peer === ours) continue;
    for (const key of ['cold', 'warm', 'bytes', 'peak'] as const) {
      figure(BENCH, `ten pages, onsite / ${engine}, ${key}`, ours[key] / peer[key], 'ratio');
    }
  }

  const many = measured('draw.ts', 'onsite', folder, '4000', String(RUNS));
  checkText('onsite', join(folder, 'out.pdf'), 4_000);
  report('4,000 characters, onsite', many, { ms: 2_000 });

  report('whole file, 21 lines, 128 members', measured('draw-file.ts', String(RUNS)), {
    ms: 250,
    bytes: 300_000,
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
