import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import type { Config } from '../../../server/service/config.ts';
import { readServiceFile } from '../../../server/service/service-file.ts';
import { kill, startProcess } from './process.ts';

/** Further processes of the service, on the database and the data folder of the first. */
export interface Copies {
  readonly urls: readonly string[];
  /** Puts their clocks forward. */
  shiftClocks(ms: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startCopies(
  { data, web, databaseUrl }: Config,
  count: number,
): Promise<Copies> {
  const env = { DATABASE_URL: databaseUrl ?? '', ONSITE_WEB: web };
  const options = { preload: './test/unit/server/clock.mjs' };
  const running = await Promise.all(
    Array.from({ length: count }, () => startProcess(data, env, options)),
  );
  return {
    urls: running.map(({ url }) => url),
    async shiftClocks(ms) {
      await Promise.all(
        running.map(async ({ child }) => {
          const heard = once(child, 'message');
          child.send(ms);
          await heard;
        }),
      );
    },
    async stop() {
      await Promise.all(running.map(({ child }) => kill(child, 'SIGTERM')));
      for (const { child } of running) {
        if (child.exitCode !== 0) throw new Error(`a service ended with ${child.exitCode}`);
      }
    },
  };
}

/** A proxy that gives each request to the next process, as if it came from where it comes from. */
export async function startRoundRobin(data: string, urls: () => readonly string[]) {
  let turn = 0;
  const next = () => {
    turn += 1;
    return urls()[turn % urls().length] ?? '';
  };
  // What must be refused is refused by the service itself: this one takes all that can be passed on.
  const proxy = createServer({ maxHeaderSize: 1024 * 1024, keepAliveTimeout: 65_000 });
  proxy.on('request', async (came, answer) => {
    // A proxy has no business there; the command asks the process that wrote the file.
    const local = came.url?.startsWith('/admin') ? (await readServiceFile(data))?.url : undefined;
    const { hostname, port } = new URL(local ?? next());
    const { method, url: path, headers, socket } = came;
    const localAddress = socket.remoteAddress;
    const asked = request(
      {
        hostname,
        port,
        method,
        path,
        headers,
        agent: false,
        ...(localAddress ? { localAddress } : {}),
      },
      (given) => {
        answer.writeHead(given.statusCode ?? 502, given.rawHeaders);
        given.on('error', () => answer.destroy()).pipe(answer);
      },
    );
    answer.on('close', () => asked.destroy());
    asked.on('error', () => answer.destroy());
    came.pipe(asked);
  });
  proxy.on('clientError', (error: Error & { rawPacket?: Buffer }, socket) => {
    const { hostname, port } = new URL(next());
    const asked = connect(Number(port), hostname);
    asked.on('error', () => socket.destroy()).pipe(socket);
    asked.end(error.rawPacket ?? '');
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      const closed = once(proxy, 'close');
      proxy.close();
      proxy.closeAllConnections();
      await closed;
    },
  };
}
