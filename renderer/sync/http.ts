/** Requests to the sync service, and the truth about the connection: who really answered, and whether. */
import { concatBytes } from '@noble/hashes/utils.js';
import type { z } from 'zod';
import { ServiceError } from '../../domain/sync/service-error.ts';
import { errorSchema, SERVICE_HEADER } from '../../domain/sync/wire.ts';

/**
 * Milliseconds. `silence`: without a byte, a line is dead; a slow one is not. `perByte`: what a body on
 * its way out may take on the worst of lines (2 kB/s), since nothing tells how much of it has left.
 */
const PATIENCE = { silence: 30_000, perByte: 0.5 };

/** Bodies smaller than this gain nothing by compression. */
const WORTH_PACKING = 1024;

const SAVED = '内容都已存在本机，';
export const UNREACHABLE = `连不上同步服务。${SAVED}网络恢复后会自动上传。`;
const SIGN_IN_PAGE = `当前网络需要先登录才能上网（如酒店、场馆的无线网）。请先完成网络登录；${SAVED}之后会自动上传。`;
const MISUNDERSTOOD = `同步服务的回答看不懂，可能版本不一致。${SAVED}请联系管理员。`;
const gateway = (status: number) =>
  `网络是通的，但同步服务暂时没有运行（网关回答 ${status}）。${SAVED}稍后会自动重试。`;

/** How a request is made and its answer checked. @throws {ServiceError} from every function */
export interface Http {
  /** The whole answer of the service; its body has been read. */
  request(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, body: unknown): Promise<Response>;
  read<T>(schema: z.ZodType<T>, answer: Response): Promise<T>;
  /** Asks for server-sent events and gives what comes, until the line ends. `silence` in ms. */
  listen(path: string, heard: (text: string) => void, silence: number): Promise<void>;
  readonly origin: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Ends all requests. */
  readonly signal: AbortSignal;
}

export const createHttp = (
  origin: string,
  token: string | null,
  signal = new AbortController().signal,
): Http => {
  const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};

  /** Asks, and hands on what comes as it comes; resolves when all has come. */
  const ask = async (
    path: string,
    init: RequestInit,
    silence: number,
    heard: (bytes: Uint8Array<ArrayBuffer>, answer: Response) => void,
  ): Promise<Response> => {
    const cut = new AbortController();
    const stop = () => cut.abort();
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    const sending = init.body instanceof Blob ? init.body.size * PATIENCE.perByte : 0;
    let patience = setTimeout(stop, silence + sending);
    try {
      const answer = await fetch(new URL(path, origin), {
        ...init,
        headers: { ...headers, ...Object.fromEntries(new Headers(init.headers)) },
        cache: 'no-store',
        // Our service never redirects; whoever does wants to show a page of his own.
        redirect: 'manual',
        signal: cut.signal,
      });
      const stranger = strangerIn(answer);
      if (stranger) {
        stop();
        throw stranger;
      }
      const reader = answer.body?.getReader();
      for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
        clearTimeout(patience);
        patience = setTimeout(stop, silence);
        heard(part.value, answer);
      }
      return answer;
    } catch (error) {
      throw error instanceof ServiceError
        ? error
        : new ServiceError('unreachable', 'unreachable', UNREACHABLE);
    } finally {
      clearTimeout(patience);
      signal.removeEventListener('abort', stop);
    }
  };

  const request = async (path: string, init: RequestInit = {}) => {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    const answer = await ask(path, init, PATIENCE.silence, (bytes) => parts.push(bytes));
    // An answer that says it has no body may not be given one.
    const body = parts.length > 0 ? concatBytes(...parts) : null;
    const whole = new Response(body, { status: answer.status, headers: answer.headers });
    if (answer.ok) return whole;
    throw refusal(answer.status, await whole.text(), answer.headers.get('retry-after'));
  };

  return {
    origin,
    headers,
    signal,
    request,
    post: async (path, body) => {
      const text = new Blob([JSON.stringify(body)]);
      const isPacked = text.size >= WORTH_PACKING;
      return request(path, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          ...(isPacked ? { 'Content-Encoding': 'gzip' } : {}),
        },
        body: isPacked ? await packed(text) : text,
      });
    },
    read: async (schema, answer) => {
      const parsed = schema.safeParse(await answer.json().catch(() => null));
      if (parsed.success) return parsed.data;
      throw new ServiceError('answered', 'misunderstood', MISUNDERSTOOD, answer.status);
    },
    listen: async (path, heard, silence) => {
      const text = new TextDecoder();
      await ask(path, {}, silence, (bytes, { ok }) => {
        if (ok) heard(text.decode(bytes, { stream: true }));
      });
    },
  };
};

const packed = (body: Blob): Promise<Blob> =>
  new Response(body.stream().pipeThrough(new CompressionStream('gzip'))).blob();

/** An answer as far as it tells who gave it. */
type Told = Pick<Response, 'status' | 'type'> & { readonly headers: Pick<Headers, 'get'> };

/** What it means that not our service answered, but something on the way to it; null when it was ours. */
export const strangerIn = ({ status, type, headers }: Told): ServiceError | null => {
  if (headers.get(SERVICE_HEADER) !== null) return null;
  return type !== 'opaqueredirect' && status >= 500 && status !== 511
    ? new ServiceError('unreachable', 'gateway', gateway(status))
    : new ServiceError('unreachable', 'sign-in-page', SIGN_IN_PAGE);
};

/** What the service said no with. @param retryAfter its header, in seconds */
export const refusal = (status: number, body: string, retryAfter: string | null): ServiceError => {
  const said = errorSchema.safeParse(parsedOrNull(body));
  const { code, message } = said.success
    ? said.data
    : { code: `http-${status}`, message: `同步服务出错（${status}），稍后会自动重试。` };
  return new ServiceError('answered', code, message, status, 1000 * (Number(retryAfter) || 0));
};

const parsedOrNull = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
