/**
 * The browser's journal: files in the origin's private file system, written by a worker because only a
 * worker may write them synchronously and flush them to the disk.
 */
import { expose } from 'comlink';
import {
  createJournalFiles,
  type JournalFiles,
  type JournalFolder,
} from '../../domain/sync/journal-files.ts';
import { privateFile, shortWrite, writeWhole } from './opfs.ts';

const root = (): Promise<FileSystemDirectoryHandle> => navigator.storage.getDirectory();

const folder: JournalFolder = {
  names: async () => {
    const names: string[] = [];
    for await (const [name, { kind }] of (await root()).entries()) {
      if (kind === 'file') names.push(name);
    }
    return names;
  },
  open: async (name) => {
    const file = await (await privateFile(await root(), name)).createSyncAccessHandle();
    return {
      size: async () => file.getSize(),
      read: async (at, length) => {
        const bytes = new Uint8Array(length);
        return bytes.subarray(0, file.read(bytes, { at }));
      },
      write: async (at, bytes) => {
        if (file.write(bytes, { at }) !== bytes.length) throw shortWrite(name);
      },
      truncate: async (length) => file.truncate(length),
      sync: async () => file.flush(),
      close: async () => file.close(),
    };
  },
  write: async (name, bytes) => writeWhole(await root(), name, bytes),
  remove: async (name) => (await root()).removeEntry(name),
};

const files = createJournalFiles(folder);

/** A file that is open is closed to other tabs: they take turns by the lock instead of failing. */
const alone = <T>(work: () => Promise<T>): Promise<T> =>
  navigator.locks.request('onsite-journal', work);

const journal: JournalFiles = {
  append: (entry) => alone(() => files.append(entry)),
  read: (from) => alone(() => files.read(from)),
  readPlain: () => alone(files.readPlain),
  replacePlain: (name, entries) => alone(() => files.replacePlain(name, entries)),
};
export type OpfsJournal = typeof journal;

expose(journal);
