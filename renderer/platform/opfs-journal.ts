/**
 * The browser's journal: a file in the origin's private file system, written by a worker because only
 * a worker may write it synchronously and flush it to the disk.
 */
import { expose } from 'comlink';
import { JOURNAL_START, journalFrame, readJournal } from '../../domain/sync/journal.ts';
import { privateFile, type SyncFile, withSyncFile } from './opfs.ts';

const FILE = 'journal';

/** How much of the file this tab has read and verified. Another tab may have written behind it. */
let known = { length: 0, digest: JOURNAL_START };

const withFile = async <T>(use: (file: SyncFile) => T): Promise<T> => {
  const folder = await navigator.storage.getDirectory();
  const handle = await privateFile(folder, FILE);
  // The access handle is exclusive: tabs take turns by the lock instead of failing.
  return navigator.locks.request('onsite-journal', () => withSyncFile(handle, use));
};

const readFrom = (file: SyncFile, start: number): Uint8Array => {
  const bytes = new Uint8Array(file.getSize() - start);
  file.read(bytes, { at: start });
  return bytes;
};

const journal = {
  append: (payload: Uint8Array): Promise<void> =>
    withFile((file) => {
      if (file.getSize() < known.length) known = { length: 0, digest: JOURNAL_START };
      const news = readJournal(readFrom(file, known.length), known.digest);
      const end = known.length + news.length;
      const { frame, digest } = journalFrame(news.digest, payload);
      file.truncate(end);
      if (file.write(frame, { at: end }) !== frame.length) throw new Error('journal: short write');
      file.flush();
      known = { length: end + frame.length, digest };
    }),

  read: (): Promise<readonly Uint8Array[]> =>
    withFile((file) => readJournal(readFrom(file, 0)).entries),
};
export type OpfsJournal = typeof journal;

expose(journal);
