/** `npm run bench [-- NAME …]`: runs test/bench/NAME.{mjs,ts}, all of them without a name. */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, parse } from 'node:path';
import { ensureModules } from './modules.mjs';
import { ensureBuilt } from './sources.mjs';
import { fail, ROOT, say } from './steps.mjs';

const FOLDER = join(ROOT, 'test', 'bench');
const files = existsSync(FOLDER)
  ? readdirSync(FOLDER)
      .filter((f) => /\.(mjs|ts)$/.test(f))
      .sort()
  : [];
const names = process.argv.slice(2);
const unknown = names.filter((name) => !files.some((file) => parse(file).name === name));
if (unknown.length > 0) {
  fail(
    `没有叫 ${unknown.join('、')} 的测量。`,
    `可以选：${files.map((f) => parse(f).name).join('、')}`,
  );
}

ensureModules();
ensureBuilt();
const { DISPLAY, WAYLAND_DISPLAY } = process.env;
const noDisplay = process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY;
const screen = noDisplay ? ['xvfb-run', '-a'] : [];
let worst = 0;
for (const file of files) {
  if (names.length > 0 && !names.includes(parse(file).name)) continue;
  say(`测量 ${parse(file).name}…`);
  // The figures are on stdout, one JSON line each; everything else is on stderr.
  const command = [...screen, process.execPath, '--import', 'tsx', join(FOLDER, file)];
  const { status } = spawnSync(command[0], command.slice(1), {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  worst = Math.max(worst, status ?? 1);
}
process.exit(worst);
