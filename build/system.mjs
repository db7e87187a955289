import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fail, isRoot, run, say } from './steps.mjs';

const output = (program, args) => {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return '';
  }
};

const onPath = (name) =>
  (process.env.PATH ?? '').split(':').some((p) => existsSync(`${p}/${name}`));

/** Debian package for each shared library of Electron that a bare machine lacks. */
const LIBRARIES = {
  'libgtk-3.so.0': 'libgtk-3-0',
  'libnss3.so': 'libnss3',
  'libnspr4.so': 'libnspr4',
  'libasound.so.2': 'libasound2',
  'libgbm.so.1': 'libgbm1',
  'libdrm.so.2': 'libdrm2',
  'libcups.so.2': 'libcups2',
  'libatk-1.0.so.0': 'libatk1.0-0',
  'libatk-bridge-2.0.so.0': 'libatk-bridge2.0-0',
  'libatspi.so.0': 'libatspi2.0-0',
  'libxss.so.1': 'libxss1',
  'libXcomposite.so.1': 'libxcomposite1',
  'libXdamage.so.1': 'libxdamage1',
  'libXfixes.so.3': 'libxfixes3',
  'libXrandr.so.2': 'libxrandr2',
  'libxkbcommon.so.0': 'libxkbcommon0',
  'libpango-1.0.so.0': 'libpango-1.0-0',
  'libcairo.so.2': 'libcairo2',
  'libdbus-1.so.3': 'libdbus-1-3',
  'libexpat.so.1': 'libexpat1',
};

/** Packages for the shared libraries that the given program does not find. */
export const missingLibraries = (program) => {
  if (process.platform !== 'linux') return [];
  const missing = [...output('ldd', [program]).matchAll(/^\s*(\S+) => not found/gm)];
  return missing.map(([, name]) => LIBRARIES[name] ?? name);
};

/** Whether a Chinese face is there: without one every screen and screenshot is boxes. */
const hasChineseFont = () => output('fc-list', [':lang=zh-cn', 'family']).trim() !== '';

/** What the tests need beside Node: a browser, a screen, PDF tools, a Chinese face, PostgreSQL, a printer. */
export const missingTools = () => [
  ...(onPath('chromium') || process.env.CHROMIUM ? [] : ['chromium']),
  ...(onPath('Xvfb') && onPath('xvfb-run') ? [] : ['xvfb', 'xauth']),
  ...(onPath('pdftotext') && onPath('pdftoppm') ? [] : ['poppler-utils']),
  ...(hasChineseFont() ? [] : ['fontconfig', 'fonts-noto-cjk']),
  ...(existsSync('/usr/lib/postgresql') ? [] : ['postgresql']),
  // A virtual printer; a user other than root could not run it, and those tests say so.
  ...(!isRoot || existsSync('/usr/lib/cups/backend/cups-pdf')
    ? []
    : ['cups', 'printer-driver-cups-pdf', 'ghostscript']),
];

/**
 * Installs Debian packages: as root at once; otherwise the one command to run is named.
 *
 * @param required whether to stop when they cannot be installed
 */
export const ensurePackages = (packages, { required = true } = {}) => {
  const wanted = [...new Set(packages)];
  if (wanted.length === 0) return;
  const command = `apt-get update && apt-get install -y --no-install-recommends ${wanted.join(' ')}`;
  if (process.platform === 'linux' && isRoot && onPath('apt-get')) {
    say(`正在安装系统软件包：${wanted.join(' ')}…`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    if (run('sh', ['-c', `(${command}) >/dev/null`], { env }) === 0) return;
  }
  const todo = `请先运行：sudo sh -c '${command}'`;
  if (required) fail(`缺少系统软件包：${wanted.join(' ')}`, todo);
  say(todo);
};
