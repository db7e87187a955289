/** The line between a device and the service: it can be slow and lossy, and stand still at any moment. */
import { once } from 'node:events';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pageFile, typeOfFile } from '../../../electron/page-files.ts';
import { randomFrom } from '../../e2e/rig/random.ts';

/** Where a request is: nothing has passed, half of its body, all, its answer is here, or was told. */
export type Stage = 'asked' | 'half' | 'given' | 'answered' | 'told';
/** `request`: method and path, without what is particular: `PATCH /uploads`. */
export interface Moment {
  readonly request: string;
  readonly stage: Stage;
}

export interface Conditions {
  readonly bytesPerSecond: number;
  /** There and back, ms. */
  readonly latency: number;
  /** Share of packets that have to be sent again, and of requests whose connection breaks half-way. */
  readonly loss: number;
  readonly broken: number;
  readonly seed: number;
}

/** Bytes of a packet. */
const PACKET = 1400;

/** One direction. Packets keep their order, as in TCP: one that is lost holds up those behind it. */
class Lane {
  #free = 0;
  #arrived = 0;
  readonly #conditions: Conditions;
  readonly #random: () => number;

  constructor(conditions: Conditions, random: () => number) {
    this.#conditions = conditions;
    this.#random = random;
  }

  /** Takes a packet: when it has left, and when it is at the other end, ms. */
  take(bytes: number): { left: number; arrives: number } {
    const { bytesPerSecond, latency, loss } = this.#conditions;
    this.#free = Math.max(Date.now(), this.#free) + (bytes / bytesPerSecond) * 1000;
    let arrives = this.#free + latency / 2;
    while (this.#random() < loss) arrives += latency;
    this.#arrived = Math.max(this.#arrived, arrives);
    return { left: this.#free, arrives: this.#arrived };
  }
}

const until = (time: number) =>
  new Promise<void>((resolve) => setTimeout(resolve, time - Date.now()));

const nameOf = ({ method, url = '/' }: IncomingMessage): string =>
  `${method} ${url.replace(/\?.*$/, '').replace(/\/[0-9a-f]{64}$/, '')}`;

export type Line = Awaited<ReturnType<typeof openLine>>;

/** @param page folder of a built page, which the line brings at once, whatever its conditions */
export async function openLine(page: string) {
  let target = '';
  let watch: (moment: Moment) => Promise<void> | void = () => {};
  let lanes: { readonly up: Lane; readonly down: Lane } | null = null;
  let breaks = () => false;
  /** By request, bytes of bodies that went up. */
  const sent = new Map<string, number>();
  const seen: string[] = [];

  /** Hands bytes on at the line's pace, in their order. */
  const carry = async (
    source: AsyncIterable<Buffer>,
    lane: Lane | undefined,
    deliver: (bytes: Buffer) => Promise<void> | void,
  ) => {
    let last = Promise.resolve();
    for await (const chunk of source) {
      for (let at = 0; at < chunk.length; at += lane ? PACKET : chunk.length) {
        const packet = lane ? chunk.subarray(at, at + PACKET) : chunk;
        const { left, arrives } = lane?.take(packet.length) ?? { left: 0, arrives: 0 };
        last = last.then(async () => {
          if (lane) await until(arrives);
          await deliver(packet);
        });
        last.catch(() => undefined);
        if (lane) await until(left);
      }
    }
    await last;
  };
  /** The head of a request or of an answer. */
  const head = async (lane: Lane | undefined) => {
    if (lane) await until(lane.take(PACKET / 4).arrives);
  };

  const pass = async (asked: IncomingMessage, answer: ServerResponse) => {
    const request = nameOf(asked);
    const { up, down } = lanes ?? {};
    const isBroken = breaks();
    seen.push(request);
    await watch({ request, stage: 'asked' });
    await head(up);
    const { host: _, connection: __, ...headers } = asked.headers;
    const { method } = asked;
    const onward = ask(new URL(asked.url ?? '/', target), { method, headers, agent: false });
    const given = once(onward, 'response') as Promise<[IncomingMessage]>;
    given.catch(() => undefined);
    // What still comes for one that has ended is dropped.
    onward.on('error', () => undefined);
    // What has not left yet when a device goes away never arrives.
    answer.once('close', () => {
      if (!answer.writableFinished) onward.destroy();
    });
    const half = Number(headers['content-length'] ?? 0) / 2;
    let passed = 0;
    await carry(asked, up, async (bytes) => {
      if (onward.destroyed) throw new Error('nobody waits for an answer');
      const before = passed;
      passed += bytes.length;
      sent.set(request, (sent.get(request) ?? 0) + bytes.length);
      if (half === 0 || before > half || passed < half) return void onward.write(bytes);
      onward.write(bytes.subarray(0, Math.ceil(half - before)));
      await watch({ request, stage: 'half' });
      if (isBroken) throw new Error('the connection broke');
      onward.write(bytes.subarray(Math.ceil(half - before)));
    });
    onward.end();
    await watch({ request, stage: 'given' });
    const [came] = await given;
    if (came.headers['content-type'] === 'text/event-stream') {
      answer.writeHead(200, came.headers);
      answer.once('close', () => came.destroy());
      for await (const chunk of came) answer.write(chunk);
      return answer.end();
    }
    const parts: Buffer[] = [];
    for await (const chunk of came) parts.push(chunk);
    await watch({ request, stage: 'answered' });
    if (isBroken) throw new Error('the connection broke');
    const { connection: ___, 'transfer-encoding': ____, ...kept } = came.headers;
    await head(down);
    answer.writeHead(came.statusCode ?? 500, kept);
    await carry(
      (async function* () {
        yield* parts;
      })(),
      down,
      (bytes) => void answer.write(bytes),
    );
    answer.end();
    await watch({ request, stage: 'told' });
  };

  const server = createServer((asked, answer) => {
    const address = new URL(asked.url ?? '/', 'http://line');
    const file = asked.method === 'GET' ? pageFile(page, address) : null;
    if (file && existsSync(file) && statSync(file).isFile()) {
      answer.writeHead(200, { 'content-type': typeOfFile(file) });
      createReadStream(file).pipe(answer);
      return;
    }
    // Whatever broke: neither end hears more of the other.
    pass(asked, answer).catch(() => asked.socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Where the service is now. */
    lead(url: string) {
      target = url;
    },
    /** Called at each moment; the request goes on when it resolves. */
    onMoment(listener: (moment: Moment) => Promise<void> | void) {
      watch = listener;
    },
    /** Null: as good as it can be. */
    setConditions(conditions: Conditions | null) {
      const random = randomFrom(conditions?.seed ?? 0);
      const lane = conditions && {
        up: new Lane(conditions, random),
        down: new Lane(conditions, random),
      };
      lanes = lane;
      breaks = () => conditions !== null && random() < conditions.broken;
    },
    /** Bytes of bodies that went up with such requests. */
    sentWith: (request: string) => sent.get(request) ?? 0,
    /** What was asked since the last call, in its order. */
    takeRequests: () => seen.splice(0),
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
