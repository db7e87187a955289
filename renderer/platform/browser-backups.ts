/**
 * A folder of the person's, through the File System Access API: the browser keeps the handle for us,
 * in IndexedDB, but may ask the person again before it is written.
 */
import { BACKUP_PATH } from '../../domain/backup/files.ts';
import type { BackupFile, BackupPlace } from './backup-place.ts';

interface PickedFolder extends FileSystemDirectoryHandle {
  queryPermission(options: { mode: 'readwrite' }): Promise<PermissionState>;
  requestPermission(options: { mode: 'readwrite' }): Promise<PermissionState>;
}
interface FolderPicker {
  showDirectoryPicker(options: {
    id: string;
    mode: 'readwrite';
    startIn: 'documents';
  }): Promise<FileSystemDirectoryHandle>;
}
const hasFolderPicker = (page: object): page is FolderPicker => 'showDirectoryPicker' in page;
const isPicked = (handle: unknown): handle is PickedFolder =>
  handle instanceof FileSystemDirectoryHandle && 'queryPermission' in handle;

const REASONS: Readonly<Record<string, string>> = {
  NotFoundError: '找不到备份文件夹：U盘或移动硬盘可能没有插上，或者文件夹已被移走',
  QuotaExceededError: '备份文件夹所在的磁盘已满，请清理后再试，或另选一个文件夹',
  NotAllowedError: '浏览器还没有得到写入备份文件夹的许可，请在“设置”里点“允许写入”',
  NoModificationAllowedError: '备份文件夹不能写入，可能是只读的或正被占用，稍后会再试',
  InvalidStateError: '备份文件正被别的程序改动，稍后会再试',
  TypeMismatchError: '备份文件夹里有同名的东西挡住了，请另选一个文件夹',
};

const inWords = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    const reason = error instanceof DOMException ? REASONS[error.name] : undefined;
    throw reason ? new Error(reason, { cause: error }) : error;
  }
};

/** The one thing kept in a database of its own, plain: a handle says no more than a folder's name. */
const DATABASE = 'onsite-backup-folder';
const withKept = <T>(mode: IDBTransactionMode, use: (kept: IDBObjectStore) => IDBRequest<T>) =>
  new Promise<T>((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore('kept');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const transaction = database.transaction('kept', mode);
      const request = use(transaction.objectStore('kept'));
      transaction.oncomplete = () => {
        database.close();
        resolve(request.result);
      };
      transaction.onabort = () => {
        database.close();
        reject(transaction.error);
      };
    };
  });

const KEY = 'folder';

/** What a tab that was closed left half written; one tab at a time writes backups. */
const removeLeftovers = async (folder: FileSystemDirectoryHandle): Promise<void> => {
  for await (const name of folder.keys()) {
    if (name.endsWith('.part')) await folder.removeEntry(name).catch(() => undefined);
  }
};

/** Null where the browser lets a page choose no folder. */
export const browserBackups = (page: object = window): BackupPlace | null => {
  if (!hasFolderPicker(page)) return null;
  const kept = async (): Promise<PickedFolder | null> => {
    const handle: unknown = await withKept('readonly', (store) => store.get(KEY));
    return isPicked(handle) ? handle : null;
  };
  /** The files being written: one stream each, since a new one would copy what is there. */
  const writing = new Map<string, FileSystemWritableFileStream>();

  const root = async (): Promise<PickedFolder> => {
    const folder = await kept();
    if (!folder) throw new Error('还没有选择备份文件夹');
    if ((await folder.queryPermission({ mode: 'readwrite' })) !== 'granted') {
      throw new DOMException('not allowed yet', 'NotAllowedError');
    }
    return folder;
  };
  /** The folder that a path lies in, and its name there. */
  const placed = async (path: string, create: boolean) => {
    if (!BACKUP_PATH.test(path)) throw new Error(`not a path of a backup: ${path}`);
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    let folder: FileSystemDirectoryHandle = await root();
    for (const part of parts) folder = await folder.getDirectoryHandle(part, { create });
    return { folder, name };
  };
  const partOf = async (path: string, create: boolean) => {
    const { folder, name } = await placed(path, create);
    return folder.getFileHandle(`${name}.part`, { create });
  };
  const finishWriting = async (path: string) => {
    const stream = writing.get(path);
    writing.delete(path);
    await stream?.close();
  };

  return {
    chosen: async () => (await kept())?.name ?? null,
    choose: async () => {
      try {
        const folder = await page.showDirectoryPicker({
          id: 'onsite-backup',
          mode: 'readwrite',
          startIn: 'documents',
        });
        await withKept('readwrite', (store) => store.put(folder, KEY));
        return folder.name;
      } catch (error) {
        if (error instanceof DOMException && error.name === 'AbortError') return null;
        throw error;
      }
    },
    allowed: async (ask) => {
      const folder = await kept();
      if (!folder) return false;
      const mode = { mode: 'readwrite' } as const;
      const state = await (ask ? folder.requestPermission(mode) : folder.queryPermission(mode));
      return state === 'granted';
    },
    list: () =>
      inWords(async () => {
        const found: BackupFile[] = [];
        const look = async (folder: FileSystemDirectoryHandle, prefix: string) => {
          for await (const [name, handle] of folder.entries()) {
            const path = prefix + name;
            if (handle instanceof FileSystemDirectoryHandle) {
              if (/^onsite-[0-9a-f]{12}(\/attachments)?$/.test(path))
                await look(handle, `${path}/`);
            } else if (handle instanceof FileSystemFileHandle && BACKUP_PATH.test(path)) {
              found.push({ path, size: (await handle.getFile()).size });
            }
          }
        };
        await look(await root(), '');
        return found;
      }),
    write: (path, offset, bytes) =>
      inWords(async () => {
        if (offset === 0) {
          await writing
            .get(path)
            ?.abort()
            .catch(() => undefined);
          await removeLeftovers((await placed(path, true)).folder);
          const part = await partOf(path, true);
          writing.set(path, await part.createWritable());
        }
        const stream = writing.get(path);
        if (!stream) throw new Error(`${path} is not being written`);
        await stream.write({
          type: 'write',
          position: offset,
          data: new Uint8Array(bytes),
        });
      }),
    read: (path, offset, length, unnamed = false) =>
      inWords(async () => {
        if (unnamed) await finishWriting(path);
        const { folder, name } = await placed(path, false);
        const handle = await (unnamed ? partOf(path, false) : folder.getFileHandle(name));
        const piece = (await handle.getFile()).slice(offset, offset + length);
        return new Uint8Array(await piece.arrayBuffer());
      }),
    publish: (path) =>
      inWords(async () => {
        await finishWriting(path);
        const { folder, name } = await placed(path, true);
        const part = await (await partOf(path, false)).getFile();
        // No file of the person's can be renamed by a page, but a stream that is closed takes its
        // file's place whole or not at all.
        const handle = await folder.getFileHandle(name, { create: true });
        try {
          const stream = await handle.createWritable();
          await stream.write(part);
          await stream.close();
          const { size } = await handle.getFile();
          if (size !== part.size) throw new DOMException('short copy', 'QuotaExceededError');
        } catch (error) {
          await folder.removeEntry(name).catch(() => undefined);
          throw error;
        }
        await folder.removeEntry(`${name}.part`).catch(() => undefined);
      }),
    remove: (path) =>
      inWords(async () => {
        const { folder, name } = await placed(path, false);
        await folder.removeEntry(name);
      }),
  };
};
