/**
 * The one contract between the page and the desktop shell: every IPC channel, its arguments and its
 * answer. Preload exposes exactly these functions as `window.onsite`; main checks every call with
 * these schemas. Neither side knows anything else of the other.
 */
import { z } from 'zod';
import { BACKUP_PATH } from '../backup/files.ts';

/** What the shell knows before the page starts. */
export const shellConfigSchema = z.strictObject({
  version: z.string(),
  /** Origin of the sync service, e.g. `http://127.0.0.1:8620`; null until somebody sets it. */
  service: z.url().nullable(),
  /** A code given on the command line (`npm start` does), so that a trial needs no typing. */
  enrolmentCode: z.string().nullable(),
});
export type ShellConfig = z.infer<typeof shellConfigSchema>;

/** Largest journal entry, saved or printed file or page and key file the shell takes, in bytes; sides of a print job. */
export const SHELL_LIMITS = {
  journalEntry: 64 * 1024 * 1024,
  file: 64 * 1024 * 1024,
  printSides: 5_000,
  keyFile: 64 * 1024,
} as const;

const bytes = (max: number) => z.instanceof(Uint8Array).refine((value) => value.length <= max);

const journalPlaceSchema = z.strictObject({
  file: z.string().max(80),
  at: z.int().min(0),
  digest: z.instanceof(Uint8Array),
});
const journalPageSchema = z.strictObject({
  start: journalPlaceSchema.nullable(),
  entries: z.array(z.instanceof(Uint8Array)).readonly(),
  next: journalPlaceSchema.nullable(),
  unread: z.int().min(0),
});
const plainJournalSchema = z.strictObject({
  name: z.string(),
  entries: z.array(z.instanceof(Uint8Array)).readonly(),
  rest: z.instanceof(Uint8Array),
});

/** A file of the app's own is named by what it holds: SHA-256 (hex) of the bytes before they were encrypted. */
export const contentNameSchema = z.string().regex(/^[0-9a-f]{64}$/);

export const fileListSchema = z.array(
  z.strictObject({ name: contentNameSchema, size: z.int().min(0) }),
);

/** Bytes of the volume that the profile lies on. */
export const diskSpaceSchema = z.strictObject({ free: z.number(), total: z.number() });
export type DiskSpace = z.infer<typeof diskSpaceSchema>;

/** A file of a backup, within the folder that the person chose. */
const backupPathSchema = z.string().regex(BACKUP_PATH);

/** The printers of this machine. */
export const printersSchema = z.strictObject({
  /** What this machine prints: the PDF itself, or pictures of its pages where no system part takes a PDF. */
  takes: z.enum(['pdf', 'images']),
  printers: z.array(z.strictObject({ name: z.string(), title: z.string() })),
  /** Name of the printer that was printed to directly the last time; it may be gone. */
  remembered: z.string().nullable(),
});
export type Printers = z.infer<typeof printersSchema>;

/** A job for a printer, without a dialog: A4, every side where it belongs, all copies in it. */
export const printJobSchema = z.strictObject({
  printer: z.string().min(1).max(200),
  /** Shown in the printer's queue. */
  title: z.string().min(1).max(120),
  doubleSided: z.boolean(),
  content: z.union([
    z.strictObject({ pdf: bytes(SHELL_LIMITS.file) }),
    z.strictObject({
      /** PNG files. */
      images: z.array(bytes(SHELL_LIMITS.file)).min(1).max(1_000),
      /** The sides in order: indices of images; null is an empty side. */
      sides: z.array(z.int().min(0).nullable()).min(1).max(SHELL_LIMITS.printSides),
    }),
  ]),
});
export type PrintJob = z.infer<typeof printJobSchema>;

