import { mkdir, readdir, readFile, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { contentNameSchema, type DiskSpace } from '../domain/shell/contract.ts';
import { writeAtomically } from './atomic-write.ts';
import { reasonOf } from './save-file.ts';

/** Encrypted files named by the SHA-256 of what they hold: the attachments' second home. */
export interface ContentFiles {
  /** Whole or not at all; resolves when it is on the disk. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Null when there is none. */
  read(name: string): Promise<Uint8Array<ArrayBuffer> | null>;
  list(): Promise<{ name: string; size: number }[]>;
  remove(name: string): Promise<void>;
}

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

/** Opens a folder of such files, made when the first one is written. */
export const openContentFiles = (folder: string): ContentFiles => ({
  write: async (name, bytes) => {
    try {
      await mkdir(folder, { recursive: true });
      await writeAtomically(join(folder, name), bytes);
    } catch (error) {
      throw new Error(`没能写入附件：${reasonOf(error)}`);
    }
  },
  read: async (name) => {
    try {
      return new Uint8Array(await readFile(join(folder, name)));
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  },
  list: async () => {
    const names = await readdir(folder).catch(() => []);
    // What a power cut left half written has a name of another shape.
    const whole = names.filter((name) => contentNameSchema.safeParse(name).success);
    return Promise.all(
      whole.map(async (name) => ({ name, size: (await stat(join(folder, name))).size })),
    );
  },
  remove: (name) => rm(join(folder, name), { force: true }),
});

/** What is free for this user on the volume that a folder lies on, in bytes. */
export const diskSpace = async (folder: string): Promise<DiskSpace> => {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { free: bavail * bsize, total: blocks * bsize };
};
