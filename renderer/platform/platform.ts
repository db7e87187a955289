import type { DiskSpace, Printers, PrintJob, ShellConfig } from '../../domain/shell/contract.ts';
import type { JournalFiles } from '../../domain/sync/journal-files.ts';
import type { BackupPlace } from './backup-place.ts';
import type { VaultPlatform } from './vault.ts';

/** What the app needs of the machine it runs on; `desktop.ts` and `browser.ts` implement it. */
export interface Platform {
  readonly kind: 'desktop' | 'browser';
  config(): Promise<ShellConfig>;
  /** Remembers where the sync service is; the page reloads when that changes. */
  setService(origin: string | null): Promise<void>;
  /** Outside IndexedDB. */
  readonly journal: JournalFiles;
  readonly files: PlatformFiles;
  /** What the disk still takes; null where nobody can say. In a browser, what it grants this origin. */
  diskSpace(): Promise<DiskSpace | null>;
  readonly vault: VaultPlatform;
  /** Lets the person choose where; resolves to the path or name, null when cancelled. */
  saveFile(name: string, bytes: Uint8Array, type: string): Promise<string | null>;
  /** The same for a file that comes in pieces and need not fit into memory. */
  savePieces(name: string, pieces: AsyncIterable<Uint8Array>): Promise<string | null>;
  /** Removes what lies outside IndexedDB, once the keys are destroyed: of a device that is wiped. */
  eraseData(): Promise<void>;
  /** Null where a page can choose no folder: then backups are downloaded. */
  readonly backups: BackupPlace | null;
  /** Another window on an address of the page, such as `#/orders/ID/customer`. */
  openWindow(address: string): Promise<void>;
  /** Printing without a dialog; null where only the system's dialog can print. */
  readonly directPrint: DirectPrint | null;
}

export interface DirectPrint {
  printers(): Promise<Printers>;
  /** As `printDirectly` of the shell. */
  print(job: PrintJob): Promise<void>;
}

/**
 * Files beside the journal, outside IndexedDB, named by the SHA-256 (hex) of what they hold before it
 * was encrypted. They hold encrypted bytes only.
 */
export interface PlatformFiles {
  /** Whole or not at all, in place of one of the same name; resolves when it is on disk. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  read(name: string): Promise<Uint8Array | null>;
  /** Sizes in bytes. */
  list(): Promise<readonly { readonly name: string; readonly size: number }[]>;
  /** For what the service confirmed and retention lets go; a file that is not there is no error. */
  remove(name: string): Promise<void>;
}
