import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { newestKeyFile, parseKeyFile, printKeyFile } from '../domain/vault/key-file.ts';
import { writeAtomically } from './atomic-write.ts';

/** Everything encrypted on this machine is lost without it: it lies in the profile twice. */
const COPIES = ['keys.json', 'keys.copy.json'] as const;

export interface KeyFilePlace {
  /** Each copy's text; null where there is none. */
  read(): Promise<(string | null)[]>;
  /**
   * Writes the copies one after the other, each whole or not at all.
   *
   * @returns false, with nothing written, unless the file there is the revision before
   */
  write(text: string): Promise<boolean>;
  /**
   * Puts damaged copies aside under another name and writes this one.
   *
   * @throws when a copy is whole
   */
  replace(text: string): Promise<void>;
  /** Overwrites the copies, then removes them. */
  erase(): Promise<void>;
}

const textOf = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    // There, but unreadable: a damaged copy, not a missing one.
    return '';
  }
};

/** What lay there must not be found on the disk by its name's mere removal. */
const overwrite = async (path: string): Promise<void> => {
  const handle = await open(path, 'r+').catch(() => null);
  if (handle === null) return;
  try {
    const { size } = await handle.stat();
    await handle.write(new Uint8Array(size), 0, size, 0);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** @param folder the profile */
export const openKeyFile = (folder: string): KeyFilePlace => {
  const paths = COPIES.map((name) => join(folder, name));
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work, work);
    last = done.catch(() => {});
    return done;
  };
  const read = () => Promise.all(paths.map(textOf));
  /** Gives a damaged, missing or older copy what the other one has. */
  const heal = async (copies: readonly (string | null)[]): Promise<void> => {
    const newest = newestKeyFile(copies);
    if (newest === null) return;
    const text = printKeyFile(newest);
    for (const [i, path] of paths.entries()) {
      if (copies[i] !== text) await writeAtomically(path, text);
    }
  };
  return {
    read: () =>
      inTurn(async () => {
        const copies = await read();
        // A full disk, or no whole copy: the page says what there is to say.
        await heal(copies).catch(() => {});
        return copies;
      }),
    write: (text) =>
      inTurn(async () => {
        const file = parseKeyFile(text);
        if (file === null) throw new Error('不是完整的密钥文件，没有写入');
        const before = newestKeyFile(await read())?.revision ?? 0;
        if (before !== file.revision - 1) return false;
        for (const path of paths) await writeAtomically(path, text);
        return true;
      }),
    replace: (text) =>
      inTurn(async () => {
        if (parseKeyFile(text) === null) throw new Error('不是完整的密钥文件，没有写入');
        const copies = await read();
        if (copies.some((copy) => copy !== null && parseKeyFile(copy) !== null)) {
          throw new Error('密钥文件完好，没有替换');
        }
        for (const [i, path] of paths.entries()) {
          if (copies[i] !== null) await rename(path, `${path}.damaged-${Date.now()}`);
          await writeAtomically(path, text);
        }
      }),
    erase: () =>
      inTurn(async () => {
        for (const path of paths) {
          await overwrite(path);
          await rm(path, { force: true });
        }
      }),
  };
};
