import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

const DEBIAN = '/usr/lib/postgresql';

/** Debian's newest PostgreSQL binaries, or null. */
function binaries(): string | null {
  const versions = existsSync(DEBIAN)
    ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a))
    : [];
  return (
    versions
      .map((version) => join(DEBIAN, version, 'bin'))
      .find((bin) => existsSync(join(bin, 'initdb'))) ?? null
  );
}

/** PostgreSQL refuses to run as root; Debian's package brings a user for it. */
function user(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

const bin = binaries();
/** Why the tests on a real PostgreSQL cannot run here, or null. */
export const NO_POSTGRES =
  bin === null ? `no PostgreSQL binaries in ${DEBIAN} (apt-get install postgresql)` : null;
if (NO_POSTGRES) console.warn(`skipped on PostgreSQL: ${NO_POSTGRES}`);

/** Runs a program that comes with PostgreSQL, such as `pg_dump`. */
export const runPostgres = (program: string, ...args: string[]): void => {
  execFileSync(join(bin ?? '', program), args, { stdio: ['ignore', 'ignore', 'inherit'] });
};

/**
 * Starts a new cluster of its own, on a socket in a temporary folder.
 *
 * @param durable whether it flushes what it commits, which tests need not wait for
 */
export async function startPostgres({
  durable = false,
} = {}): Promise<{ url: string; stop(): Promise<void> }> {
  if (bin === null) throw new Error(NO_POSTGRES ?? '');
  const folder = mkdtempSync(join(tmpdir(), 'onsite-pg-'));
  const owner = user();
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const options = { ...owner, cwd: folder, stdio: 'ignore' } as const;
  const data = join(folder, 'data');
  const init = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'];
  execFileSync(join(bin, 'initdb'), init, options);
  const settings = ['-c', 'listen_addresses=', '-c', `fsync=${durable ? 'on' : 'off'}`];
  const server = spawn(join(bin, 'postgres'), ['-D', data, '-k', folder, ...settings], options);
  const url = `postgres://postgres@localhost/postgres?host=${folder}`;
  await untilReady(url);
  return {
    url,
    async stop() {
      const ended = once(server, 'exit');
      server.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

async function untilReady(url: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const client = new pg.Client(url);
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
