import type { JournalPage, JournalPlace } from '../../../domain/sync/journal-files.ts';
import type { Platform } from '../../platform/platform.ts';
import { databaseName } from '../../store/generation.ts';
import type { Trouble } from './trouble.ts';

/** An error without what could be personal in it: its names, and its message without numbers and Chinese. */
const plain = (error: unknown, depth = 0): unknown => {
  if (!(error instanceof Error) || depth > 4) return null;
  const message = error.message.replace(/\d{4,}/g, '#').replace(/[^\x20-\x7e]+/g, '…');
  const inner: unknown = 'inner' in error ? error.inner : error.cause;
  return { name: error.name, message: message.slice(0, 300), cause: plain(inner, depth + 1) };
};

/** The answer, or what went wrong on the way to it. */
const tried = async (work: () => Promise<unknown>): Promise<unknown> => {
  try {
    return await work();
  } catch (error) {
    return { failed: plain(error) };
  }
};

/** How much each of the journal's files holds. */
const journalState = async ({ journal }: Platform): Promise<unknown> => {
  const files = new Map<string, { entries: number; bytes: number; unread: number }>();
  let from: JournalPlace | null = null;
  do {
    const { start, entries, unread, next }: JournalPage = await journal.read(from);
    if (start) {
      const known = files.get(start.file) ?? { entries: 0, bytes: 0, unread: 0 };
      known.entries += entries.length;
      known.bytes += entries.reduce((sum, { length }) => sum + length, 0);
      known.unread += unread;
      files.set(start.file, known);
    }
    from = next;
  } while (from !== null);
  return Object.fromEntries(files);
};

/**
 * What a maintainer needs to know of a device in trouble. Nothing of an order is in it, and no key:
 * versions, names of errors, and how many and how large things are.
 */
export const diagnose = async (
  platform: Platform,
  trouble: Trouble,
  error: unknown,
): Promise<Uint8Array<ArrayBuffer>> => {
  const { version } = await platform.config();
  const report = {
    app: { version, kind: platform.kind, engine: navigator.userAgent },
    at: new Date().toISOString(),
    trouble,
    error: plain(error),
    database: {
      inUse: databaseName(),
      all: await tried(() => indexedDB.databases()),
    },
    disk: await tried(() => platform.diskSpace()),
    quota: await tried(async () => {
      const { quota, usage } = await navigator.storage.estimate();
      return { quota, usage, persisted: await navigator.storage.persisted() };
    }),
    journal: await tried(() => journalState(platform)),
    attachments: await tried(async () => {
      const files = await platform.files.list();
      return { files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
    }),
  };
  return new Uint8Array(new TextEncoder().encode(`${JSON.stringify(report, null, 2)}\n`));
};
