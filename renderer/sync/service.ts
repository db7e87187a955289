/** The sync service over HTTP: every answer is checked before anything believes it. */
import { z } from 'zod';
import { type EnrolAnswer, enrolAnswerSchema } from '../../domain/accounts/wire.ts';
import type { RoundService } from '../../domain/sync/round.ts';
import { ServiceError } from '../../domain/sync/service-error.ts';
import {
  type BundleAnswer,
  bundleAnswerSchema,
  type ContactRequest,
  pullAnswerSchema,
  pushAnswerSchema,
  unlockAnswerSchema,
} from '../../domain/sync/wire.ts';
import { type BundleOptions, sendBundle } from './bundle.ts';
import type { Http } from './http.ts';
import { uploadAttachment } from './upload.ts';

export { ServiceError };

const clockSchema = z.object({ now: z.int() });

export interface Service extends RoundService {
  readonly http: Http;
  /** The service's clock, ms. */
  clock(): Promise<number>;
  /** Asks whether the service is there and still knows this device. */
  greet(): Promise<void>;
  enrol(code: string, device: string, name: string): Promise<EnrolAnswer>;
  signIn(username: string, password: string, device: string, name: string): Promise<EnrolAnswer>;
  getAttachment(sha256: string): Promise<Uint8Array>;
  /** Leaves the secret (hex) that opens this device's vault when the PIN is forgotten. */
  keepEscrow(secret: string): Promise<void>;
  /** That secret, against the one-time code that an administrator made for the device. */
  unlock(device: string, code: string): Promise<string>;
  /** Asks, locked, whether it was ordered wiped: see `ServiceError.isWipe`. */
  contact(contact: ContactRequest): Promise<void>;
  /** Says that the device has wiped itself. */
  wiped(contact: ContactRequest): Promise<void>;
  /** Hands in a bundle. */
  putBundle(file: Blob, options: BundleOptions): Promise<BundleAnswer>;
}

/**
 * @param sent told how many bytes of an attachment are on their way
 * @param ahead how far the device's clock is ahead of the service's, ms; null while that is not known
 * @throws {ServiceError} from every function
 */
export const createService = (
  http: Http,
  sent: (bytes: number, total: number) => void = () => {},
  ahead: () => number | null = () => null,
): Service => {
  const { request, post, read } = http;

  const push = async (body: object) => {
    const clock = { now: Date.now(), ahead: ahead() ?? undefined };
    return read(pushAnswerSchema, await post('/sync/push', { ...clock, ...body }));
  };

  return {
    http,
    clock: async () => (await read(clockSchema, await request('/health'))).now,
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
    putAttachment: (sha256, order, bytes) =>
      uploadAttachment(http, { sha256, order, bytes }, (done) => sent(done, bytes.length)),
    getAttachment: async (sha256) =>
      new Uint8Array(await (await request(`/attachments/${sha256}`)).arrayBuffer()),
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
    putBundle: async (file, options) =>
      read(bundleAnswerSchema, await sendBundle(http, file, options)),
  };
};
