/** What goes from a vault's own folder once a newer backup is verified; other vaults' are never touched. */
import { backupFolderOf, outlived } from '../../domain/backup/files.ts';
import { readBackupEnd, readBackupHeader } from '../../domain/backup/format.ts';
import { vaultName } from '../../domain/backup/keys.ts';
import type { Keys } from '../../domain/vault/keys.ts';
import type { BackupPlace } from '../platform/backup-place.ts';
import { placeSource } from './place-source.ts';

/** Removes the backups that the one just written outlives, then the attachments that no kept one names. */
export const rotate = async (place: BackupPlace, keys: Keys, written: string): Promise<void> => {
  const folder = `${backupFolderOf(vaultName(keys))}/`;
  const files = (await place.list()).filter(({ path }) => path.startsWith(folder));
  const [attachments, others] = [`${folder}attachments/`, `${folder}onsite-`];
  const backups = await Promise.all(
    files
      .filter(({ path }) => path.startsWith(others))
      .map(async ({ path, size }) => {
        const source = placeSource(place, path, size);
        const header = await readBackupHeader(source).catch(() => null);
        return { name: path.slice(folder.length), orders: header?.orders ?? null, source };
      }),
  );
  const newest = backups.find(({ name }) => written === folder + name);
  if (!newest) return;
  const gone = new Set(outlived(backups, newest));
  for (const name of gone) await place.remove(folder + name);

  const unnamed = new Set(
    files.flatMap(({ path }) =>
      path.startsWith(attachments) ? path.slice(attachments.length) : [],
    ),
  );
  // The newest first: mostly it names all there are, and no other need be read.
  const kept = backups.filter(({ name }) => !gone.has(name) && name !== newest.name);
  for (const { source } of [newest, ...kept]) {
    if (unnamed.size === 0) return;
    // Of one that cannot be read nobody knows what it names: then all stay.
    const end = await readBackupEnd(source, keys.cipher('backup')).catch(() => null);
    if (!end) return;
    for (const { sha256 } of end.attachments) unnamed.delete(sha256);
  }
  for (const sha256 of unnamed) await place.remove(attachments + sha256);
};
