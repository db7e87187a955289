import type { EnrolAnswer } from '../../domain/accounts/wire.ts';
import { sendRound, syncRound } from '../../domain/sync/round.ts';
import type { BundleAnswer } from '../../domain/sync/wire.ts';
import type { Platform } from '../platform/platform.ts';
import type { OnsiteStore } from '../store/index.ts';
import type { SyncState } from '../store/store.ts';
import { type AccountsClient, createAccounts } from './accounts.ts';
import type { BundleOptions } from './bundle.ts';
import { onHints } from './hints.ts';
import { createHttp } from './http.ts';
import { measureClock } from './measure-clock.ts';
import { createNudges } from './nudged.ts';
import { createOffice, type OfficeClient } from './office.ts';
import { createPausing } from './pausing.ts';
import { createService, type Service, ServiceError } from './service.ts';
import { backOff, WAIT } from './waiting.ts';
import { AWAY, FAULT, NO_SERVICE, NOT_ENROLLED, REFUSED } from './words.ts';

export { uploadStateOf } from './upload-state.ts';
export { ServiceError };

/** The sync client: empties the outbox by itself whenever the service can be reached. */
export interface Sync {
  start(): void;
  /** Stops the loop; a request under way is finished first. */
  stop(): Promise<void>;
  /** Stops sending and receiving until `resume`; what is under way goes on later from where it was. */
  pause(): void;
  resume(): void;
  /** Tries at once, whatever the back-off: a person tapped. */
  tryNow(): void;
  /**
   * Shows the service a one-time code and keeps the token it gives.
   * @param name what the device is called, for people
   * @throws {ServiceError} with a Chinese message
   */
  enrol(code: string, name: string): Promise<void>;
  /** The same by user name and password. @throws {ServiceError} with a Chinese message */
  signIn(username: string, password: string): Promise<void>;
  /** Signs this device out. What is stored on it stays. */
  signOut(): Promise<void>;
  /** People, teams and devices; what the own role may. Online only. */
  readonly accounts: AccountsClient;
  /** What the office sees. Online only. @throws {ServiceError} with a Chinese message */
  readonly office: OfficeClient;
  /** Hands a bundle in at the service. Online only. @throws {ServiceError} with a Chinese message */
  putBundle(file: Blob, options: BundleOptions): Promise<BundleAnswer>;
}

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
  /** Until when the service wants to be left alone (`performance.now()`): only a person's tap comes before. */
  let restUntil = 0;
  let goOn = () => {};
  /** Ends the requests of the round that is under way. */
  let cut = new AbortController();
  const pausing = createPausing(sealed.name);

  const wake = () => {
    woken = true;
    goOn();
  };

  /** Something hints that it is worth trying. */
  const hint = () => {
    if (performance.now() >= restUntil) wake();
  };

  /** Resolves after `ms`, or as soon as somebody woke the loop since the last round began. */
  const wait = async (ms: number) => {
    if (woken) return;
    await new Promise<void>((resolve) => {
      const timer = ms === Infinity ? undefined : setTimeout(resolve, ms);
      goOn = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  };

  const http = async (signal?: AbortSignal) => {
    const { service: origin } = await platform.config();
    if (origin === null) throw new ServiceError('answered', 'no-service', NO_SERVICE);
    return createHttp(origin, (await sealed.identity()).token, signal);
  };
  /** The service as a person's taps ask it, paused or not. */
  const service = async () => createService(await http());
  const nudges = createNudges(hint);

  const enrolBy = async (
    name: string,
    ask: (service: Service, device: string, called: string) => Promise<EnrolAnswer>,
  ) => {
    const { device } = await sealed.identity();
    const kind = platform.kind === 'desktop' ? '装维设备' : '浏览器';
    const called = name.trim() || (await store.deviceSettings()).installer || kind;
    await sealed.enrolled(await ask(await service(), device, called));
    // Made now, so that signing need not wait for it; where it fails, signing makes it or says why.
    store.sealingKey().catch(() => undefined);
  };

  const enrol = (code: string, name: string) =>
    enrolBy(name, (reached, device, called) => reached.enrol(code.trim(), device, called));

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

  const report = (orders: Iterable<string>, done: number, total: number) => {
    sealed.setSync({
      sending: new Set(orders),
      progress: total > 0 ? { done, total: Math.max(done, total) } : null,
      bytes: null,
    });
  };

  const round = async (isStopped: () => boolean): Promise<Partial<SyncState>> => {
    if ((await sealed.identity()).token === null || refused) await enrolByItself();
    const { token, role } = await sealed.identity();
    const asking = await http(cut.signal);
    const reached = createService(
      asking,
      (sent, total) => sealed.setSync({ bytes: { sent, total } }),
      sealed.clockAhead,
    );
    if (token === null) return { connection: 'unenrolled', reason: NOT_ENROLLED };
    await measureClock(reached, sealed);
    const parts = { service: reached, store: sealed, now: Date.now, isStopped, report };
    // The office reads what arrived from the service itself, and keeps no copy of everything.
    const isInstaller = role === 'installer';
    if (await (isInstaller ? syncRound(parts) : sendRound(parts))) wake();
    if (!isInstaller) await reached.greet();
    refused = false;
    if (isInstaller) nudges.keepOpen(asking);
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
      ? { connection: 'refused', reason: error.code === AWAY ? error.message : REFUSED }
      : { connection: 'online', reason: error.message };
  };

  let failures = 0;
  /** Something was committed since the round under way began, and was left to the back-off. */
  let missed = false;
  const run = async (signal: AbortSignal) => {
    while (!signal.aborted) {
      woken = false;
      missed = false;
      const paused = pausing.isPaused();
      sealed.setSync({ paused });
      if (paused) {
        await wait(Infinity);
        continue;
      }
      if (cut.signal.aborted) cut = new AbortController();
      const isStopped = () => signal.aborted || pausing.isPaused();
      let asked = 0;
      const idle = { sending: new Set<string>(), progress: null, bytes: null };
      try {
        sealed.setSync({ ...(await round(isStopped)), ...idle });
        failures = 0;
        // It answers: what it asked for before is over.
        restUntil = 0;
        if (missed) committed();
      } catch (error) {
        // What a person has cut says nothing about the connection.
        const state = pausing.isPaused() ? {} : await stateAfter(error);
        if (!pausing.isPaused()) failures += 1;
        sealed.setSync({ ...state, ...idle });
        if (error instanceof ServiceError) {
          asked = error.retryAfter;
          // The line that brings the service's word may be dead too, and not know it.
          if (error.isUnreachable) cut.abort();
        }
        restUntil = performance.now() + asked;
      }
      if (signal.aborted) return;
      await wait(failures === 0 ? WAIT.idle : asked + backOff(failures));
    }
  };

  store.retention.recallFrom(async (sha256) => (await service()).getAttachment(sha256));

  let afterCommit: ReturnType<typeof setTimeout> | undefined;
  const committed = () => {
    // After a failure the back-off decides: typing without a network asks for no request a second.
    missed = failures > 0;
    if (missed) return;
    clearTimeout(afterCommit);
    afterCommit = setTimeout(hint, WAIT.afterCommit);
  };

  const accounts = createAccounts(http);

  const setPaused = (paused: boolean) => {
    pausing.set(paused);
    heedPause();
    // Shown at once, also in a tab that is not the one that syncs.
    sealed.setSync({ paused });
  };
  const heedPause = () => {
    if (pausing.isPaused()) cut.abort();
    wake();
  };

  const tryNow = () => {
    if (pausing.isPaused()) setPaused(false);
    wake();
    sealed.nudge();
  };

  return {
    start: () => {
      if (stopping) return;
      stopping = new AbortController();
      const { signal } = stopping;
      const forget = [sealed.onCommitted(committed), pausing.onChange(heedPause), onHints(hint)];
      signal.addEventListener('abort', () => {
        for (const stop of forget) stop();
        clearTimeout(afterCommit);
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
      cut.abort();
    },
    pause: () => setPaused(true),
    resume: () => setPaused(false),
    tryNow,
    enrol: async (code, name) => {
      await enrol(code, name);
      refused = false;
      tryNow();
    },
    signIn: async (username, password) => {
      await enrolBy('', (reached, device, called) =>
        reached.signIn(username, password, device, called),
      );
      refused = false;
      tryNow();
    },
    signOut: async () => {
      // Without a network the session stays open at the service, until an administrator ends it.
      await accounts.signOut().catch(() => undefined);
      await sealed.signedOut();
      sealed.setSync({ connection: 'unenrolled', reason: NOT_ENROLLED });
    },
    accounts,
    office: createOffice(service),
    putBundle: async (file, options) => (await service()).putBundle(file, options),
  };
};
