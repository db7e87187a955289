/**
 * `npm run --silent onsite -- …`: the command line, also on a fresh clone. Progress goes to stderr;
 * stdout carries only the command's own answer.
 */
import { spawnSync } from 'node:child_process';
import { ensureModules } from './modules.mjs';
import { ROOT } from './steps.mjs';

ensureModules();
const { status } = spawnSync(
  process.execPath,
  [
    '--import',
    new URL('../node_modules/tsx/dist/loader.mjs', import.meta.url).href,
    `${ROOT}/server/cli.ts`,
    ...process.argv.slice(2),
  ],
  // npm runs scripts in the package's folder; the paths given are meant from where the person is.
  { stdio: 'inherit', cwd: process.env.INIT_CWD ?? process.cwd() },
);
process.exit(status ?? 1);
