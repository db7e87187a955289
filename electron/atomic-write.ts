import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes a rename or a new name durable: on Linux and macOS the folder needs its own fsync. */
export const syncFolder = async (folder: string): Promise<void> => {
  // Windows cannot open a folder; NTFS journals the rename itself.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/**
 * Writes a file whole or not at all: a power cut leaves the old content or the new, never half of
 * it. The temporary file lies in the same folder, because a rename is atomic only within a volume.
 */
export const writeAtomically = async (
  path: string,
  content: Uint8Array | string,
): Promise<void> => {
  const temporary = `${path}.${process.pid}.${Date.now()}.tmp`;
  try {
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
};
