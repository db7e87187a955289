import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { FileStore } from '@tus/file-store';
import { LIMITS } from '../../domain/sync/limits.ts';
import type { AttachmentFiles, Waiting } from './attachment-files.ts';
import { ServiceError } from './errors.ts';
import { openScratch } from './scratch.ts';

/** What tus keeps beside an upload. */
const NOTES = '.json';

/** Attachments on disk: `attachments/ab/ab12…`. */
export async function openDiskFiles(data: string): Promise<AttachmentFiles> {
  const root = join(data, 'attachments');
  const arriving = join(root, 'arriving');
  const { hold, tidy } = await openScratch(arriving);
  const folderOf = (sha256: string) => join(root, sha256.slice(0, 2));
  const pathOf = (sha256: string) => join(folderOf(sha256), sha256);

  return {
    arriving: new FileStore({ directory: arriving }),
    async waiting(start = '') {
      const names = (await readdir(arriving)).filter(
        (name) => name.includes('.') && !name.endsWith(NOTES) && name.startsWith(start),
      );
      const found = await Promise.all(
        names.map(async (id): Promise<Waiting[]> => {
          const file = await stat(join(arriving, id)).catch(() => null);
          return file ? [{ id, touched: file.mtimeMs }] : [];
        }),
      );
      return found.flat();
    },
    async put(sha256, bytes) {
      const held = await hold(bytes, LIMITS.attachmentBytes);
      try {
        if (held.sha256 !== sha256) throw new ServiceError('hash-mismatch');
        await mkdir(folderOf(sha256), { recursive: true, mode: 0o700 });
        // The same bytes again replace themselves, which also mends a file that was damaged.
        await rename(held.path, pathOf(sha256));
        await syncFolder(folderOf(sha256));
        return held.size;
      } finally {
        await rm(held.path, { force: true });
      }
    },
    async size(sha256) {
      const found = await stat(pathOf(sha256)).catch(() => null);
      return found?.isFile() ? found.size : null;
    },
    read: async (sha256) => Readable.toWeb(createReadStream(pathOf(sha256))) as ReadableStream,
    hold: async (bytes, limit) => (await hold(bytes, limit)).path,
    tidy,
  };
}

/** A renamed file survives a power cut only when its folder has been flushed too. */
async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open a folder, and its file system journals the renaming itself.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
