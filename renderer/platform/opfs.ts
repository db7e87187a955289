/** Writing to the origin's private file system so that it is on disk; for workers alone. */

/** What TypeScript's page types leave out, since only a worker has it. */
export interface SyncFile {
  /** `readwrite-unsafe` where the browser lets several windows have it open; undefined in older ones. */
  readonly mode?: string;
  getSize(): number;
  read(into: Uint8Array, options: { at: number }): number;
  write(bytes: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}
interface PrivateFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(options?: { readonly mode: 'readwrite-unsafe' }): Promise<SyncFile>;
  /** Takes the place of a file of that name. */
  move(name: string): Promise<void>;
}
const isPrivate = (handle: FileSystemFileHandle): handle is PrivateFileHandle =>
  'createSyncAccessHandle' in handle && 'move' in handle;

/** A file to write, made when missing. */
export const privateFile = async (
  folder: FileSystemDirectoryHandle,
  name: string,
): Promise<PrivateFileHandle> => {
  const handle = await folder.getFileHandle(name, { create: true });
  if (!isPrivate(handle)) throw new Error('this browser cannot write private files durably');
  return handle;
};

/** Uses a file while no other tab can: the caller holds a lock, since a second handle would fail. */
const withSyncFile = async <T>(
  handle: PrivateFileHandle,
  use: (file: SyncFile) => T,
): Promise<T> => {
  const file = await handle.createSyncAccessHandle();
  try {
    return use(file);
  } finally {
    file.close();
  }
};

/** A file that was opened for long, if the browser lets others open it meanwhile. */
export interface OpenFile {
  readonly file: SyncFile;
  readonly isShared: boolean;
}

/** Opens a file so that other windows may open it too, where the browser can; a lock keeps them apart. */
export const openShared = async (handle: PrivateFileHandle): Promise<OpenFile> => {
  const file = await handle.createSyncAccessHandle({ mode: 'readwrite-unsafe' });
  return { file, isShared: file.mode === 'readwrite-unsafe' };
};

/** A file that takes only a part has no room for the rest. */
export const shortWrite = (name: string): Error =>
  new DOMException(`${name}: short write`, 'QuotaExceededError');

export const isMissing = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'NotFoundError';

/** Writes a file whole or not at all, and flushes it. The caller holds a lock. */
export const writeWhole = async (
  folder: FileSystemDirectoryHandle,
  name: string,
  bytes: Uint8Array,
): Promise<void> => {
  const part = await privateFile(folder, `${name}.part`);
  await withSyncFile(part, (file) => {
    file.truncate(0);
    if (file.write(bytes, { at: 0 }) !== bytes.length) throw shortWrite(name);
    file.flush();
  });
  await part.move(name);
};
