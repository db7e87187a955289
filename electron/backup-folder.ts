import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BACKUP_PATH } from '../domain/backup/files.ts';
import { syncFolder } from './atomic-write.ts';
import { codeOf, reasonOf } from './save-file.ts';

/**
 * The folder that the person chose for backups. It may be a stick that is pulled out at any moment:
 * a file has its name only once it lies on the disk whole, and what failed says what to do.
 *
 * Paths are within that folder, see `BACKUP_PATH`.
 */
export interface BackupFolder {
  /** All backups and attachments of all vaults that share the folder. */
  list(): Promise<{ path: string; size: number }[]>;
  /** Writes a piece of a file that has no name yet; `offset` 0 begins it anew. */
  write(path: string, offset: number, bytes: Uint8Array): Promise<void>;
  /** A piece of a file, or of one that has no name yet (`unnamed`). */
  read(
    path: string,
    offset: number,
    length: number,
    unnamed: boolean,
  ): Promise<Uint8Array<ArrayBuffer>>;
  /** Gives the written file its name, once it is on the disk. */
  publish(path: string): Promise<void>;
  /** A file that is not there is no error. */
  remove(path: string): Promise<void>;
}

/** What a file is called until it is whole: the next attempt begins it anew. */
const unnamedOf = (path: string): string => `${path}.part`;

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: '找不到备份文件夹：U盘或移动硬盘可能没有插上，或者文件夹已被移走',
  ENOTDIR: '备份文件夹不是一个文件夹，请另选一个',
  ENOSPC: '备份文件夹所在的磁盘已满，请清理后再试，或另选一个文件夹',
  EDQUOT: '备份文件夹的空间配额已满，请清理后再试，或另选一个文件夹',
  EROFS: '备份文件夹所在的磁盘是只读的，请关闭写保护，或另选一个文件夹',
  EACCES: '没有写入备份文件夹的权限，请另选一个文件夹',
  EPERM: '没有写入备份文件夹的权限，请另选一个文件夹',
  EIO: '备份文件夹所在的磁盘读写出错，请拔下重新插好，或另选一个文件夹',
  EBUSY: '备份文件正被别的程序使用，稍后会再试',
};

/** @param chosen the folder; asked each time, since the person may choose another one */
export const openBackupFolder = (chosen: () => string | null): BackupFolder => {
  const root = (): string => {
    const folder = chosen();
    if (folder === null) throw new Error('还没有选择备份文件夹');
    return folder;
  };
  const inWords = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new Error(REASONS[codeOf(error)] ?? reasonOf(error), { cause: error });
    }
  };
  /** Where a path lies. The chosen folder itself is never made: an absent stick must not become a folder. */
  const placed = async (path: string, make = false): Promise<string> => {
    if (!BACKUP_PATH.test(path)) throw new Error(`not a path of a backup: ${path}`);
    const folder = root();
    await stat(folder);
    const full = join(folder, path);
    if (make) await mkdir(dirname(full), { recursive: true });
    return full;
  };

  return {
    list: () =>
      inWords(async () => {
        const folder = root();
        const vaults = (await readdir(folder)).filter((name) => name.startsWith('onsite-'));
        const found: string[] = [];
        for (const vault of vaults) {
          const names = await namesIn(join(folder, vault));
          const attachments = await namesIn(join(folder, vault, 'attachments'));
          found.push(...names.map((name) => `${vault}/${name}`));
          found.push(...attachments.map((name) => `${vault}/attachments/${name}`));
        }
        const ours = found.filter((path) => BACKUP_PATH.test(path));
        return Promise.all(
          ours.map(async (path) => ({ path, size: (await stat(join(folder, path))).size })),
        );
      }),
    write: (path, offset, bytes) =>
      inWords(async () => {
        const unnamed = unnamedOf(await placed(path, true));
        if (offset === 0) await removeLeftovers(dirname(unnamed));
        const handle = await open(unnamed, offset === 0 ? 'w' : 'r+', 0o600);
        try {
          // A full disk may take a part only; `writeFile` would write at the file's own place.
          for (let written = 0; written < bytes.length; ) {
            const left = bytes.length - written;
            const wrote = await handle.write(bytes, written, left, offset + written);
            written += wrote.bytesWritten;
          }
        } catch (error) {
          // What a full disk has half of is in the way of everybody.
          await rm(unnamed, { force: true }).catch(() => undefined);
          throw error;
        } finally {
          await handle.close();
        }
      }),
    read: (path, offset, length, unnamed) =>
      inWords(async () => {
        const full = await placed(path);
        const handle = await open(unnamed ? unnamedOf(full) : full, 'r');
        try {
          const bytes = new Uint8Array(length);
          let read = 0;
          while (read < length) {
            const { bytesRead } = await handle.read(bytes, read, length - read, offset + read);
            if (bytesRead === 0) break;
            read += bytesRead;
          }
          return bytes.subarray(0, read);
        } finally {
          await handle.close();
        }
      }),
    publish: (path) =>
      inWords(async () => {
        const full = await placed(path);
        const handle = await open(unnamedOf(full), 'r+');
        try {
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(unnamedOf(full), full);
        await syncFolder(dirname(full));
      }),
    remove: (path) => inWords(async () => rm(await placed(path), { force: true })),
  };
};

/** What a kill left half written; one app at a time writes a vault's backups. */
const removeLeftovers = async (folder: string): Promise<void> => {
  for (const name of await namesIn(folder)) {
    if (name.endsWith('.part')) await rm(join(folder, name), { force: true });
  }
};

const namesIn = async (folder: string): Promise<string[]> => {
  try {
    return await readdir(folder);
  } catch (error) {
    // A vault without attachments, or a file that somebody put there.
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return [];
    throw error;
  }
};

/** A vault's own folder is taken for the one it lies in: that is what people pick when they look for it. */
export const chosenFolder = (picked: string): string =>
  /^onsite-[0-9a-f]{12}$/.test(basename(picked)) ? dirname(picked) : picked;
