/** The sync service over HTTP: every answer is checked before anything believes it. */
import type { z } from 'zod';
import type { Change } from '../../domain/sync/change.ts';
import {
  type AttachmentReceipt,
  attachmentReceiptSchema,
  BUNDLE_HEADERS,
  type BundleAnswer,
  bundleAnswerSchema,
  type ContactRequest,
  type EnrolAnswer,
  enrolAnswerSchema,
  errorSchema,
  type FieldState,
  type OfficeOrder,
  officeOrderFieldsSchema,
  officeOrdersSchema,
  type PullAnswer,
  type PushAnswer,
  pullAnswerSchema,
  pushAnswerSchema,
  unlockAnswerSchema,
} from '../../domain/sync/wire.ts';

/** A request that failed. `unreachable`: no answer came; `answered`: the service said no, with `status`. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  constructor(
    readonly kind: 'unreachable' | 'answered',
    readonly code: string,
    /** Chinese, for people. */
    message: string,
    readonly status = 0,
  ) {
    super(message);
  }

  get isUnreachable(): boolean {
    return this.kind === 'unreachable';
  }

  /** Whether the service no longer knows this device. */
  get isUnauthorised(): boolean {
    return this.status === 401;
  }

  /** Whether an administrator ordered this device wiped. */
  get isWipe(): boolean {
    return this.status === 410 && this.code === 'wipe';
  }

  /** Whether sending the same again is pointless until a person acts. 422: damaged on the way. */
  get isFinal(): boolean {
    return this.status >= 400 && this.status < 500 && ![401, 408, 422, 429].includes(this.status);
  }
}

/** Milliseconds an answer may take. Attachments go over slow mobile links. */
const TIMEOUT = { request: 30_000, attachment: 180_000 };

const UNREACHABLE = '连不上同步服务。内容都已存在本机，网络恢复后会自动上传。';
const MISUNDERSTOOD = '同步服务的回答看不懂，可能版本不一致。内容都已存在本机，请联系管理员。';

export interface Service {
  /** Asks whether the service is there. */
  greet(): Promise<void>;
  enrol(code: string, device: string, name: string): Promise<EnrolAnswer>;
  push(changes: readonly Change[]): Promise<PushAnswer>;
  pull(cursor: number): Promise<PullAnswer>;
  putAttachment(sha256: string, order: string, bytes: Uint8Array): Promise<AttachmentReceipt>;
  getAttachment(sha256: string): Promise<Uint8Array>;
  officeOrders(search: string): Promise<readonly OfficeOrder[]>;
  officeOrder(id: string): Promise<readonly FieldState[]>;
  /** Leaves the secret (hex) that opens this device's vault when the PIN is forgotten. */
  keepEscrow(secret: string): Promise<void>;
  /** That secret, against the one-time code that the office made for the device. */
  unlock(device: string, code: string): Promise<string>;
  /** Asks, locked, whether it was ordered wiped: see `ServiceError.isWipe`. */
  contact(contact: ContactRequest): Promise<void>;
  /** Says that the device has wiped itself. */
  wiped(contact: ContactRequest): Promise<void>;
  /** Hands in a bundle. `progress` hears how many of its bytes have left. */
  putBundle(file: Blob, options: BundleOptions): Promise<BundleAnswer>;
}

export interface BundleOptions {
  readonly passphrase: string | null;
  /** Whose the orders of a device become that never enrolled. */
  readonly owner: string | null;
  progress(sent: number): void;
}

/** `fetch` does not say how much of a large file has left. */
const upload = (
  url: URL,
  file: Blob,
  headers: Headers,
  progress: (sent: number) => void,
): Promise<Response> =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    headers.forEach((value, name) => {
      request.setRequestHeader(name, value);
    });
    request.upload.onprogress = ({ loaded }) => progress(loaded);
    request.onload = () => resolve(new Response(request.responseText, { status: request.status }));
    request.onerror = () => reject(new ServiceError('unreachable', 'unreachable', UNREACHABLE));
    request.send(file);
  });

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
    return checked(answer);
  };

  const checked = async (answer: Response): Promise<Response> => {
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

  return {
    greet: async () => {
      await request('/health');
    },
    enrol: async (code, device, name) =>
      read(enrolAnswerSchema, await post('/enrol', { code, device, name })),
    push: async (changes) =>
      read(pushAnswerSchema, await post('/sync/push', { now: Date.now(), changes })),
    pull: async (cursor) => read(pullAnswerSchema, await request(`/sync/pull?cursor=${cursor}`)),
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
    officeOrders: async (search) => {
      const answer = await request(`/office/orders?search=${encodeURIComponent(search)}`);
      return (await read(officeOrdersSchema, answer)).orders;
    },
    officeOrder: async (id) =>
      (await read(officeOrderFieldsSchema, await request(`/office/orders/${id}`))).fields,
    keepEscrow: async (secret) => {
      await request('/device/escrow', {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ secret }),
      });
    },
    unlock: async (device, code) =>
      (await read(unlockAnswerSchema, await post('/device/unlock', { device, code }))).secret,
    contact: async (contact) => {
      await post('/device/contact', contact);
    },
    wiped: async (contact) => {
      await post('/device/wiped', contact);
    },
    putBundle: async (file, { passphrase, owner, progress }) => {
      const headers = new Headers({ 'Content-Type': 'application/octet-stream' });
      if (token) headers.set('Authorization', `Bearer ${token}`);
      if (passphrase) headers.set(BUNDLE_HEADERS.passphrase, encodeURIComponent(passphrase));
      if (owner) headers.set(BUNDLE_HEADERS.owner, encodeURIComponent(owner));
      const answer = await upload(new URL('/bundles', origin), file, headers, progress);
      return read(bundleAnswerSchema, await checked(answer));
    },
  };
};
