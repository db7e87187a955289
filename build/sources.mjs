import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fail, newest, ROOT, run, say } from './steps.mjs';

const PAGE = ['renderer', 'domain', 'assets', 'vite.config.ts', 'package-lock.json'];
const SHELL = ['electron', 'domain', 'build/bundle.mjs', 'package-lock.json'];

const step = (what, args) => {
  if (run(process.execPath, args) !== 0) fail(`${what}没有构建成功，原因见上。`);
};

/** Builds the page and the shell where the sources are newer than what was built from them. */
export const ensureBuilt = ({ always = false } = {}) => {
  if (always || newest('dist/renderer/index.html') < newest(...PAGE)) {
    say('正在构建界面…');
    step('界面', ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'error']);
  }
  if (always || newest('dist/electron/preload.cjs') < newest(...SHELL)) {
    say('正在构建桌面程序…');
    rmSync(join(ROOT, 'dist/electron'), { recursive: true, force: true });
    step('桌面程序', ['build/bundle.mjs']);
  }
};
