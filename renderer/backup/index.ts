/** Backups: made by themselves each day and after an update, by hand, and merged back in. */
import { createStore as createState, type StoreApi } from 'zustand/vanilla';
import { type BackupHistory, daysWithout, isDue, OVERDUE_DAYS } from '../../domain/backup/files.ts';
import { keysOfBackup, vaultName } from '../../domain/backup/keys.ts';
import type { BackupHeader } from '../../domain/backup/sections.ts';
import type { Keys } from '../../domain/vault/keys.ts';
import type { Platform } from '../platform/platform.ts';
import type { OnsiteStore } from '../store/index.ts';
import type { Vault } from '../vault/vault.ts';
import { type BackupParts, type BackupReport, makeBackup, makeWholeBackup } from './make.ts';
import {
  type BackupFileSource,
  backupInPlace,
  type FoundBackup,
  listBackups,
  planRestore,
  type Restored,
  type RestorePlan,
  restore,
} from './restore.ts';

export interface BackupsState {
  /** What the person knows the chosen folder by; null until there is one. */
  readonly folder: string | null;
  /** Whether the folder may be written; a browser asks again after each start. */
  readonly allowed: boolean;
  /** Null until it was read. */
  readonly history: BackupHistory | null;
  readonly running: boolean;
  /** Why the last attempt failed, in Chinese; null since one succeeded. */
  readonly problem: string | null;
}

export interface Backups {
  readonly state: StoreApi<BackupsState>;
  /** `folder`: one can be chosen; `download`: this browser lets a page choose none. */
  readonly way: 'folder' | 'download';
  /** Makes backups by itself from now on. */
  start(): Promise<void>;
  stop(): void;
  /** Asks for a folder, and makes the first backup there; false when the person cancelled. */
  chooseFolder(): Promise<boolean>;
  /** Asks the person to let the folder be written, and makes a backup. Needs their click. */
  allow(): Promise<void>;
  /** @throws with a Chinese message; it is in the state too. Null when a download was cancelled. */
  backUpNow(): Promise<BackupReport | null>;
  /** All backups in the folder, newest first. */
  found(): Promise<readonly FoundBackup[]>;
  inFolder(backup: Pick<FoundBackup, 'path' | 'size'>): BackupFileSource;
  /** The keys that open a backup: this vault's own, or those that the recovery code gives; null without. */
  keysOf(header: BackupHeader, code: string | null): Keys | null;
  plan(backup: BackupFileSource, keys: Keys): Promise<RestorePlan>;
  /** Backs up what is here, then merges. @throws with a Chinese message, and with nothing merged, when that backup fails */
  restore(backup: BackupFileSource, keys: Keys): Promise<Restored>;
}

/** Milliseconds: the first look after the start, which belongs to the person, and between two looks. */
const WAIT = { first: 15_000, next: 10 * 60_000 };
const DAY = 24 * 60 * 60_000;

