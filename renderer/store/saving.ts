/** How edits get to the disk: shown at once, written a batch after the other, and saved when the journal has them. */
import { v7 as uuid } from 'uuid';
import type { StoreApi } from 'zustand/vanilla';
import type { Platform } from '../platform/platform.ts';
import type { AttachmentFiles } from './attachment-files.ts';
import { type StampedEdit, sameValue } from './change-log.ts';
import type { OnsiteDatabase } from './database.ts';
import type { Journalling, Unjournaled } from './journalling.ts';
import { JournalError, reasonOfFailedSave } from './reasons.ts';
import { changesOfEdits, createRenewal, type Renewing } from './renewal.ts';
import type { Store, WorkingSet } from './store.ts';
import type { Touched } from './touch.ts';
import { checkEdits, writeBatch } from './write-batch.ts';
import { writeKnown } from './write-known.ts';
import { type Batch, createWriter, type Writer } from './writer.ts';

export interface Saving extends Pick<Writer, 'pending'> {
  readonly commit: Store['commit'];
  /** Resolves when the journal has all that it was given, however many attempts that takes. */
  journal(): Promise<void>;
  /** From now on the page asks before it goes away with what is not saved. */
  guard(): void;
  /** Finishes what is being written. */
  stop(): Promise<void>;
}

export interface SavingParts {
  readonly db: OnsiteDatabase;
  readonly platform: Pick<Platform, 'diskSpace'>;
  readonly journalling: Journalling;
  readonly attachmentFiles: AttachmentFiles;
  readonly working: StoreApi<WorkingSet>;
  readonly renewing: Renewing;
  /** The store's opening; null before it began. */
  opening(): Promise<void> | null;
  /** Opens the database that the browser has closed; or makes it again, should it be lost. */
  reopen(): Promise<void>;
  /** Shows edits that are about to be saved. */
  type(edits: readonly StampedEdit[]): void;
  /** Shows what a transaction wrote. */
  publish(touched: Touched): void;
  /** Called when something was saved. */
  onSaved(): void;
}

export const createSaving = ({
  db,
  platform,
  journalling,
  attachmentFiles,
  working,
  renewing,
  ...parts
}: SavingParts): Saving => {
  /** Ids of the changes that were made in this window. */
  const ours = new Set<string>();
  /** Whether the last write failed. */
  let failed = false;

  const diskSpace = () => platform.diskSpace().catch(() => null);

  const guard = (event: BeforeUnloadEvent) => {
    if (writer.unsaved()) event.preventDefault();
  };
  const unguard = () => window.removeEventListener('beforeunload', guard);

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
      unguard();
      renewing.reload();
    },
  });

  /** @param isTrouble whether the last write failed: then the long way, which Dexie watches over */
  const writeNow = async (batch: Batch, isTrouble: boolean) => {
    // The browser may close a database, even lose it: then it is opened, or made, again first.
    if (!db.isOpen()) await parts.reopen();
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
      parts.publish(touched);
      throw new JournalError('attachments', { cause });
    });
    return touched;
  };

  const writer = createWriter({
    write: async (batch) => {
      await parts.opening()?.catch(() => undefined);
      const isTrouble = failed || !db.isOpen();
      const attempt = () => writeNow(batch, isTrouble);
      failed = true;
      const touched = await (isTrouble ? tryAgain(batch, attempt) : attempt());
      failed = false;
      return touched;
    },
    show: parts.publish,
    confirm: async () => {
      // One that was under way may have looked before the last entry came.
      while (!journalling.isDone()) await journalling.write();
      parts.onSaved();
    },
    report: (saving) => working.setState({ saving }),
    reasonOf: async (error) => reasonOfFailedSave(error, await diskSpace()),
  });

  return {
    commit: async (edits, attachments = []) => {
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
      parts.type(news);
      await saved;
    },
    journal: () => writer.add([], []),
    guard: () => window.addEventListener('beforeunload', guard),
    pending: writer.pending,
    stop: async () => {
      await writer.stop();
      unguard();
    },
  };
};
