import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, newest, ROOT, run, say } from './steps.mjs';

const STAMP = join(ROOT, 'node_modules', '.onsite-lock');

const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** Whether node_modules was installed from this lock: by its hash, else by its age. */
const isInstalled = (lock) => {
  const installed = newest('node_modules/.package-lock.json');
  if (installed === 0) return false;
  const stamp = read(STAMP);
  return stamp === '' ? installed >= newest('package-lock.json') : stamp === lock;
};

/** Installs node_modules when absent or made from another lock. */
export const ensureModules = () => {
  const lock = createHash('sha256')
    .update(read(join(ROOT, 'package-lock.json')))
    .digest('hex');
  if (isInstalled(lock)) return;
  say('正在安装依赖（npm install）…');
  // Electron's own download has its place later: it may fail where a runtime can still be had.
  const env = { ...process.env, ELECTRON_SKIP_BINARY_DOWNLOAD: '1' };
  // Not `npm ci`: it refuses everything when a mirror lacks an optional package of some other
  // platform. This installs the lock's versions too, and leaves the lock as it is.
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  if (run('npm', args, { env }) !== 0) {
    fail('依赖没有装好。', '请检查网络和 npm 软件源，然后再试一次。');
  }
  writeFileSync(STAMP, lock);
};