export const createBackups = ({
  platform,
  store,
  keys,
  vault,
  now = () => new Date(),
}: {
  platform: Platform;
  store: OnsiteStore;
  keys: Keys;
  vault: Pick<Vault, 'state'>;
  now?: () => Date;
}): Backups => {
  const { backups: place } = platform;
  const state = createState<BackupsState>(() => ({
    folder: null,
    allowed: true,
    history: null,
    running: false,
    problem: null,
  }));
  const channel = new BroadcastChannel(`onsite-backup:${store.sealed.name}`);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;

  const parts = async (): Promise<BackupParts> => ({
    replicas: store.replicas,
    packs: store.packs,
    files: platform.files,
    keys,
    keyFile: () => {
      const opened = vault.state.getState();
      if (opened.step !== 'open') throw new Error('the vault is locked');
      return opened.file;
    },
    version: (await platform.config()).version,
    now,
  });

  const readState = async () => {
    const history = await store.replicas.history();
    const folder = (await place?.chosen()) ?? null;
    const allowed = folder === null || ((await place?.allowed(false)) ?? true);
    state.setState({ history, folder, allowed });
  };

  /** One at a time, whichever window asks; null when `wait` is false and another one is at it. */
  const alone = <T>(wait: boolean, work: () => Promise<T>): Promise<T | null> =>
    // No locks on plain http; there no backup is made by itself either.
    navigator.locks
      ? navigator.locks.request(
          `onsite-backup:${store.sealed.name}`,
          { ifAvailable: !wait },
          (lock) => (lock || wait ? work() : null),
        )
      : work();

  const download = async (made: BackupParts): Promise<BackupReport | null> => {
    const { bytes, report } = await makeWholeBackup(made);
    const saved = await platform.saveFile(report.path, bytes, 'application/octet-stream');
    return saved === null ? null : report;
  };

  const make = async (): Promise<BackupReport | null> => {
    state.setState({ running: true });
    try {
      const made = await parts();
      const report = await (place ? makeBackup(made, place) : download(made));
      if (!report) return null;
      const since = state.getState().history?.since ?? report.at;
      const held = { orders: report.counts.orders, attachments: report.attachments };
      const history = { since, lastSuccessAt: report.at, version: made.version, held };
      await store.replicas.keepHistory(history);
      state.setState({ history, problem: null });
      channel.postMessage('made');
      return report;
    } catch (error) {
      state.setState({ problem: error instanceof Error ? error.message : String(error) });
      throw error;
    } finally {
      state.setState({ running: false });
    }
  };

  /** Makes one by itself, when one is due and there is something to keep and somewhere to keep it. */
  const look = async (): Promise<void> => {
    await readState();
    const { folder, allowed, history } = state.getState();
    if (!place || folder === null || !allowed || !history) return;
    // An empty store says nothing about the backups that are there.
    if (store.working.getState().summaries.size === 0) return;
    const { version } = await platform.config();
    if (isDue(history, version, now())) await alone(false, make);
  };

  let thinnedAt = 0;
  /** Once a day, and after the backup, which may still hold what goes. */
  const thin = async (): Promise<void> => {
    const { thinAfterDays } = await store.deviceSettings();
    if (thinAfterDays === undefined || now().getTime() - thinnedAt < DAY) return;
    await alone(false, () => store.retention.thin(thinAfterDays, now()));
    thinnedAt = now().getTime();
  };

  const lookAgain = (wait: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      // What failed stands in the state, and is tried again.
      look()
        .catch(() => undefined)
        .then(thin)
        .catch(() => undefined)
        .then(() => {
          if (!stopped) lookAgain(WAIT.next);
        });
    }, wait);
  };

  channel.onmessage = () => void readState().catch(() => undefined);

  return {
    state,
    way: place ? 'folder' : 'download',
    start: async () => {
      const known = await store.replicas.history();
      if (!known) {
        const since = now().getTime();
        const fresh = { since, lastSuccessAt: null, version: null, held: null };
        await store.replicas.keepHistory(fresh);
      }
      await readState();
      const { version } = await platform.config();
      // Another version of the app is backed up before the person goes on with it.
      const updated = known?.version !== null && known?.version !== version;
      lookAgain(updated ? 0 : WAIT.first);
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      channel.close();
    },
    chooseFolder: async () => {
      if ((await place?.choose()) == null) return false;
      await readState();
      state.setState({ problem: null });
      return true;
    },
    allow: async () => {
      const allowed = (await place?.allowed(true)) ?? true;
      state.setState({ allowed });
    },
    backUpNow: () => alone(true, make),
    found: async () => (place ? listBackups(place) : []),
    inFolder: (backup) => {
      if (!place) throw new Error('there is no folder');
      return backupInPlace(place, backup);
    },
    keysOf: ({ vault: of, keyFile }, code) => {
      if (of === vaultName(keys)) return keys;
      const opened = code === null ? null : keysOfBackup(keyFile, code);
      return opened && vaultName(opened) === of ? opened : null;
    },
    plan: async (backup, of) => planRestore(await parts(), backup, of),
    restore: async (backup, of) => {
      const result = await alone(true, async () => {
        if ((await store.replicas.orders()).length > 0) await backUpFirst();
        return restore(await parts(), backup, of);
      });
      if (!result) throw new Error('另一个窗口正在备份，请稍后再试');
      return result;
    },
  };

  async function backUpFirst(): Promise<void> {
    const failed = (reason: string) =>
      new Error(`恢复之前要先备份本机现有的内容，但没有成功：${reason}。什么都没有改动。`);
    let made: BackupReport | null;
    try {
      made = await make();
    } catch (error) {
      throw failed(error instanceof Error ? error.message : String(error));
    }
    if (!made) throw failed('没有选择保存的地方');
  }
};

/** Whether so long without a backup must not be overlooked: never while there is nothing to keep. */
export const isOverdue = (history: BackupHistory | null, orders: number, now: Date): boolean =>
  orders > 0 && history !== null && daysWithout(history, now) >= OVERDUE_DAYS;
