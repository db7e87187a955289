import type { Shell } from '../../domain/shell/contract.ts';
import type { BackupPlace } from './backup-place.ts';

export const desktopBackups = (shell: Shell): BackupPlace => ({
  chosen: () => shell.readBackupFolder(),
  choose: () => shell.chooseBackupFolder(),
  allowed: async () => true,
  list: () => shell.listBackupFiles(),
  write: (path, offset, bytes) => shell.writeBackupFile(path, offset, new Uint8Array(bytes)),
  read: (path, offset, length, unnamed = false) =>
    shell.readBackupFile(path, offset, length, unnamed),
  publish: (path) => shell.publishBackupFile(path),
  remove: (path) => shell.removeBackupFile(path),
});
