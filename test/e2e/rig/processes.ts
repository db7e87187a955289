import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';

/** Parent of each running process, from /proc. */
const parents = (): Map<number, number> => {
  const found = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The command in parentheses may hold anything; the parent is the second field behind it.
      found.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // Ended meanwhile.
    }
  }
  return found;
};

/** A process and everything below it. */
const treeOf = (root: number): number[] => {
  const parent = parents();
  const tree = [root];
  for (const pid of tree) for (const [child, of] of parent) if (of === pid) tree.push(child);
  return tree;
};

const killAll = (pids: readonly number[]): void => {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Already gone.
    }
  }
};

/** Kills a process and everything below it at once, as a power cut would. */
export const killTree = (root: number): void => killAll(treeOf(root));

/** What of an app dies first: all of it as in a power cut, its main process, or its pages. */
export type Victim = 'tree' | 'main' | 'renderer';
export const VICTIMS = ['tree', 'main', 'renderer'] as const satisfies readonly Victim[];

const argumentsOf = (pid: number): string[] => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
};

/** ms that what is left of an app goes on before it dies too. */
const LEFT_ALONE = 250;

/** Kills one part of an app, and a moment later the rest of it. */
export const killPart = async (root: number, victim: Victim): Promise<void> => {
  const tree = treeOf(root);
  if (victim === 'main') killAll([root]);
  if (victim === 'renderer') {
    killAll(tree.filter((pid) => argumentsOf(pid).includes('--type=renderer')));
  }
  if (victim !== 'tree') await new Promise((resolve) => setTimeout(resolve, LEFT_ALONE));
  killAll([...tree, ...treeOf(root)]);
};

/** The browser's main process that runs on a profile folder. */
export const browserOfProfile = (profile: string): number | null => {
  for (const pid of parents().keys()) {
    const args = argumentsOf(pid);
    const mine = args.includes(`--user-data-dir=${profile}`);
    if (mine && !args.some((arg) => arg.startsWith('--type='))) return pid;
  }
  return null;
};

/**
 * A port of this machine that nobody uses now, nor takes by chance before the service does: it lies
 * below those that the system gives to outgoing connections.
 */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(10_000, 32_768);
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch {
      continue;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
};

/** What a promise gives, or an error that names what was waited for. */
export const within = async <T>(ms: number, what: string, promise: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took longer than ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
};
