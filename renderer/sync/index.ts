import type { BundleAnswer, FieldState, OfficeOrder } from '../../domain/sync/wire.ts';
import type { Platform } from '../platform/platform.ts';
import type { OnsiteStore } from '../store/index.ts';
import type { SyncState } from '../store/store.ts';
import { receiveAll, sendAll } from './round.ts';
import { type BundleOptions, createService, ServiceError } from './service.ts';

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
  /** Hands a bundle in at the service. Online only. @throws {ServiceError} with a Chinese message */
  putBundle(file: Blob, options: BundleOptions): Promise<BundleAnswer>;
}

/** Milliseconds. `idle`: between rounds when nothing waits, to learn what others changed. */
const WAIT = { afterCommit: 300, first: 1_000, longest: 60_000, idle: 30_000 };

const NO_SERVICE = '还没有设置同步服务的地址，请在“设置”中填写。内容都存在本机。';
const NOT_ENROLLED = '本设备还没有登记，请在“设置”中输入登记码。内容都存在本机。';
const FAULT = '同步出错，稍后会自动重试。内容都存在本机。';
const REFUSED = '同步服务不认识本设备，请在“设置”中重新输入登记码。内容都存在本机。';

export const createSync = ({
  store,
  platform,
  onWipe = () => undefined,
}: {
  store: OnsiteStore;
  platform: Platform;
  /** Called when the service says that an administrator ordered this device wiped. */
  onWipe?: () => void;
}): Sync => {
  const { sealed } = store;
  let stopping: AbortController | null = null;
  let loop: Promise<void> = Promise.resolve();
  /** Whether the service did not know our token when last asked. */
  let refused = false;
  /** A code is shown once. */
  let spentCode: string | null = null;
  let woken = false;
  let resume = () => {};

  const wake = () => {
    woken = true;
    resume();
  };

  /** Resolves after `ms`, or as soon as somebody woke the loop since the last round began. */
  const pause = async (ms: number) => {
    if (woken) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      resume = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  };

  const service = async () => {
    const { service: origin } = await platform.config();
    if (origin === null) throw new ServiceError('answered', 'no-service', NO_SERVICE);
    return createService(origin, (await sealed.identity()).token);
  };

  const enrol = async (code: string, name: string) => {
    const { device } = await sealed.identity();
    const called = name.trim() || (await store.deviceSettings()).installer || '装维设备';
    await sealed.enrolled(await (await service()).enrol(code.trim(), device, called));
    // Made now, so that signing need not wait for it; where it fails, signing makes it or says why.
    store.sealingKey().catch(() => undefined);
  };

  /** Shows the code that the app was started with, once, when there is no token or a refused one. */
  const enrolByItself = async () => {
    const { enrolmentCode } = await platform.config();
    if (enrolmentCode === null || enrolmentCode === spentCode) return;
    try {
      await enrol(enrolmentCode, '');
      spentCode = enrolmentCode;
      refused = false;
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      if (error.isUnreachable) throw error;
      spentCode = enrolmentCode;
    }
  };

  const round = async (isStopped: () => boolean): Promise<Partial<SyncState>> => {
    if ((await sealed.identity()).token === null || refused) await enrolByItself();
    const { token, role } = await sealed.identity();
    const reached = await service();
    if (token === null) return { connection: 'unenrolled', reason: NOT_ENROLLED };
    // What others changed is pulled even when a file could not be sent.
    const sent = await sendAll(reached, sealed, isStopped).catch((error: unknown) => {
      if (!(error instanceof ServiceError) || error.isUnreachable || error.isUnauthorised) {
        throw error;
      }
      return error;
    });
    // The office reads what arrived from the service itself, and keeps no copy of everything.
    if (role === 'office') await reached.greet();
    else if (await receiveAll(reached, sealed, isStopped)) wake();
    if (sent instanceof ServiceError) throw sent;
    refused = false;
    return { connection: 'online', reason: null, lastSuccessAt: Date.now() };
  };

  /** What a failed round says about the connection. */
  const stateAfter = async (error: unknown): Promise<Partial<SyncState>> => {
    if (!(error instanceof ServiceError)) {
      // A fault of ours or of the local database: said aloud, and tried again like any other.
      console.error('sync', error);
      return { reason: FAULT };
    }
    if (error.isUnreachable) return { connection: 'offline', reason: error.message };
    if (error.isWipe) onWipe();
    if ((await sealed.identity()).token === null) {
      return { connection: 'unenrolled', reason: error.message };
    }
    refused = error.isUnauthorised;
    return refused
      ? { connection: 'refused', reason: REFUSED }
      : { connection: 'online', reason: error.message };
  };

  let failures = 0;
  const run = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      woken = false;
      const idle = { sending: new Set<string>(), progress: null };
      try {
        sealed.setSync({ ...(await round(() => signal.aborted)), ...idle });
        failures = 0;
      } catch (error) {
        failures += 1;
        sealed.setSync({ ...(await stateAfter(error)), ...idle });
      }
      if (signal.aborted) return;
      const backOff = Math.min(WAIT.longest, WAIT.first * 2 ** (failures - 1));
      // Half of it at random, so that devices do not come back all at once after an outage.
      await pause(failures === 0 ? WAIT.idle : backOff * (0.5 + Math.random() / 2));
    }
  };

  store.retention.recallFrom(async (sha256) => (await service()).getAttachment(sha256));

  let afterCommit: ReturnType<typeof setTimeout> | undefined;
  const committed = () => {
    // After a failure the back-off decides: typing without a network asks for no request a second.
    if (failures > 0) return;
    clearTimeout(afterCommit);
    afterCommit = setTimeout(wake, WAIT.afterCommit);
  };

  const tryNow = () => {
    wake();
    sealed.nudge();
  };

  return {
    start: () => {
      if (stopping) return;
      stopping = new AbortController();
      const { signal } = stopping;
      const forget = store.sealed.onCommitted(committed);
      window.addEventListener('online', wake);
      window.addEventListener('focus', wake);
      signal.addEventListener('abort', () => {
        forget();
        clearTimeout(afterCommit);
        window.removeEventListener('online', wake);
        window.removeEventListener('focus', wake);
        wake();
      });
      // One tab syncs; the next one takes over when it closes. No locks on plain http.
      const alone = navigator.locks
        ? navigator.locks.request(`onsite-sync:${sealed.name}`, { signal }, () => run(signal))
        : run(signal);
      loop = alone.catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
      // The tab that syncs tells a new one how things stand.
      sealed.nudge();
    },
    stop: async () => {
      stopping?.abort();
      stopping = null;
      await loop;
    },
    tryNow,
    enrol: async (code, name) => {
      await enrol(code, name);
      refused = false;
      tryNow();
    },
    office: {
      orders: async (search) => (await service()).officeOrders(search),
      order: async (id) => (await service()).officeOrder(id),
      attachment: async (sha256) => (await service()).getAttachment(sha256),
    },
    putBundle: async (file, options) => (await service()).putBundle(file, options),
  };
};
