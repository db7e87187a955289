import { v7 as uuid } from 'uuid';
import type { StoreApi } from 'zustand/vanilla';
import type { Keys } from '../../domain/vault/keys.ts';
import type { Platform } from '../platform/platform.ts';
import { canSeal } from '../seal/can-seal.ts';
import { readFile } from './attachment-bytes.ts';
import { createAttachmentFiles } from './attachment-files.ts';
import { type Bundles, createBundles } from './bundles.ts';
import { type StampedEdit, sameValue } from './change-log.ts';
import { compareWithJournal, rebuild } from './compare.ts';
import { giveProfile } from './compared.ts';
import { OnsiteDatabase } from './database.ts';
import { databaseName, markUnused, markUsed, wasUsed } from './generation.ts';
import { createJournalling, type Unjournaled } from './journalling.ts';
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
import {
  GONE_STORE,
  JournalError,
  openError,
  RECALL_LATER,
  reasonOfFailedSave,
  rebuiltNotice,
  takenNotice,
} from './reasons.ts';
import { changesOfEdits, createRenewal, RENEWING, type Renewing } from './renewal.ts';
import { createReplicas, type Replicas } from './replicas.ts';
import { createRetention, type Retention } from './retention.ts';
import { createSealed, type Sealed } from './sealed.ts';
import { createShowing } from './showing.ts';
import type { Store, WorkingSet } from './store.ts';
import { createCompaction } from './summaries.ts';
import type { Touched } from './touch.ts';
import { checkEdits, writeBatch } from './write-batch.ts';
import { writeKnown } from './write-known.ts';
import { type Batch, createWriter } from './writer.ts';

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
  /** Ids of the changes that were made in this window. */
  const ours = new Set<string>();
  let opening: Promise<void> | null = null;
  let comparing: Promise<unknown> | null = null;

  const tellCommitted = () => {
    for (const listener of committed) listener();
  };

  const showing = createShowing({ db, pending: () => writer.pending(), onOthers: tellCommitted });
  const { working } = showing;

  const publish = (touched: Touched) => {
    showing.publish(touched);
    compaction.due();
  };

  /** @param isTrouble whether the last write failed: then the long way, which Dexie watches over */
  const writeNow = async (batch: Batch, isTrouble: boolean) => {
    // The browser may close a database, even lose it: then it is opened, or made, again first.
    if (!db.isOpen()) await load(true, renewing.patience);
    // Beside the transaction, as the journal; other bytes than these cannot bear this name.
    const filed = Promise.all(
      batch.attachments.map(({ sha256, bytes }) => attachmentFiles.write(sha256, bytes)),
    );
    filed.catch(() => undefined);
    const journaled = journalling.journaled();
    const toJournal = (unjournaled: Unjournaled) => {
      journalling.add(unjournaled);
      // What fails now is tried again, and told, when the transaction is done.
      journalling.write().catch(() => undefined);
    };
    const touched =
      (isTrouble ? null : await writeKnown(db, batch, journaled, ours, toJournal)) ??
      (await writeBatch(db, batch, journaled, ours, toJournal));
    await filed.catch((cause: unknown) => {
      publish(touched);
      throw new JournalError('attachments', { cause });
    });
    return touched;
  };

  /** Whether the last write failed. */
  let failed = false;

  const writer = createWriter({
    write: async (batch) => {
      await opening?.catch(() => undefined);
      const isTrouble = failed || !db.isOpen();
      const attempt = () => writeNow(batch, isTrouble);
      failed = true;
      const touched = await (isTrouble ? tryAgain(batch, attempt) : attempt());
      failed = false;
      return touched;
    },
    show: publish,
    confirm: async () => {
      // One that was under way may have looked before the last entry came.
      while (!journalling.isDone()) await journalling.write();
      tellCommitted();
    },
    report: (saving) => working.setState({ saving }),
    reasonOf: async (error) => reasonOfFailedSave(error, await diskSpace()),
  });

  const diskSpace = () => platform.diskSpace().catch(() => null);

  const tryAgain = createRenewal({
    ...renewing,
    keep: async ({ edits, attachments }) => {
      const author = db.author?.author;
      if (!author) throw new JournalError('author');
      const { records } = working.getState();
      const shown = ({ order, record }: StampedEdit) => records.get(order)?.get(record);
      for (const { sha256, bytes } of attachments) await attachmentFiles.write(sha256, bytes);
      const changes = changesOfEdits([...edits.values()], shown, author);
      journalling.add({ id: uuid(), changes });
      while (!journalling.isDone()) await journalling.write();
    },
    diskSpace,
    pending: () => writer.pending(),
    reload: () => {
      window.removeEventListener('beforeunload', guard);
      renewing.reload();
    },
  });

  const commit: Store['commit'] = async (edits, attachments = []) => {
    checkEdits(edits, attachments);
    const { records } = working.getState();
    const time = Date.now();
    const news = edits.flatMap((edit): StampedEdit[] => {
      const shown = records.get(edit.order);
      const row = shown?.get(edit.record);
      const same = shown && sameValue(row?.values[edit.field], edit.value);
      // A pick of what is shown already is a decision all the same.
      if (same && !edit.settles) return [];
      return [{ ...edit, id: uuid(), time, follows: row?.changes[edit.field] }];
    });
    if (news.length + attachments.length === 0 && !writer.unsaved()) return;
    for (const { id } of news) ours.add(id);
    const saved = writer.add(news, attachments);
    showing.type(news);
    await saved;
  };

  /** Bytes that retention let go, from the service. */
  const recalled = (sha256: string) =>
    retention.recall(sha256).catch(() => {
      working.setState({ notice: RECALL_LATER });
      return null;
    });

  const guard = (event: BeforeUnloadEvent) => {
    if (writer.unsaved()) event.preventDefault();
  };

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
      window.addEventListener('beforeunload', guard);
      compaction.due();
      // Asks the browser once not to evict the database; what it answers changes nothing here.
      void navigator.storage?.persist?.();
      // What the journal did not get in the last session goes first. A failure changes nothing.
      comparing = (journalling.isDone() ? Promise.resolve() : writer.add([], []))
        // Known from then on, should the database never answer again.
        .then(() => readAuthor(db))
        .then(() => compare(since))
        .catch(() => undefined);
    },
    openOrder: (order) => showing.openOrder(order, opening),
    closeOrder: showing.closeOrder,
    commit,
    attachmentBytes: async (sha256) => (await readFile(db, sha256)) ?? (await recalled(sha256)),
    ...createOrders(db, commit, (touched) => {
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
      await writer.add([], []);
    }),
    retention,
    replicas: createReplicas(db, async (touched, unjournaled) => {
      publish(touched);
      if (unjournaled) journalling.add(unjournaled);
      await writer.add([], []);
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
      await writer.stop();
      window.removeEventListener('beforeunload', guard);
      showing.stop();
      db.close();
    },
  };
};
