import { constants, type FileHandle, mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { journalFrame, readJournal } from '../domain/sync/journal.ts';
import { syncFolder, writeAtomically } from './atomic-write.ts';
import { reasonOf } from './save-file.ts';

/**
 * The journal: every saved change once more, outside IndexedDB, for the day the browser's store is
 * lost. Files of a month each, only ever appended to.
 */
export interface Journal {
  /** Resolves when the entry is on the disk (fsynced), not merely in the system's cache. */
  append(entry: Uint8Array): Promise<void>;
  /** All whole entries, oldest first. What a power cut tore off at a file's end is left out. */
  read(): Promise<Uint8Array<ArrayBuffer>[]>;
  /** Closes the open file; the next append opens it again. */
  close(): Promise<void>;
}

const EXTENSION = '.journal';
const monthOf = (time: Date): string => time.toISOString().slice(0, 7);

interface OpenFile {
  readonly month: string;
  readonly handle: FileHandle;
  /** Bytes of whole entries; what lies behind is torn and is overwritten. */
  length: number;
  /** What the next entry's digest is chained to. */
  digest: Uint8Array;
}

/**
 * Opens the journal of a folder (made when missing).
 *
 * @param now the clock that names the month's file
 */
export const openJournal = (folder: string, now = (): Date => new Date()): Journal => {
  let file: OpenFile | null = null;
  // One after the other: two appends never mix, and a read sees whole entries only.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work, work);
    last = done.catch(() => {});
    return done;
  };

  const fileOf = async (month: string): Promise<OpenFile> => {
    if (file?.month === month) return file;
    await file?.handle.close();
    file = null;
    await mkdir(folder, { recursive: true });
    // Read and write, made when missing; not "a", which would ignore the place to write at.
    const flags = constants.O_RDWR | constants.O_CREAT;
    const handle = await open(join(folder, month + EXTENSION), flags, 0o600);
    const bytes = await handle.readFile();
    const { length, digest } = readJournal(bytes);
    if (length < bytes.length) {
      // Entries written behind a torn one could never be read again, so it is cut off. Put aside
      // first: after damage in the middle of a file, what lies behind it is worth a look.
      await writeAtomically(join(folder, `${month}.cut-${Date.now()}`), bytes.subarray(length));
      await handle.truncate(length);
    }
    await syncFolder(folder);
    file = { month, handle, length, digest };
    return file;
  };

  const append = async (entry: Uint8Array): Promise<void> => {
    const target = await fileOf(monthOf(now()));
    const { frame, digest } = journalFrame(target.digest, entry);
    try {
      let written = 0;
      while (written < frame.length) {
        const { bytesWritten } = await target.handle.write(
          frame,
          written,
          frame.length - written,
          target.length + written,
        );
        written += bytesWritten;
      }
      await target.handle.datasync();
    } catch (error) {
      // The half entry stays behind `length` and is overwritten by the next try.
      throw new Error(`没能写入日志：${reasonOf(error)}`);
    }
    target.length += frame.length;
    target.digest = digest;
  };

  const read = async (): Promise<Uint8Array<ArrayBuffer>[]> => {
    const names = await readdir(folder).catch(() => []);
    const entries: Uint8Array<ArrayBuffer>[] = [];
    for (const name of names.filter((n) => n.endsWith(EXTENSION)).sort()) {
      const whole = readJournal(await readFile(join(folder, name))).entries;
      for (const entry of whole) entries.push(new Uint8Array(entry));
    }
    return entries;
  };

  return {
    append: (entry) => inTurn(() => append(entry)),
    read: () => inTurn(read),
    close: () =>
      inTurn(async () => {
        await file?.handle.close();
        file = null;
      }),
  };
};
