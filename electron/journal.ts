import { constants, type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createJournalFiles,
  type JournalFile,
  type JournalFiles,
  type JournalFolder,
} from '../domain/sync/journal-files.ts';
import { syncFolder, writeAtomically } from './atomic-write.ts';
import { isMissing } from './content-files.ts';
import { reasonOf } from './save-file.ts';

/** The journal on the desktop's disk: see `domain/sync/journal-files.ts`. */
export interface Journal extends JournalFiles {
  /** Closes the open file; the next append opens it again. */
  close(): Promise<void>;
}

const fileOf = (handle: FileHandle, close: () => Promise<void>): JournalFile => ({
  size: async () => (await handle.stat()).size,
  read: async (at, length) => {
    const bytes = new Uint8Array(length);
    let read = 0;
    while (read < length) {
      const { bytesRead } = await handle.read(bytes, read, length - read, at + read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
    return bytes.subarray(0, read);
  },
  write: async (at, bytes) => {
    let written = 0;
    while (written < bytes.length) {
      const left = bytes.length - written;
      written += (await handle.write(bytes, written, left, at + written)).bytesWritten;
    }
  },
  truncate: (length) => handle.truncate(length),
  sync: () => handle.datasync(),
  close,
});

/** Opens the journal of a folder (made when missing). `now` is the clock that names the month's file. */
export const openJournal = (folder: string, now?: () => Date): Journal => {
  // The file that entries are appended to stays open: each keystroke waits for it.
  let kept: { readonly name: string; readonly handle: FileHandle } | null = null;
  const close = async () => {
    const handle = kept?.handle;
    kept = null;
    await handle?.close();
  };

  const disk: JournalFolder = {
    names: async () => {
      try {
        return await readdir(folder);
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    },
    open: async (name) => {
      if (kept?.name !== name) {
        await close();
        await mkdir(folder, { recursive: true });
        // Not "a", which would ignore the place to write at.
        const flags = constants.O_RDWR | constants.O_CREAT;
        kept = { name, handle: await open(join(folder, name), flags, 0o600) };
        await syncFolder(folder);
      }
      return fileOf(kept.handle, async () => {});
    },
    write: async (name, bytes) => {
      if (kept?.name === name) await close();
      await mkdir(folder, { recursive: true });
      await writeAtomically(join(folder, name), bytes);
    },
    remove: async (name) => {
      if (kept?.name === name) await close();
      await rm(join(folder, name), { force: true });
      await syncFolder(folder);
    },
  };

  const files = createJournalFiles(disk, now);
  return {
    ...files,
    append: async (entry) => {
      try {
        await files.append(entry);
      } catch (error) {
        throw new Error(`没能写入日志：${reasonOf(error)}`);
      }
    },
    close,
  };
};
