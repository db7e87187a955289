/** Where backups go: a folder that the person chose. */
export interface BackupPlace {
  /** What the person knows the chosen folder by; null until there is one. */
  chosen(): Promise<string | null>;
  /** Asks for a folder and remembers it; null when the person cancelled. Needs the person's click. */
  choose(): Promise<string | null>;
  /**
   * Whether the folder may be written. A browser forgets that with each start, and asks the person
   * again when `ask` is true, which needs their click.
   */
  allowed(ask: boolean): Promise<boolean>;
  /**
   * Paths are `onsite-<vault>/…` within the folder, sizes in bytes. This and all that follow reject
   * with a Chinese message when the folder is gone, full or read-only.
   */
  list(): Promise<readonly BackupFile[]>;
  /** Writes a piece of a file that has its name only when it is published; `offset` 0 begins it anew. */
  write(path: string, offset: number, bytes: Uint8Array): Promise<void>;
  /** Up to `length` bytes; of the file that is not published yet when `unnamed`. */
  read(path: string, offset: number, length: number, unnamed?: boolean): Promise<Uint8Array>;
  publish(path: string): Promise<void>;
  remove(path: string): Promise<void>;
}

export interface BackupFile {
  readonly path: string;
  readonly size: number;
}
