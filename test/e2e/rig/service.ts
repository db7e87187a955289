import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { Role } from '../../../domain/accounts/roles.ts';
import { enrolAnswerSchema } from '../../../domain/accounts/wire.ts';
import { createPglite } from '../../../server/store/pglite.ts';
import { giveDatabase } from '../../prepared-database.ts';
import { killTree, within } from './processes.ts';

/** The real sync service as a process, on a port of its own and an empty data folder. */
export interface ServiceRig {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** What the `onsite` command prints, run beside the service. */
  onsite(...args: string[]): Promise<string>;
  /** A new one-time code, from the command line. */
  enrolmentCode(role: Role): Promise<string>;
  /** The id of the device that a person of this role has enrolled. */
  deviceOf(role: Role): Promise<string>;
  /** What the service answers to an enrolled reviewer, as JSON. */
  office<T>(path: string): Promise<T>;
  officeBytes(path: string): Promise<Uint8Array>;
  /** All values that a field was ever given, in the order in which the service took them; stops it. */
  valuesOf(field: string): Promise<readonly unknown[]>;
}

const OWNERS: Readonly<Record<Role, string>> = {
  installer: '样例装维',
  reviewer: '样例审核',
  administrator: '样例管理',
};

export const createServiceRig = (data: string, port: number): ServiceRig => {
  const url = `http://127.0.0.1:${port}`;
  const env = {
    ...process.env,
    ONSITE_DATA: data,
    ONSITE_PORT: String(port),
    ONSITE_WEB: join(process.cwd(), 'dist/renderer'),
    DATABASE_URL: '',
  };
  let child: ChildProcess | null = null;
  let token: string | null = null;

  const start = async () => {
    if (child) return;
    giveDatabase(data);
    const started = spawn(process.execPath, ['--import', 'tsx', 'server/main.ts'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = started;
    const ready = new Promise<void>((resolve, reject) => {
      started.once('exit', (code) => reject(new Error(`the service ended with ${code}`)));
      createInterface({ input: started.stdout }).on('line', (line) => {
        if (line.startsWith('onsite service ready')) resolve();
      });
    });
    await within(240_000, 'starting the service', ready);
  };

  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    const ending = child;
    child = null;
    if (!ending?.pid || ending.exitCode !== null || ending.signalCode !== null) return;
    const ended = once(ending, 'exit');
    if (signal === 'SIGKILL') killTree(ending.pid);
    else ending.kill(signal);
    await within(30_000, 'stopping the service', ended);
  };

  const onsite = async (...args: string[]) => {
    const command = ['--import', 'tsx', 'server/cli.ts', ...args];
    const { stdout } = await promisify(execFile)(process.execPath, command, { env });
    return stdout.trim();
  };
  const enrolmentCode = (role: Role) => onsite('enrol', '--owner', OWNERS[role], '--role', role);

  const ask = async (path: string): Promise<Response> => {
    if (token === null) {
      const request = { code: await enrolmentCode('reviewer'), device: uuidv7(), name: '后台' };
      const answer = await fetch(`${url}/enrol`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
      });
      token = enrolAnswerSchema.parse(await answer.json()).token;
    }
    const answer = await fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  };

  return {
    url,
    start,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    onsite,
    enrolmentCode,
    deviceOf: async (role) => {
      const lines = (await onsite('devices')).split('\n').map((line) => line.split('\t'));
      const [device] = lines.find(([, owner]) => owner === OWNERS[role]) ?? [];
      if (!device) throw new Error(`no device of ${OWNERS[role]}`);
      return device;
    },
    // The caller names the shape: `domain/sync/wire.ts` has it.
    office: async <T>(path: string) => z.custom<T>().parse(await (await ask(path)).json()),
    officeBytes: async (path) => new Uint8Array(await (await ask(path)).arrayBuffer()),
    valuesOf: async (field) => {
      await end('SIGTERM');
      const database = await createPglite(join(data, 'pglite'));
      const log = 'select value from changes where field = $1 order by seq';
      const { rows } = await database.query<{ value: string }>(log, [field]);
      await database.close();
      return rows.map(({ value }) => JSON.parse(value));
    },
  };
};
