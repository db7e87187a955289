/**
 * The browser's journal: files in the origin's private file system, written by a worker because only a
 * worker may write them synchronously and flush them to the disk.
 */
import { expose } from 'comlink';
import {
  createJournalFiles,
  type JournalFile,
  type JournalFiles,
  type JournalFolder,
} from '../../domain/sync/journal-files.ts';
import { openShared, privateFile, type SyncFile, shortWrite, writeWhole } from './opfs.ts';

const root = (): Promise<FileSystemDirectoryHandle> => navigator.storage.getDirectory();

/** How long the file stays open behind its last use, in ms: opening it takes longer than writing. */
const KEPT = 1_000;

let kept: { readonly name: string; readonly file: SyncFile } | null = null;
let closing: ReturnType<typeof setTimeout> | undefined;
const close = () => {
  kept?.file.close();
  kept = null;
};

const fileOf = (name: string, file: SyncFile, close: () => Promise<void>): JournalFile => ({
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
  close,
});

const folder: JournalFolder = {
  names: async () => {
    const names: string[] = [];
    for await (const [name, { kind }] of (await root()).entries()) {
      if (kind === 'file') names.push(name);
    }
    return names;
  },
  open: async (name) => {
    if (kept?.name !== name) {
      close();
      const { file, isShared } = await openShared(await privateFile(await root(), name));
      if (!isShared) return fileOf(name, file, async () => file.close());
      kept = { name, file };
    }
    clearTimeout(closing);
    closing = setTimeout(close, KEPT);
    return fileOf(name, kept.file, async () => {});
  },
  write: async (name, bytes) => {
    if (kept?.name === name) close();
    await writeWhole(await root(), name, bytes);
  },
  remove: async (name) => {
    if (kept?.name === name) close();
    await (await root()).removeEntry(name);
  },
};

const files = createJournalFiles(folder);

/** Tabs take turns by the lock: no two write at once, and where a file cannot be shared none fails. */
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
