/** What every script here shares: saying what happens, failing clearly, running a program. */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
export const isRoot = process.getuid?.() === 0;

/** Progress goes to stderr: stdout belongs to what a script was asked for. */
export const say = (text) => process.stderr.write(`[onsite] ${text}\n`);

/** Ends the script: what went wrong, then what to do. */
export const fail = (what, ...whatToDo) => {
  say(`失败：${what}`);
  for (const line of whatToDo) say(line);
  process.exit(1);
};

/** Runs a program with its output on stderr; returns its exit code. */
export const run = (program, args, options = {}) => {
  const { status, error } = spawnSync(program, args, {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && program === 'npm',
    ...options,
  });
  if (error) say(`${program}: ${error.message}`);
  return status ?? 1;
};

/** The same beside others. */
export const runBeside = (program, args, options = {}) =>
  new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 2, 2], ...options });
    child.once('error', (error) => {
      say(`${program}: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });

/**
 * Starts a program that keeps running, in a process group of its own: Ctrl+C in the terminal then
 * reaches this script only, and it stops the others in the right order.
 */
export const launch = (program, args, options = {}) =>
  spawn(program, args, { cwd: ROOT, detached: process.platform !== 'win32', ...options });

/** Stops what `launch` started, with everything it started itself; by force after 5 s. */
export const stop = async (child) => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const signal = (name) => {
    try {
      if (process.platform === 'win32') child.kill(name);
      else process.kill(-child.pid, name);
    } catch {
      // Already gone.
    }
  };
  const ended = new Promise((resolve) => child.once('exit', resolve));
  signal('SIGTERM');
  const force = setTimeout(() => signal('SIGKILL'), 5_000);
  await ended;
  clearTimeout(force);
};

/** Time of the newest file in the given files and folders, ms; 0 when there is none. */
export const newest = (...paths) => {
  let time = 0;
  for (const path of paths) {
    const found = statSync(join(ROOT, path), { throwIfNoEntry: false });
    if (found === undefined) continue;
    if (!found.isDirectory()) time = Math.max(time, found.mtimeMs);
    else
      for (const name of readdirSync(join(ROOT, path)))
        time = Math.max(time, newest(join(path, name)));
  }
  return time;
};

export const exists = (path) => statSync(join(ROOT, path), { throwIfNoEntry: false }) !== undefined;
