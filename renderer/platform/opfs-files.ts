/** The browser's encrypted files: a folder of the origin's private file system, written by a worker. */
import { expose } from 'comlink';
import { isMissing, writeWhole } from './opfs.ts';
import type { PlatformFiles } from './platform.ts';

const FOLDER = 'attachments';
const WHOLE = /^[0-9a-f]{64}$/;

const folder = async (): Promise<FileSystemDirectoryHandle> =>
  (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });

const unlessMissing = async <T>(work: Promise<T>): Promise<T | null> => {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
};

const files: PlatformFiles = {
  write: (name, bytes) =>
    navigator.locks.request(`onsite-file/${name}`, async () =>
      writeWhole(await folder(), name, bytes),
    ),
  read: async (name) => {
    const handle = await unlessMissing((await folder()).getFileHandle(name));
    return handle && new Uint8Array(await (await handle.getFile()).arrayBuffer());
  },
  list: async () => {
    const found: { name: string; size: number }[] = [];
    for await (const [name, handle] of (await folder()).entries()) {
      if (handle instanceof FileSystemFileHandle && WHOLE.test(name)) {
        found.push({ name, size: (await handle.getFile()).size });
      }
    }
    return found;
  },
  remove: async (name) => {
    await unlessMissing((await folder()).removeEntry(name));
  },
};
export type OpfsFiles = typeof files;

expose(files);
