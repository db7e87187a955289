/**
 * One engine in a process of its own: `draw.ts ENGINE FOLDER DISTINCT RUNS`. Cold is from before the
 * engine is loaded, warm the median of the runs after it. Writes the last PDF to FOLDER/out.pdf and
 * prints one JSON line.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENGINES } from './engines.ts';
import { median } from './figures.ts';
import { tenPages } from './ten-pages.ts';

export interface Drawn {
  readonly cold: number;
  readonly warm: number;
  readonly bytes: number;
  /** MB, of this process and all it started. */
  readonly peak: number;
}

/** Largest resident memory so far of the processes that this one started, kB. */
const peakOfChildren = (): number => {
  const status = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/status`, 'utf8');
    } catch {
      return ''; // it has ended meanwhile
    }
  };
  const field = (text: string, name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  const processes = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((pid) => [Number(pid), status(pid)]),
  );
  const isOurs = (pid: number): boolean => {
    const parent = field(processes.get(pid) ?? '', 'PPid');
    return parent === process.pid || (parent > 1 && isOurs(parent));
  };
  return [...processes]
    .filter(([pid]) => isOurs(pid))
    .reduce((sum, [, text]) => sum + field(text, 'VmHWM'), 0);
};

const [name = '', folder = '', distinct = '0', runs = '5'] = process.argv.slice(2);
const start = ENGINES[name];
if (!start) throw new Error(`no engine ${name}`);
const pages = tenPages(Number(distinct));

const began = performance.now();
const engine = await start(folder);
let pdf = await engine.draw(pages);
const cold = performance.now() - began;
const times: number[] = [];
for (let run = 0; run < Number(runs); run++) {
  const before = performance.now();
  pdf = await engine.draw(pages);
  times.push(performance.now() - before);
}
const peak = (process.resourceUsage().maxRSS + peakOfChildren()) / 1024;
await engine.close?.();
writeFileSync(join(folder, 'out.pdf'), pdf);
const drawn: Drawn = { cold, warm: median(times), bytes: pdf.length, peak };
console.log(JSON.stringify(drawn));
process.exit(0);
