/**
 * What a browser test may do to the sync service: it runs as a real process with its own data folder,
 * behind a proxy that can be cut and can lose answers. These functions run in Node; tests call them
 * through `commands` of `vitest/browser`.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { BrowserCommand } from 'vitest/node';
import type { Role } from '../../../domain/accounts/roles.ts';
import { SERVICE_HEADER } from '../../../domain/sync/wire.ts';
import { askService, readServiceFile } from '../../../server/service/service-file.ts';
import { giveDatabase } from '../../prepared-database.ts';

let data = '';
let service: ChildProcess | null = null;
let target = '';
let proxy: Server | null = null;
let connected = true;
let toLose = { count: 0, path: '' };
let held: { path: string; released: Promise<void>; release: () => void } | null = null;
/** Who answers in place of the service. */
let stranger: 'gateway' | 'sign-in page' | 'redirect' | 'busy' | null = null;
const asked: string[] = [];

const launch = async () => {
  giveDatabase(data);
  const child = spawn(process.execPath, ['--import', 'tsx', 'server/main.ts'], {
    env: { ...process.env, ONSITE_PORT: '0', ONSITE_HOST: '127.0.0.1', ONSITE_DATA: data },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  service = child;
  for await (const line of createInterface({ input: child.stdout })) {
    const ready = /^onsite service ready (\S+)$/.exec(line)?.[1];
    if (ready) {
      target = ready;
      child.stdout.resume();
      return;
    }
  }
  throw new Error('the service ended before it was ready');
};

const kill = async () => {
  if (service?.exitCode !== null || service.signalCode !== null) return;
  const gone = once(service, 'exit');
  service.kill('SIGKILL');
  await gone;
};

const readBody = async (message: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
};

/** The tests' page has an origin that the service does not know, so the proxy lets it in. */
const OPEN = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*',
  'access-control-allow-methods': '*',
};

const answerAs = (who: NonNullable<typeof stranger>, answer: ServerResponse) => {
  const page = { ...OPEN, 'content-type': 'text/html' };
  if (who === 'busy') {
    // The service itself, when it has too much to do.
    const headers = {
      [SERVICE_HEADER]: '1',
      'retry-after': '5',
      'access-control-expose-headers': '*',
    };
    const said = { code: 'busy', message: '服务正忙，应用稍后会自动重试；内容都存在本机' };
    return void answer.writeHead(429, { ...OPEN, ...headers }).end(JSON.stringify(said));
  }
  if (who === 'gateway') answer.writeHead(502, page).end('<h1>502 Bad Gateway</h1>');
  else if (who === 'sign-in page') answer.writeHead(200, page).end('<h1>Welcome to our hotel</h1>');
  else answer.writeHead(302, { ...page, location: '/welcome' }).end();
};

const openProxy = async (): Promise<string> => {
  proxy = createServer(async (incoming, answer) => {
    if (!connected) return void incoming.socket.destroy();
    if (incoming.method === 'OPTIONS') return void answer.writeHead(204, OPEN).end();
    asked.push(`${incoming.method} ${incoming.url}`);
    if (stranger) return void answerAs(stranger, answer);
    const body = await readBody(incoming);
    const { host: _, origin: __, connection: ___, ...headers } = incoming.headers;
    const onward = request(new URL(incoming.url ?? '/', target), {
      method: incoming.method,
      headers,
      agent: false,
    });
    onward.on('error', () => incoming.socket.destroy());
    onward.on('response', async (response) => {
      if (response.headers['content-type'] === 'text/event-stream') {
        answer.writeHead(200, { ...response.headers, ...OPEN });
        return void response.on('error', () => incoming.socket.destroy()).pipe(answer);
      }
      const said = await readBody(response).catch(() => null);
      if (said === null || !connected) return void incoming.socket.destroy();
      if (toLose.count > 0 && incoming.url?.startsWith(toLose.path)) {
        toLose.count -= 1;
        return void incoming.socket.destroy();
      }
      if (held && incoming.url?.startsWith(held.path)) await held.released;
      const { connection: ____, 'transfer-encoding': _____, ...kept } = response.headers;
      answer.writeHead(response.statusCode ?? 500, { ...kept, ...OPEN }).end(said);
    });
    onward.end(body);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
};

const startService: BrowserCommand<[]> = async (): Promise<string> => {
  data = await mkdtemp(join(tmpdir(), 'onsite-service-'));
  await launch();
  return openProxy();
};

const stopService: BrowserCommand<[]> = async (): Promise<void> => {
  await kill();
  proxy?.close();
  proxy?.closeAllConnections();
  await rm(data, { recursive: true, force: true });
};

/** SIGKILL, and a new start on the same data or (`lost`) on none. */
const restartService: BrowserCommand<[kept: 'kept' | 'lost']> = async (_, kept): Promise<void> => {
  await kill();
  if (kept === 'lost') await rm(data, { recursive: true, force: true });
  await launch();
};

const enrolmentCode: BrowserCommand<[owner: string, role?: Role]> = async (
  _,
  owner,
  role = 'installer',
): Promise<string> => {
  const file = await readServiceFile(data);
  if (!file) throw new Error('no service runs');
  // Each installer has a team of his own.
  const organisation = ['样例省公司', '样例分公司', ...(role === 'installer' ? [owner] : [])];
  const request = { owner, role, organisation };
  const { code } = await (await askService(file, '/admin/codes', request)).json();
  return code;
};

const setConnected: BrowserCommand<[boolean]> = async (_, value): Promise<void> => {
  connected = value;
  if (!value) proxy?.closeAllConnections();
};

/** Has somebody on the way answer in place of the service, or (null) nobody any more. */
const impersonate: BrowserCommand<[typeof stranger]> = async (_, who): Promise<void> => {
  stranger = who;
};

/** Lets the next requests under a path reach the service, but not their answers the device. */
const loseAnswers: BrowserCommand<[number, string?]> = async (
  _,
  count,
  path = '',
): Promise<void> => {
  toLose = { count, path };
};

/** Keeps answers under a path back, or (null) lets all of them go. */
const holdAnswers: BrowserCommand<[string | null]> = async (_, path): Promise<void> => {
  held?.release();
  held = null;
  if (path === null) return;
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  held = { path, released, release };
};

/** What was asked of the service since the last call: `POST /sync/push`, … */
const takeRequests: BrowserCommand<[]> = async (): Promise<string[]> => asked.splice(0);

export const serviceCommands = {
  startService,
  stopService,
  restartService,
  enrolmentCode,
  setConnected,
  loseAnswers,
  holdAnswers,
  impersonate,
  takeRequests,
};

declare module 'vitest/browser' {
  interface BrowserCommands {
    startService(): Promise<string>;
    stopService(): Promise<void>;
    restartService(kept: 'kept' | 'lost'): Promise<void>;
    enrolmentCode(owner: string, role?: Role): Promise<string>;
    setConnected(value: boolean): Promise<void>;
    loseAnswers(count: number, path?: string): Promise<void>;
    holdAnswers(path: string | null): Promise<void>;
    impersonate(who: typeof stranger): Promise<void>;
    takeRequests(): Promise<string[]>;
  }
}
