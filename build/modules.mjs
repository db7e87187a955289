import { fail, newest, run, say } from './steps.mjs';

/** Installs node_modules when absent or older than the lock. */
export const ensureModules = () => {
  const installed = newest('node_modules/.package-lock.json');
  if (installed > 0 && installed >= newest('package-lock.json')) return;
  say('正在安装依赖（npm ci）…');
  // Electron's own download has its place later: it may fail where a runtime can still be had.
  const env = { ...process.env, ELECTRON_SKIP_BINARY_DOWNLOAD: '1' };
  if (run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { env }) !== 0) {
    fail('依赖没有装好。', '请检查网络和 npm 软件源，然后再试一次。');
  }
};
