/**
 * The one contract between the page and the desktop shell: every IPC channel, its arguments and its
 * answer. Preload exposes exactly these functions as `window.onsite`; main checks every call with
 * these schemas. Neither side knows anything else of the other.
 */
import { z } from 'zod';

/** What the shell knows before the page starts. */
export const shellConfigSchema = z.strictObject({
  version: z.string(),
  /** Origin of the sync service, e.g. `http://127.0.0.1:8620`; null until somebody sets it. */
  service: z.url().nullable(),
  /** A code given on the command line (`npm start` does), so that a trial needs no typing. */
  enrolmentCode: z.string().nullable(),
});
export type ShellConfig = z.infer<typeof shellConfigSchema>;

/** Largest journal entry and saved file the shell takes from the page, in bytes. */
export const SHELL_LIMITS = { journalEntry: 64 * 1024 * 1024, file: 64 * 1024 * 1024 } as const;

const bytes = (max: number) => z.instanceof(Uint8Array).refine((value) => value.length <= max);

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
  /** All entries of the journal, oldest first; a torn tail is cut. */
  readJournal: { takes: z.tuple([]), gives: z.array(z.instanceof(Uint8Array)) },
  /** Asks where to save and writes the file atomically; null when the person cancelled. */
  saveFile: {
    takes: z.tuple([z.string().min(1).max(120), bytes(SHELL_LIMITS.file)]),
    gives: z.string().nullable(),
  },
} as const;

export type ShellChannel = keyof typeof SHELL_CHANNELS;

/** What the page sees as `window.onsite`. */
export type Shell = {
  readonly [C in ShellChannel]: (
    ...args: z.infer<(typeof SHELL_CHANNELS)[C]['takes']>
  ) => Promise<z.infer<(typeof SHELL_CHANNELS)[C]['gives']>>;
};
