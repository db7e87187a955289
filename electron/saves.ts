import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from './atomic-write.ts';
import { type AskWhere, reasonOf, safeFileName } from './save-file.ts';

interface Save {
  readonly path: string;
  readonly part: string;
  readonly file: FileHandle;
}

/** Files of the page that come in pieces, such as bundles: each gets its name when it is whole and on the disk. */
export interface Saves {
  /** Asks where; what the save is called from then on, null when the person cancelled. */
  start(name: string, folder: string, ask: AskWhere): Promise<string | null>;
  write(save: string, piece: Uint8Array): Promise<void>;
  /** Resolves to the path. */
  finish(save: string): Promise<string>;
  /** Leaves nothing of it. */
  drop(save: string): Promise<void>;
}

export const createSaves = (): Saves => {
  const saves = new Map<string, Save>();
  const found = (id: string): Save => {
    const save = saves.get(id);
    if (!save) throw new Error('这个文件没有在保存');
    return save;
  };
  const failed = (path: string, error: unknown) =>
    new Error(`没能保存到 ${path}：${reasonOf(error)}`);

  return {
    start: async (name, folder, ask) => {
      const path = await ask(join(folder, safeFileName(name)));
      if (path === null) return null;
      const id = randomUUID();
      const part = `${path}.${id}.part`;
      try {
        saves.set(id, { path, part, file: await open(part, 'wx') });
      } catch (error) {
        throw failed(path, error);
      }
      return id;
    },
    write: async (id, piece) => {
      const { path, file } = found(id);
      try {
        await file.writeFile(piece);
      } catch (error) {
        throw failed(path, error);
      }
    },
    finish: async (id) => {
      const { path, part, file } = found(id);
      try {
        // Whoever pulls the stick out once it is said to be there must have all of it.
        await file.sync();
        await file.close();
        await rename(part, path);
        await syncFolder(dirname(path));
      } catch (error) {
        throw failed(path, error);
      }
      saves.delete(id);
      return path;
    },
    drop: async (id) => {
      const { part, file } = found(id);
      saves.delete(id);
      await file.close().catch(() => undefined);
      await rm(part, { force: true });
    },
  };
};
