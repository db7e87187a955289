import { createInterface } from 'node:readline';
import { launch, say } from './steps.mjs';

/**
 * Starts the sync service and waits until it is ready.
 *
 * @param env more environment for it
 * @returns the process, its address and, of the trial's people by role, a one-time code for a device
 *   and the user name and password; null when it ended before it was ready (it has said why)
 */
export const startService = (env = {}) =>
  new Promise((resolve) => {
    const child = launch(process.execPath, ['--import', 'tsx', 'server/main.ts'], {
      env: { ...process.env, ONSITE_DEMO: '1', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const codes = {};
    const accounts = {};
    child.once('exit', () => resolve(null));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, role, code] = /^enrolment (\w+) (\S+)$/.exec(line) ?? [];
      const [, url] = /^onsite service ready (\S+)$/.exec(line) ?? [];
      const [, who, username, password] = /^account (\w+) (\S+) (\S+)$/.exec(line) ?? [];
      if (role) codes[role] = code;
      else if (who) accounts[who] = { username, password };
      else if (url) resolve({ child, url, codes, accounts });
      else say(line);
    });
  });
