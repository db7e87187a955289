import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeAtomically } from './atomic-write.ts';

/** Smallest window the screens are made for, and the one a first start gets, in CSS pixels. */
export const SMALLEST_WINDOW = { width: 800, height: 600 } as const;
export const FIRST_WINDOW = { width: 1366, height: 768 } as const;

const placeSchema = z.object({
  x: z.int().optional(),
  y: z.int().optional(),
  width: z.int().min(SMALLEST_WINDOW.width).max(20_000),
  height: z.int().min(SMALLEST_WINDOW.height).max(20_000),
  maximized: z.boolean(),
});
export type WindowPlace = z.infer<typeof placeSchema>;

/** An unreadable part falls back alone: a broken window size must not forget the service. */
const settingsSchema = z.object({
  service: z.url().nullable().catch(null),
  window: placeSchema.nullable().catch(null),
  /** Name of the printer for printing without a dialog. */
  printer: z.string().nullable().catch(null),
  /** Path of the folder that the person chose for backups. */
  backupFolder: z.string().nullable().catch(null),
  /** Version of the app that ran here last. */
  version: z.string().nullable().catch(null),
});
export type Settings = z.infer<typeof settingsSchema>;

/** What the shell remembers between two starts. The person's data never lies here. */
export interface SettingsFile {
  current(): Settings;
  change(part: Partial<Settings>): Promise<void>;
  /** The write under way; null when everything is on disk. */
  writing(): Promise<void> | null;
}

const read = (path: string): Settings => {
  try {
    return settingsSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return { service: null, window: null, printer: null, backupFolder: null, version: null };
  }
};

/** Opens the settings; a missing or broken file means the defaults. Writes never overlap. */
export const openSettings = (path: string): SettingsFile => {
  let current = read(path);
  let writing: Promise<void> | null = null;
  return {
    current: () => current,
    writing: () => writing,
    change: (part) => {
      current = { ...current, ...part };
      const text = `${JSON.stringify(current, null, 2)}\n`;
      const mine = (writing ?? Promise.resolve())
        .catch(() => {})
        .then(() => writeAtomically(path, text))
        .finally(() => {
          if (writing === mine) writing = null;
        });
      writing = mine;
      return mine;
    },
  };
};