/** channel → what it takes and gives. */
export const SHELL_CHANNELS = {
  /** The shell's configuration. */
  readConfig: { takes: z.tuple([]), gives: shellConfigSchema },
  /**
   * Remembers the sync service's origin. The page's content security policy allows connections to
   * this origin only, so the shell reloads the page when it changes.
   */
  setService: { takes: z.tuple([z.url().max(200).nullable()]), gives: z.void() },
  /** Appends one entry to the journal; resolves when it is fsynced. */
  appendJournal: { takes: z.tuple([bytes(SHELL_LIMITS.journalEntry)]), gives: z.void() },
  /** The next entries of the journal, oldest first; from its start without a place. */
  readJournal: { takes: z.tuple([journalPlaceSchema.nullable()]), gives: journalPageSchema },
  /** Journal files of the first versions, whose entries are not encrypted yet. */
  readPlainJournal: { takes: z.tuple([]), gives: z.array(plainJournalSchema).readonly() },
  /** Writes such a file's entries anew, encrypted by the page, and removes it once they were read back. */
  replacePlainJournal: {
    takes: z.tuple([z.string().max(80), z.array(bytes(SHELL_LIMITS.journalEntry))]),
    gives: z.void(),
  },
  /** Writes an encrypted file beside the journal, whole or not at all; resolves when it is fsynced. */
  writeFile: {
    takes: z.tuple([contentNameSchema, bytes(SHELL_LIMITS.file)]),
    gives: z.void(),
  },
  /** Null when there is none. */
  readFile: { takes: z.tuple([contentNameSchema]), gives: z.instanceof(Uint8Array).nullable() },
  listFiles: { takes: z.tuple([]), gives: fileListSchema },
  /** For what the service confirmed and retention lets go; a file that is not there is no error. */
  removeFile: { takes: z.tuple([contentNameSchema]), gives: z.void() },
  readDiskSpace: { takes: z.tuple([]), gives: diskSpaceSchema },
  /** Asks where to save and writes the file atomically; null when the person cancelled. */
  saveFile: {
    takes: z.tuple([z.string().min(1).max(120), bytes(SHELL_LIMITS.file)]),
    gives: z.string().nullable(),
  },
  /** Asks where to save a file that comes in pieces: a name for it, null when the person cancelled. */
  startSave: { takes: z.tuple([z.string().min(1).max(120)]), gives: z.string().nullable() },
  /** Adds a piece; resolves when the next one may come. */
  writeSave: { takes: z.tuple([z.uuid(), bytes(SHELL_LIMITS.file)]), gives: z.void() },
  /** Has the file on the disk under its name, whole; its path. */
  finishSave: { takes: z.tuple([z.uuid()]), gives: z.string() },
  /** Leaves nothing of it. */
  dropSave: { takes: z.tuple([z.uuid()]), gives: z.void() },
  /** Removes journal and attachments of a device that was ordered wiped, once its keys are destroyed. */
  eraseData: { takes: z.tuple([]), gives: z.void() },
  /** The text of each copy of the key file; null where there is none. */
  readKeyFile: { takes: z.tuple([]), gives: z.array(z.string().nullable()) },
  /** Writes both copies, fsynced; false when the file there is not the revision before this one. */
  writeKeyFile: { takes: z.tuple([z.string().max(SHELL_LIMITS.keyFile)]), gives: z.boolean() },
  /** Puts damaged copies aside and writes this one; rejects when a copy is whole. */
  replaceKeyFile: { takes: z.tuple([z.string().max(SHELL_LIMITS.keyFile)]), gives: z.void() },
  /** Overwrites and removes both copies: the device's data can never be read again. */
  eraseKeyFile: { takes: z.tuple([]), gives: z.void() },
  /** Whether the system encrypts for this account; a keystore whose key lies in the open is none. */
  hasKeystore: { takes: z.tuple([]), gives: z.boolean() },
  keystoreEncrypt: {
    takes: z.tuple([bytes(SHELL_LIMITS.keyFile)]),
    gives: z.instanceof(Uint8Array),
  },
  keystoreDecrypt: {
    takes: z.tuple([bytes(SHELL_LIMITS.keyFile)]),
    gives: z.instanceof(Uint8Array),
  },
  /** The data key of the unlocked session, in the shell's memory alone; null forgets it. */
  keepSessionKey: {
    takes: z.tuple([
      bytes(32)
        .refine(({ length }) => length === 32)
        .nullable(),
    ]),
    gives: z.void(),
  },
  readSessionKey: { takes: z.tuple([]), gives: z.instanceof(Uint8Array).nullable() },
  /** Resolves when the system's screen is locked or the machine goes to sleep. */
  lockAsked: { takes: z.tuple([]), gives: z.void() },
  /** The folder that the person chose for backups; null until they did. */
  readBackupFolder: { takes: z.tuple([]), gives: z.string().nullable() },
  /** Asks for the folder and remembers it; null when the person cancelled. */
  chooseBackupFolder: { takes: z.tuple([]), gives: z.string().nullable() },
  /** These and the next four reject with what to do when the folder is gone, full or read-only. */
  listBackupFiles: {
    takes: z.tuple([]),
    gives: z.array(z.strictObject({ path: backupPathSchema, size: z.int().min(0) })),
  },
  /** Writes a piece, at an offset, of a file that has its name only when it is published. */
  writeBackupFile: {
    takes: z.tuple([backupPathSchema, z.int().min(0), bytes(SHELL_LIMITS.file)]),
    gives: z.void(),
  },
  /** Up to so many bytes from an offset; of the file that is not published yet when the last is true. */
  readBackupFile: {
    takes: z.tuple([
      backupPathSchema,
      z.int().min(0),
      z.int().min(0).max(SHELL_LIMITS.file),
      z.boolean(),
    ]),
    gives: z.instanceof(Uint8Array),
  },
  /** Gives a written file its name, once it is on the disk. */
  publishBackupFile: { takes: z.tuple([backupPathSchema]), gives: z.void() },
  removeBackupFile: { takes: z.tuple([backupPathSchema]), gives: z.void() },
  /** Opens another window on one of the page's own addresses, such as `#/orders/ID/customer`. */
  openWindow: {
    takes: z.tuple([
      z
        .string()
        .max(200)
        .regex(/^#\/[\w/-]*$/),
    ]),
    gives: z.void(),
  },
  listPrinters: { takes: z.tuple([]), gives: printersSchema },
  /**
   * Prints without a dialog; resolves when the printer has it, and remembers the printer. Rejects
   * with what to do when the printer is gone, stopped, or does not answer in time.
   */
  printDirectly: { takes: z.tuple([printJobSchema]), gives: z.void() },
} as const;

export type ShellChannel = keyof typeof SHELL_CHANNELS;

/** What the page sees as `window.onsite`. */
export type Shell = {
  readonly [C in ShellChannel]: (
    ...args: z.infer<(typeof SHELL_CHANNELS)[C]['takes']>
  ) => Promise<z.infer<(typeof SHELL_CHANNELS)[C]['gives']>>;
};
