import type { FieldState, OfficeOrder } from '../../domain/sync/wire.ts';
import type { Platform } from '../platform/platform.ts';
import type { OnsiteStore } from '../store/index.ts';
import { runRound } from './round.ts';
import { createService, ServiceError } from './service.ts';

export { uploadStateOf } from './upload-state.ts';
export { ServiceError };

/** The sync client: empties the outbox by itself whenever the service can be reached. */
export interface Sync {
  start(): void;
  /** Stops the loop; a request under way is finished first. */
  stop(): Promise<void>;
  /** Tries at once, whatever the back-off: a person tapped. */
  tryNow(): void;
  /**
   * Shows the service a one-time code and keeps the token it gives.
   * @param name what the device is called, for people
   * @throws {ServiceError} with a Chinese message
   */
  enrol(code: string, name: string): Promise<void>;
  /** What the office sees. Online only. @throws {ServiceError} with a Chinese message */
  readonly office: {
    orders(search: string): Promise<readonly OfficeOrder[]>;
    order(id: string): Promise<readonly FieldState[]>;
    attachment(sha256: string): Promise<Uint8Array>;
  };
}

/** Milliseconds. `idle`: between rounds when nothing waits, to learn what others changed. */
const WAIT = { afterCommit: 300, first: 1_000, longest: 60_000, idle: 30_000 };

const NO_SERVICE = '还没有设置同步服务的地址，请在“设置”中填写。内容都存在本机。';
const NOT_ENROLLED = '本设备还没有登记，请在“设置”中输入登记码。内容都存在本机。';
const REFUSED = '同步服务不认识本设备，请在“设置”中重新输入登记码。内容都存在本机。';

export const createSync = ({
  store,
  platform,
}: {
  store: OnsiteStore;
  platform: Platform;
}): Sync => {
  const { sealed } = store;
  let stopping: AbortController | null = null;
  let loop: Promise<void> = Promise.resolve();
  let wake = () => {};
  /** A code is shown once; a refused one is not shown again and again. */
  let spentCode: string | null = null;

  /** Resolves after `ms`, or as soon as `wake` is called. */
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const service = async () => {
    const { service: origin } = await platform.config();
    if (origin === null) throw new ServiceError('answered', 'no-service', NO_SERVICE);
    return createService(origin, (await sealed.identity()).token);
  };

  const enrol = async (code: string, name: string) => {
    const { device } = await sealed.identity();
    const called = name.trim() || (await store.deviceSettings()).installer || '装维设备';
    await sealed.enrolled(await (await service()).enrol(code.trim(), device, called));
  };

  /** Whether the device is enrolled; tries the code that the app was started with. */
  const isEnrolled = async (): Promise<boolean> => {
    if ((await sealed.identity()).token !== null) return true;
    const { enrolmentCode } = await platform.config();
    if (enrolmentCode === null || enrolmentCode === spentCode) return false;
    try {
      await enrol(enrolmentCode, '');
    } catch (error) {
      if (error instanceof ServiceError && error.kind === 'answered') spentCode = enrolmentCode;
      throw error;
    }
    return true;
  };

  /** Says how the last request went. Returns whether it went well. */
  const attempt = async (isStopped: () => boolean): Promise<boolean> => {
    try {
      if (!(await isEnrolled())) {
        sealed.setSync({ connection: 'unenrolled', reason: NOT_ENROLLED });
        return true;
      }
      await runRound(await service(), sealed, isStopped);
      sealed.setSync({ connection: 'online', reason: null, lastSuccessAt: Date.now() });
      return true;
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const enrolled = (await sealed.identity()).token !== null;
      if (error.isUnauthorised && enrolled) await sealed.forgetToken();
      sealed.setSync({
        connection:
          error.kind === 'unreachable'
            ? 'offline'
            : error.isUnauthorised && enrolled
              ? 'refused'
              : enrolled
                ? 'online'
                : 'unenrolled',
        reason: error.isUnauthorised && enrolled ? REFUSED : error.message,
      });
      return false;
    } finally {
      sealed.setSync({ sending: new Set(), progress: null });
    }
  };

  const run = async (signal: AbortSignal) => {
    let failures = 0;
    while (!signal.aborted) {
      const well = await attempt(() => signal.aborted).catch((error: unknown) => {
        // A fault of ours or of the local database: said aloud, and tried again like any other.
        console.error('sync', error);
        return false;
      });
      failures = well ? 0 : failures + 1;
      if (signal.aborted) return;
      const backOff = Math.min(WAIT.longest, WAIT.first * 2 ** (failures - 1));
      // Half of it at random, so that devices do not come back all at once after an outage.
      await pause(well ? WAIT.idle : backOff * (0.5 + Math.random() / 2));
    }
  };

  let afterCommit: ReturnType<typeof setTimeout> | undefined;
  const committed = () => {
    clearTimeout(afterCommit);
    afterCommit = setTimeout(() => wake(), WAIT.afterCommit);
  };
  const now = () => wake();

  return {
    start: () => {
      if (stopping) return;
      stopping = new AbortController();
      const { signal } = stopping;
      const forget = store.sealed.onCommitted(committed);
      window.addEventListener('online', now);
      window.addEventListener('focus', now);
      signal.addEventListener('abort', () => {
        forget();
        clearTimeout(afterCommit);
        window.removeEventListener('online', now);
        window.removeEventListener('focus', now);
        wake();
      });
      // One tab syncs; the next one takes over when it closes.
      loop = navigator.locks
        .request(`onsite-sync:${sealed.name}`, { signal }, () => run(signal))
        .catch((error: unknown) => {
          if (!signal.aborted) throw error;
        });
    },
    stop: async () => {
      stopping?.abort();
      stopping = null;
      await loop;
    },
    tryNow: now,
    enrol: async (code, name) => {
      await enrol(code, name);
      sealed.setSync({ reason: null });
      wake();
    },
    office: {
      orders: async (search) => (await service()).officeOrders(search),
      order: async (id) => (await service()).officeOrder(id),
      attachment: async (sha256) => (await service()).getAttachment(sha256),
    },
  };
};
