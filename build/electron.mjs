import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { electronRuntime, runtimeFits } from './electron-runtime.mjs';
import { fail, ROOT, run, say } from './steps.mjs';

const PACKAGE = join(ROOT, 'node_modules', 'electron');
const REFUSED = join(ROOT, 'node_modules', '.onsite-no-electron-download');
const DAY = 24 * 60 * 60 * 1000;

const own = () => {
  try {
    const path = join(PACKAGE, 'dist', readFileSync(join(PACKAGE, 'path.txt'), 'utf8'));
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
};

/** Whether the download failed within the last day: not worth the wait at every start. */
const refusedLately = () =>
  Date.now() - (statSync(REFUSED, { throwIfNoEntry: false })?.mtimeMs ?? 0) < DAY;

/**
 * The Electron to run: the current one, downloaded when it can be; else, on Linux x64, the runtime
 * from the package registry.
 */
export const electronBinary = () => {
  const found = own();
  if (found) return found;
  if (!refusedLately()) {
    say('正在下载 Electron…');
    const quiet = { stdio: 'ignore', timeout: 300_000 };
    if (run(process.execPath, [join(PACKAGE, 'install.js')], quiet) === 0 && own()) return own();
    writeFileSync(REFUSED, '');
    if (!runtimeFits()) {
      fail(
        'Electron 下载不了。',
        '请检查网络后运行 npx install-electron，或运行 npm run web 在浏览器里使用。',
      );
    }
    say('Electron 下载不了，改用软件包里的运行环境。');
  }
  return join(electronRuntime(), 'electron');
};
