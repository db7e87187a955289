import type { Shell } from '../../domain/shell/contract.ts';
import { desktopBackups } from './desktop-backups.ts';
import { desktopVault } from './desktop-vault.ts';
import type { Platform } from './platform.ts';

declare global {
  interface Window {
    /** Put there by the desktop shell's preload; absent in a browser. */
    readonly onsite?: Shell;
  }
}

/** The page inside the desktop shell: every effect is one of the shell's named functions. */
export const desktopPlatform = (shell: Shell): Platform => ({
  kind: 'desktop',
  config: () => shell.readConfig(),
  setService: (origin) => shell.setService(origin),
  journal: {
    append: (entry) => shell.appendJournal(new Uint8Array(entry)),
    read: (from) => shell.readJournal(from && { ...from, digest: new Uint8Array(from.digest) }),
    readPlain: () => shell.readPlainJournal(),
    replacePlain: (name, entries) =>
      shell.replacePlainJournal(
        name,
        entries.map((entry) => new Uint8Array(entry)),
      ),
  },
  files: {
    write: (name, bytes) => shell.writeFile(name, new Uint8Array(bytes)),
    read: (name) => shell.readFile(name),
    list: () => shell.listFiles(),
    remove: (name) => shell.removeFile(name),
  },
  diskSpace: () => shell.readDiskSpace(),
  vault: desktopVault(shell),
  savePieces: async (name, pieces) => {
    const save = await shell.startSave(name);
    if (save === null) return null;
    try {
      for await (const piece of pieces) await shell.writeSave(save, new Uint8Array(piece));
      return await shell.finishSave(save);
    } catch (error) {
      await shell.dropSave(save).catch(() => undefined);
      throw error;
    }
  },
  eraseData: () => shell.eraseData(),
  saveFile: (name, bytes) => shell.saveFile(name, new Uint8Array(bytes)),
  backups: desktopBackups(shell),
  openWindow: (address) => shell.openWindow(address),
  directPrint: {
    printers: () => shell.listPrinters(),
    print: (job) => shell.printDirectly(job),
  },
});
