import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from './atomic-write.ts';

/** Within the profile. What lies there is encrypted, as it was in the store. */
export const BEFORE_UPGRADE = 'before-upgrade';

/**
 * Keeps a copy of the page's databases as the former version of the app left them, before this
 * version opens and may change them. One copy is kept, the last: the backup in the person's folder
 * follows as soon as the store is open.
 *
 * @param former the version that ran here last; null when none is known
 * @returns whether there was something to copy
 */
export const keepBeforeUpgrade = async (
  profile: string,
  former: string | null,
  version: string,
): Promise<boolean> => {
  if (former === null || former === version) return false;
  const databases = join(profile, 'IndexedDB');
  const folder = join(profile, BEFORE_UPGRADE);
  const kept = former.replace(/[^\w.-]/g, '_');
  const unfinished = join(folder, `${kept}.part`);
  try {
    await mkdir(folder, { recursive: true });
    await rm(unfinished, { recursive: true, force: true });
    await cp(databases, unfinished, { recursive: true });
    await rm(join(folder, kept), { recursive: true, force: true });
    await rename(unfinished, join(folder, kept));
    await syncFolder(folder);
    for (const name of await readdir(folder)) {
      if (name !== kept) await rm(join(folder, name), { recursive: true, force: true });
    }
    return true;
  } catch {
    // A full disk must not keep the person from their work; the journal holds everything as well.
    await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
    return false;
  }
};
