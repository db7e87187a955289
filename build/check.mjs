/** `npm run check`: types, lint, format and the layer rules, at once. */
import { spawn } from 'node:child_process';
import { ensureModules } from './modules.mjs';
import { ROOT } from './steps.mjs';

ensureModules();
const bin = (name) =>
  `${ROOT}/node_modules/.bin/${name}${process.platform === 'win32' ? '.cmd' : ''}`;
const run = (name, ...args) =>
  new Promise((resolve) => {
    const options = { cwd: ROOT, stdio: 'inherit', shell: process.platform === 'win32' };
    spawn(bin(name), args, options).once('exit', (code) => resolve(code ?? 1));
  });
const codes = await Promise.all([run('biome', 'ci', '.'), run('tsc', '-p', 'domain'), run('tsc')]);
const failed = codes.filter((code) => code !== 0).length;
console.log(failed === 0 ? '检查通过' : `${failed} 项检查没有通过`);
process.exit(failed === 0 ? 0 : 1);
