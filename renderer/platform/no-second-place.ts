/**
 * On plain HTTP a browser offers no private files, so nothing can be kept outside of IndexedDB: there
 * 已保存 means one place, and a lost database is made again from the service or a backup.
 */
import type { JournalFiles } from '../../domain/sync/journal-files.ts';
import type { PlatformFiles } from './platform.ts';

export const noJournal: JournalFiles = {
  append: async () => {},
  read: async () => ({ start: null, entries: [], next: null, unread: 0 }),
  readPlain: async () => [],
  replacePlain: async () => {},
};

export const noFiles: PlatformFiles = {
  write: async () => {},
  read: async () => null,
  list: async () => [],
  remove: async () => {},
};
