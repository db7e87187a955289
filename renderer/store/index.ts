import type { StoreApi } from 'zustand/vanilla';
import type { Keys } from '../../domain/vault/keys.ts';
import type { Platform } from '../platform/platform.ts';
import { canSeal } from '../seal/can-seal.ts';
import { readFile } from './attachment-bytes.ts';
import { createAttachmentFiles } from './attachment-files.ts';
import { type Bundles, createBundles } from './bundles.ts';
import { compareWithJournal, rebuild } from './compare.ts';
import { giveProfile } from './compared.ts';
import { OnsiteDatabase } from './database.ts';
import { databaseName, markUnused, markUsed, wasUsed } from './generation.ts';
import { createJournalling } from './journalling.ts';
import { createLeisure } from './leisure.ts';
import { readAll } from './loading.ts';
import {
  ensureDevice,
  keepSealingKey,
  META,
  readAuthor,
  readMeta,
  readSealingKey,
  readSettings,
} from './meta.ts';
import { lookForLoss, openDatabase } from './opening.ts';
import { createOrders } from './orders.ts';
import { createPackShelf, type PackShelf } from './packs.ts';
import { takeOver } from './plain-store.ts';
import { GONE_STORE, openError, RECALL_LATER, rebuiltNotice, takenNotice } from './reasons.ts';
import { RENEWING, type Renewing } from './renewal.ts';
import { createReplicas, type Replicas } from './replicas.ts';
import { createRetention, type Retention } from './retention.ts';
import { createSaving } from './saving.ts';
import { createSealed, type Sealed } from './sealed.ts';
import { createShowing } from './showing.ts';
import type { Store, WorkingSet } from './store.ts';
import { createCompaction } from './summaries.ts';
import type { Touched } from './touch.ts';

export interface OnsiteStore extends Store {
  readonly working: StoreApi<WorkingSet>;
  readonly packs: PackShelf;
  /** For bundles alone. */
  readonly bundles: Bundles;
  readonly retention: Retention;
  /** For backups alone. */
  readonly replicas: Replicas;
  /** For the sync client alone. */
  readonly sealed: Sealed;
  /** Finishes what is being written and closes the database. */
  close(): Promise<void>;
}

/**
 * The local store: IndexedDB under `name`, an in-memory working set, the journal behind both.
 *
 * @param keys of the open vault: what the store holds is encrypted under them
 * @param name of the database; tests use their own
 * @param renewing see `renewal.ts`
 */
export const createStore = ({
  platform,
  keys,
  name = databaseName(),
  renewing = RENEWING,
}: {
  platform: Platform;
  keys: Keys;
  name?: string;
  renewing?: Renewing;
}): OnsiteStore => {
  const db = new OnsiteDatabase(name, keys);
  const retention = createRetention(db, platform.files);
  const attachmentFiles = createAttachmentFiles(platform.files, keys);
  const journalling = createJournalling(db, platform.journal);
  const compaction = createCompaction(db, journalling.tidy);
  const committed = new Set<() => void>();
  let opening: Promise<void> | null = null;
  let comparing: Promise<unknown> | null = null;

  const tellCommitted = () => {
    for (const listener of committed) listener();
  };

  const showing = createShowing({ db, pending: () => saving.pending(), onOthers: tellCommitted });
  const { working } = showing;

  const publish = (touched: Touched) => {
    showing.publish(touched);
    compaction.due();
  };

  const saving = createSaving({
    ...{ db, platform, journalling, attachmentFiles, working, renewing, publish },
    opening: () => opening,
    reopen: () => load(true, renewing.patience),
    type: showing.type,
    onSaved: tellCommitted,
  });

  /** Bytes that retention let go, from the service. */
  const recalled = (sha256: string) =>
    retention.recall(sha256).catch(() => {
      working.setState({ notice: RECALL_LATER });
      return null;
    });

  const compareParts = { db, platform, keys };
  const leisure = createLeisure();

  /**
   * @param again whether an empty database is made again from the journal, or is a `LostStoreError`
   * @param patience how long it may take to open, in ms
   */
  const load = async (again: boolean, patience?: number) => {
    const databases = await openDatabase(db, patience);
    await takeOver(db, databases);
    let notice: string | null = null;
    // Mostly there is something, and then all of it is asked for at once.
    let read = await readAll(db);
    if (read.isEmpty) {
      if (again) {
        const { orders, foreign, unread } = await rebuild(compareParts);
        if (orders > 0) notice = rebuiltNotice(orders, foreign + unread > 0);
        else if (wasUsed(name)) notice = GONE_STORE;
        markUnused(name);
      } else await lookForLoss(compareParts);
      read = await readAll(db);
    }
    if (!read.hasDevice) await ensureDevice(db);
    const { summaries, rejected, unjournaled } = read;
    journalling.add(...unjournaled);
    if (summaries.size > 0) markUsed(name);
    working.setState({ summaries, rejected, notice });
  };

  /** Compares journal and store behind the person's back, in one window at a time. */
  const compare = (since: number) =>
    navigator.locks?.request(`onsite-compare:${name}`, { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      const { touched, taken } = await compareWithJournal(compareParts, since, leisure.pause);
      // Read anew: what was typed since it was taken is later.
      await showing.publishAnew(touched);
      if (touched.orders.size > 0) compaction.due();
      if (taken > 0) working.setState({ notice: takenNotice(taken) });
    });

  return {
    working,
    open: async ({ rebuild: again = false } = {}) => {
      const since = Date.now();
      opening = load(again).catch((cause: unknown) => {
        throw openError(cause);
      });
      await opening;
      saving.guard();
      compaction.due();
      // Asks the browser once not to evict the database; what it answers changes nothing here.
      void navigator.storage?.persist?.();
      // What the journal did not get in the last session goes first. A failure changes nothing.
      comparing = (journalling.isDone() ? Promise.resolve() : saving.journal())
        // Known from then on, should the database never answer again.
        .then(() => readAuthor(db))
        .then(() => compare(since))
        .catch(() => undefined);
    },
    openOrder: (order) => showing.openOrder(order, opening),
    closeOrder: showing.closeOrder,
    commit: saving.commit,
    attachmentBytes: async (sha256) => (await readFile(db, sha256)) ?? (await recalled(sha256)),
    ...createOrders(db, saving.commit, (touched) => {
      publish(touched);
      tellCommitted();
    }),
    sealingKey: async () => {
      if (!canSeal()) return null;
      const kept = await readSealingKey(db);
      if (kept) return kept;
      const { makeSealingKey } = await import('../seal/device-key.ts');
      return keepSealingKey(db, await makeSealingKey((await readMeta(db)).device));
    },
    deviceSettings: () => readSettings(db),
    saveDeviceSettings: async (settings) => {
      await db.meta.put({ key: META.settings, value: settings });
      await giveProfile(compareParts);
    },
    dismissNotice: () => working.setState({ notice: null }),
    packs: createPackShelf(db),
    bundles: createBundles(db, async (touched, unjournaled) => {
      publish(touched);
      journalling.add(unjournaled);
      await saving.journal();
    }),
    retention,
    replicas: createReplicas(db, async (touched, unjournaled) => {
      publish(touched);
      if (unjournaled) journalling.add(unjournaled);
      await saving.journal();
    }),
    sealed: {
      ...createSealed(db, publish),
      setSync: showing.setSync,
      onCommitted: (listener) => {
        committed.add(listener);
        return () => committed.delete(listener);
      },
      nudge: showing.nudge,
    },
    close: async () => {
      compaction.stop();
      leisure.stop();
      await comparing;
      await saving.stop();
      showing.stop();
      db.close();
    },
  };
};
