/** Temporary files of this machine: bytes are hashed and measured before anybody may know of them. */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ServiceError } from './errors.ts';

/** Bytes as they come. */
export type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface Held {
  readonly path: string;
  /** Hexadecimal. */
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
}

export interface Scratch {
  /** Writes a stream to a new file and flushes it. @throws ServiceError `too-large`; nothing is kept then */
  hold(bytes: Bytes, limit: number): Promise<Held>;
  /** Removes files that nobody has touched since `before`, ms. */
  tidy(before: number): Promise<void>;
}

/** @param folder may hold other files, which have a dot in their names */
export async function openScratch(folder: string): Promise<Scratch> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    async hold(bytes, limit) {
      const path = join(folder, randomUUID());
      const hash = createHash('sha256');
      let size = 0;
      const measure = new Transform({
        transform(chunk: Uint8Array, _encoding, done) {
          size += chunk.length;
          hash.update(chunk);
          done(size > limit ? new ServiceError('too-large') : null, chunk);
        },
      });
      const file = createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true });
      try {
        await pipeline(bytes, measure, file);
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      }
      return { path, sha256: hash.digest('hex'), size };
    },
    async tidy(before) {
      for (const name of await readdir(folder)) {
        if (name.includes('.')) continue;
        const path = join(folder, name);
        const found = await stat(path).catch(() => null);
        if (found && found.mtimeMs < before) await rm(path, { force: true });
      }
    },
  };
}
