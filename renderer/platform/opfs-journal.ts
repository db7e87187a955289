/**
 * The browser's journal: a file in the origin's private file system, written by a worker because only
 * a worker may write it synchronously and flush it to the disk.
 */
import { expose } from 'comlink';
import { JOURNAL_START, journalFrame, readJournal } from '../../domain/sync/journal.ts';

const FILE = 'journal';

/** What TypeScript's page types leave out, since only a worker has it. */
interface SyncFile {
  getSize(): number;
  read(into: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}
interface SyncFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncFile>;
}
const isSyncFileHandle = (handle: FileSystemFileHandle): handle is SyncFileHandle =>
  'createSyncAccessHandle' in handle;

/** How much of the file this tab has read and verified. Another tab may have written behind it. */
let known = { length: 0, digest: JOURNAL_START };

const withFile = async <T>(use: (file: SyncFile) => T): Promise<T> => {
  const folder = await navigator.storage.getDirectory();
  const handle = await folder.getFileHandle(FILE, { create: true });
  if (!isSyncFileHandle(handle)) throw new Error('journal: this browser cannot write one');
  // The access handle is exclusive: tabs take turns by the lock instead of failing.
  return navigator.locks.request('onsite-journal', async () => {
    const file = await handle.createSyncAccessHandle();
    try {
      return use(file);
    } finally {
      file.close();
    }
  });
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
