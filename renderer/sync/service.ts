/** The sync service over HTTP: every answer is checked before anything believes it. */
import type { z } from 'zod';
import { type EnrolAnswer, enrolAnswerSchema } from '../../domain/accounts/wire.ts';
import type { RoundService } from '../../domain/sync/round.ts';
import { ServiceError } from '../../domain/sync/service-error.ts';
import {
  attachmentReceiptSchema,
  errorSchema,
  pullAnswerSchema,
  pushAnswerSchema,
} from '../../domain/sync/wire.ts';

export { ServiceError };

/** Milliseconds an answer may take. Attachments go over slow mobile links. */
const TIMEOUT = { request: 30_000, attachment: 180_000 };

const UNREACHABLE = '连不上同步服务。内容都已存在本机，网络恢复后会自动上传。';
const MISUNDERSTOOD = '同步服务的回答看不懂，可能版本不一致。内容都已存在本机，请联系管理员。';

/** How a request is made and its answer checked. */
export interface Http {
  request(path: string, init?: RequestInit): Promise<Response>;
  post(path: string, body: unknown): Promise<Response>;
  read<T>(schema: z.ZodType<T>, answer: Response): Promise<T>;
}

export interface Service extends RoundService {
  readonly http: Http;
  /** Asks whether the service is there and still knows this device. */
  greet(): Promise<void>;
  enrol(code: string, device: string, name: string): Promise<EnrolAnswer>;
  signIn(username: string, password: string, device: string, name: string): Promise<EnrolAnswer>;
  getAttachment(sha256: string): Promise<Uint8Array>;
}

/** @throws {ServiceError} from every function */
export const createService = (origin: string, token: string | null): Service => {
  const request = async (path: string, init: RequestInit = {}, timeout = TIMEOUT.request) => {
    const headers = new Headers(init.headers);
    if (token) headers.set('Authorization', `Bearer ${token}`);
    const answer = await fetch(new URL(path, origin), {
      ...init,
      headers,
      cache: 'no-store',
      signal: AbortSignal.timeout(timeout),
    }).catch(() => {
      throw new ServiceError('unreachable', 'unreachable', UNREACHABLE);
    });
    if (answer.ok) return answer;
    const said = errorSchema.safeParse(await answer.json().catch(() => null));
    const { code, message } = said.success
      ? said.data
      : {
          code: `http-${answer.status}`,
          message: `同步服务出错（${answer.status}），稍后会自动重试。`,
        };
    throw new ServiceError('answered', code, message, answer.status);
  };

  const read = async <T>(schema: z.ZodType<T>, answer: Response): Promise<T> => {
    const body: unknown = await answer.json().catch(() => null);
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new ServiceError('answered', 'misunderstood', MISUNDERSTOOD, answer.status);
  };

  const post = (path: string, body: unknown) =>
    request(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });

  const push = async (body: object) =>
    read(pushAnswerSchema, await post('/sync/push', { now: Date.now(), ...body }));

  return {
    http: { request, post, read },
    greet: async () => {
      await request('/accounts/me');
    },
    enrol: async (code, device, name) =>
      read(enrolAnswerSchema, await post('/enrol', { code, device, name })),
    signIn: async (username, password, device, name) =>
      read(
        enrolAnswerSchema,
        await post('/accounts/sign-in', { username, password, device, name }),
      ),
    push: (changes, position) => push({ changes, position }),
    recollect: (changes, position) => push({ changes, position, again: true }),
    pull: async (cursor, position) => {
      const known = position === null ? '' : `&position=${position}`;
      return read(pullAnswerSchema, await request(`/sync/pull?cursor=${cursor}${known}`));
    },
    putAttachment: async (sha256, order, bytes) =>
      read(
        attachmentReceiptSchema,
        await request(
          `/attachments/${sha256}?order=${order}`,
          {
            method: 'PUT',
            headers: { 'Content-Type': 'application/octet-stream' },
            body: new Uint8Array(bytes),
          },
          TIMEOUT.attachment,
        ),
      ),
    getAttachment: async (sha256) => {
      const answer = await request(`/attachments/${sha256}`, {}, TIMEOUT.attachment);
      return new Uint8Array(await answer.arrayBuffer());
    },
  };
};
