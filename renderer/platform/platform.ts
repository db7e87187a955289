import type { Printers, PrintJob, ShellConfig } from '../../domain/shell/contract.ts';

/** What the app needs of the machine it runs on; `desktop.ts` and `browser.ts` implement it. */
export interface Platform {
  readonly kind: 'desktop' | 'browser';
  config(): Promise<ShellConfig>;
  /** Remembers where the sync service is; the page reloads when that changes. */
  setService(origin: string | null): Promise<void>;
  /** Appends one entry to the journal outside IndexedDB; resolves when it is on disk. */
  appendJournal(entry: Uint8Array): Promise<void>;
  /** All whole journal entries, oldest first. */
  readJournal(): Promise<Uint8Array[]>;
  /** Lets the person choose where; resolves to the path or name, null when cancelled. */
  saveFile(name: string, bytes: Uint8Array, type: string): Promise<string | null>;
  /** Printing without a dialog; null where only the system's dialog can print. */
  readonly directPrint: DirectPrint | null;
}

export interface DirectPrint {
  printers(): Promise<Printers>;
  /** As `printDirectly` of the shell. */
  print(job: PrintJob): Promise<void>;
}
