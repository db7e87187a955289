/**
 * A CUPS of the test's own with one virtual printer (cups-pdf): its own folder and socket, so that
 * nothing of the machine's print system is touched. The printer's paper is PDF files.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const CUPSD = '/usr/sbin/cupsd';
const PPD = '/usr/share/ppd/cups-pdf/CUPS-PDF_noopt.ppd';
/** Where cups-pdf puts what root prints, whatever HOME says; it takes no other place from a test. */
const OUTPUT = join(userInfo().homedir, 'PDF');

/** Why CUPS cannot run here; null when it can. */
export const whyNoCups = (): string | null => {
  if (process.platform !== 'linux') return 'CUPS with cups-pdf is for Linux';
  if (process.getuid?.() !== 0) return 'cups-pdf prints as root only';
  const missing = [CUPSD, PPD, '/usr/lib/cups/backend/cups-pdf', '/usr/bin/gs'].filter(
    (file) => !existsSync(file),
  );
  return missing.length > 0 ? `${missing.join(', ')} not installed` : null;
};

export interface Cups {
  readonly printer: string;
  /** `CUPS_SERVER` for everything that prints. */
  readonly server: string;
  /** Files that came out since the printer was made. */
  printed(): string[];
  /** Runs one of CUPS' own commands on this CUPS. */
  run(program: string, ...args: string[]): string;
  stop(): Promise<void>;
}

export const startCups = async (): Promise<Cups> => {
  // Not in a test's own folder, which only root may enter: the filters run as another user.
  const folder = mkdtempSync(join(tmpdir(), 'onsite-cups-'));
  const server = join(folder, 'cups.sock');
  const at = (name: string) => join(folder, name);
  for (const name of ['root/ppd', 'cache', 'spool', 'state', 'log', 'tmp']) {
    mkdirSync(at(name), { recursive: true });
  }
  chmodSync(at('tmp'), 0o1777);
  for (const name of ['', 'root', 'root/ppd', 'cache', 'spool', 'state'])
    chmodSync(at(name), 0o755);
  writeFileSync(
    at('cups-files.conf'),
    `ServerRoot ${at('root')}\nCacheDir ${at('cache')}\nRequestRoot ${at('spool')}\nStateDir ${at('state')}\nTempDir ${at('tmp')}\nErrorLog ${at('log/error')}\nAccessLog ${at('log/access')}\nPageLog ${at('log/page')}\nServerKeychain ${at('root/ssl')}\nSystemGroup root lpadmin\n`,
  );
  writeFileSync(
    at('cupsd.conf'),
    `LogLevel info\nListen ${server}\nBrowsing No\nWebInterface No\nDefaultAuthType None\n<Location />\nOrder allow,deny\nAllow all\n</Location>\n<Policy default>\n<Limit All>\nOrder allow,deny\nAllow all\n</Limit>\n</Policy>\n`,
  );
  const daemon = spawn(CUPSD, ['-f', '-c', at('cupsd.conf'), '-s', at('cups-files.conf')], {
    stdio: 'ignore',
  });
  const env = { ...process.env, CUPS_SERVER: server, LC_ALL: 'C' };
  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
  const outputs = () => (existsSync(OUTPUT) ? readdirSync(OUTPUT) : []);
  const hadFolder = existsSync(OUTPUT);
  const before = new Set(outputs());
  const printed = () =>
    outputs()
      .filter((name) => !before.has(name))
      .map((name) => join(OUTPUT, name));
  const stop = async () => {
    await ended(daemon);
    for (const file of printed()) rmSync(file);
    rmSync(folder, { recursive: true, force: true });
    if (!hadFolder) rmSync(OUTPUT, { recursive: true, force: true });
  };
  try {
    await answering(() => run('lpstat', '-r').includes('is running'));
    const printer = 'Onsite-Test';
    run('lpadmin', '-p', printer, '-E', '-v', 'cups-pdf:/', '-P', PPD);
    return { printer, server, printed, run, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const answering = async (answers: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 100; tries++) {
    try {
      if (answers()) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('cupsd did not answer in 10 s');
};

const ended = (daemon: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (daemon.exitCode !== null) return resolve();
    daemon.once('exit', () => resolve());
    daemon.kill();
  });
