import { once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { SERVICE_HEADER } from '../../domain/sync/wire.ts';
import { type Auth, createAuth } from '../accounts/auth.ts';
import { openStore, type Store } from '../store/index.ts';
import { createApp } from './app.ts';
import { openAttachmentFiles } from './attachment-files.ts';
import type { Config } from './config.ts';
import { ServiceError } from './errors.ts';
import { createEvents, type Events } from './events.ts';
import {
  clearServiceFile,
  removeServiceFile,
  type ServiceFile,
  writeServiceFile,
} from './service-file.ts';
import { startSweeping } from './sweeping.ts';

export interface Service {
  /** Where it listens, with the real port. */
  readonly url: string;
  readonly store: Store;
  readonly auth: Auth;
  /** Every route that it answers. */
  readonly routes: readonly { readonly method: string; readonly path: string }[];
  /** Finishes what is being answered, then closes the database. */
  close(): Promise<void>;
}

/** How long requests that are being answered may still take when the service closes, ms. */
const GRACE = 5_000;

/**
 * How long an idle connection stays open, ms: longer than proxies keep theirs (60 s), since one that
 * sends on a connection just being closed sees a failed request.
 */
const KEEP_ALIVE = 65_000;

/** How long a request may take to arrive, ms: a bundle of photos over a slow network. */
const ARRIVAL = 30 * 60_000;

/**
 * Starts the service: takes the port, then the data folder, then opens the database. Requests that
 * come before it is open wait for it.
 *
 * @throws Error with one clear line when the port or the data folder is in use.
 */
export async function startService(config: Config): Promise<Service> {
  await mkdir(config.data, { recursive: true, mode: 0o700 });
  await clearServiceFile(config);
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE, requestTimeout: ARRIVAL });
  server.on('clientError', answerNoHttp);
  const url = await listen(server, config);
  // In this order: the file goes last, since it keeps others out of the database.
  const events = createEvents();
  const closers = [async () => events.close(), () => stopServing(server)];
  const close = async () => {
    for (const closer of closers) await closer();
  };
  try {
    const file = await writeServiceFile(config, url);
    const opening = openApp(config, file, events);
    closers.push(
      async () => {
        const opened = await opening.catch(() => null);
        opened?.sweeping.stop();
        await opened?.store.close();
      },
      () => removeServiceFile(config.data, file),
    );
    server.on(
      'request',
      getRequestListener(async (request, env) =>
        (await opening).app.fetch(request, env as HttpBindings),
      ),
    );
    const { store, auth, app } = await opening;
    return { url, store, auth, routes: app.routes, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What is no HTTP request at all has its answer before the app sees it. */
function answerNoHttp(error: Error & { code?: string }, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  const { code, message, status } = new ServiceError(
    error.code === 'HPE_HEADER_OVERFLOW' ? 'too-large' : 'bad-request',
  );
  const body = JSON.stringify({ code, message });
  const head = [
    `HTTP/1.1 ${status} Bad Request`,
    'Connection: close',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `${SERVICE_HEADER}: 1`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

async function openApp(config: Config, { secret }: ServiceFile, events: Events) {
  const files = await openAttachmentFiles(config);
  const store = await openStore(config.databaseUrl, config.data);
  await store.onNudge(events.nudged);
  const manifest: { version: string } = JSON.parse(
    await readFile(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  const { version } = manifest;
  const { web, trustProxy } = config;
  const auth = createAuth(store);
  const sweeping = await startSweeping(files);
  const parts = { store, auth, files, events, adminSecret: secret, web, version, trustProxy };
  const app = createApp({ ...parts, unfinishedUploads: sweeping.unfinished });
  return { store, auth, app, sweeping };
}

async function listen(server: Server, { host, port }: Config): Promise<string> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    throw inUse
      ? new Error(`port ${port} is in use; set ONSITE_PORT to a free port or stop its user`)
      : error;
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port to listen on');
  // A service for all addresses is reached from this machine by the loopback one.
  const name = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? host;
  return `http://${name}:${address.port}`;
}

async function stopServing(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // Again and again: what is being answered now leaves an idle connection in a moment.
  const idle = setInterval(() => server.closeIdleConnections(), 20);
  const cut = setTimeout(() => server.closeAllConnections(), GRACE);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
