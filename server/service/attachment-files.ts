import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { FileStore } from '@tus/file-store';
import type { S3Store } from '@tus/s3-store';
import { LIMITS } from '../../domain/sync/wire.ts';
import { ServiceError } from './errors.ts';

/** Where uploads in parts wait for the rest: on disk, or in an S3-compatible store. */
export type Arriving = FileStore | S3Store;
/** Bytes as they come. */
export type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Attachments under their SHA-256. That a hash is one is checked by the caller. */
export interface AttachmentFiles {
  /** Where uploads in parts wait for the rest. */
  readonly arriving: Arriving;
  /**
   * Stores a stream; when it resolves, the bytes are on disk under their name.
   *
   * @returns the size in bytes.
   * @throws ServiceError `hash-mismatch`, `too-large`; nothing is kept then.
   */
  put(sha256: string, bytes: Bytes): Promise<number>;
  /** The size in bytes, or null when the file is not there. */
  size(sha256: string): Promise<number | null>;
  read(sha256: string): ReadableStream;
  /**
   * Keeps a stream of at most `limit` bytes in a temporary file.
   *
   * @returns its path; the caller removes it
   * @throws ServiceError `too-large`; nothing is kept then
   */
  hold(bytes: Bytes, limit: number): Promise<string>;
}

/** Attachments on disk: `attachments/ab/ab12…`. */
export async function openAttachmentFiles(data: string): Promise<AttachmentFiles> {
  const root = join(data, 'attachments');
  const arriving = join(root, 'arriving');
  await mkdir(arriving, { recursive: true, mode: 0o700 });
  await removeAbandoned(arriving);
  const folderOf = (sha256: string) => join(root, sha256.slice(0, 2));
  const pathOf = (sha256: string) => join(folderOf(sha256), sha256);

  return {
    arriving: new FileStore({ directory: arriving }),
    async put(sha256, bytes) {
      const temporary = join(arriving, randomUUID());
      try {
        const arrived = await writeHashed(temporary, bytes, LIMITS.attachmentBytes);
        if (arrived.sha256 !== sha256) throw new ServiceError('hash-mismatch');
        await mkdir(folderOf(sha256), { recursive: true, mode: 0o700 });
        // The same bytes again replace themselves, which also mends a file that was damaged.
        await rename(temporary, pathOf(sha256));
        await syncFolder(folderOf(sha256));
        return arrived.size;
      } finally {
        await rm(temporary, { force: true });
      }
    },
    async size(sha256) {
      const found = await stat(pathOf(sha256)).catch(() => null);
      return found?.isFile() ? found.size : null;
    },
    read: (sha256) => Readable.toWeb(createReadStream(pathOf(sha256))) as ReadableStream,
    async hold(bytes, limit) {
      const path = join(arriving, randomUUID());
      try {
        await writeHashed(path, bytes, limit);
        return path;
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
    },
  };
}

/** Writes a stream to a new file and flushes it to the disk. */
async function writeHashed(path: string, bytes: Bytes, limit: number) {
  const hash = createHash('sha256');
  let size = 0;
  const measure = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      size += chunk.length;
      hash.update(chunk);
      done(size > limit ? new ServiceError('too-large') : null, chunk);
    },
  });
  await pipeline(
    bytes,
    measure,
    createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }),
  );
  return { sha256: hash.digest('hex'), size };
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

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found && found.mtimeMs < Date.now() - LIMITS.uploadKept) await rm(path, { force: true });
  }
}
