import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { giveDatabase } from '../../prepared-database.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/**
 * @param preload a module to load before the script, with which the test can exchange messages
 * @param isFirst whether the service makes folder and database itself, as at its first start on a machine
 */
interface Options {
  readonly preload?: string;
  readonly isFirst?: boolean;
}

/** A script of ours as a process of its own; no wrapper around it, so a kill hits it. */
export function runScript(
  script: string,
  args: readonly string[],
  env: Record<string, string>,
  { preload }: Options = {},
) {
  const modules = ['tsx', ...(preload ? [preload] : [])].flatMap((module) => ['--import', module]);
  const child = spawn(process.execPath, [...modules, script, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...(preload ? ['ipc' as const] : [])],
  });
  if (!child.stdout || !child.stderr) throw new Error('a process without pipes');
  let out = '';
  let error = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    error += text;
  });
  const ended: Promise<Ended> = once(child, 'close').then(([code]) => ({ code, out, error }));
  return { child, ended, printed: () => out };
}

/** The service as a process on a data folder; resolves when it says that it is ready. */
export async function startProcess(
  data: string,
  env: Record<string, string> = {},
  options: Options = {},
) {
  if (!env.DATABASE_URL && !options.isFirst) giveDatabase(data);
  const own = { ONSITE_PORT: '0', ONSITE_DATA: data, DATABASE_URL: '', ...env };
  const { child, ended, printed } = runScript('server/main.ts', [], own, options);
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', () => {
      const ready = /^onsite service ready (http:\S+)$/m.exec(printed())?.[1];
      if (ready) resolve(ready);
    });
    ended.then(({ error }) => reject(new Error(`the service ended: ${error}`)));
  });
  return { url, child, ended, printed };
}

export async function kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL') {
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
