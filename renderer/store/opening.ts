/** Opening the database, and noticing what is wrong with it. Nothing is changed when something is. */
import {
  type JournalFiles,
  type JournalPage,
  type JournalPlace,
  TORN,
} from '../../domain/sync/journal-files.ts';
import { DamagedError } from '../../domain/vault/cipher.ts';
import type { CompareParts } from './compared.ts';
import type { OnsiteDatabase } from './database.ts';
import { wasUsed } from './generation.ts';
import { decodeEntry } from './journal.ts';
import {
  DatabaseClosedError,
  JournalUnreadableError,
  LostStoreError,
  NewerStoreError,
  NoAnswerError,
} from './reasons.ts';

/** How long the browser may take to open the database, in ms: a broken one may never answer. */
const OPENING = 30_000;

const tooLong = (ms: number): Promise<never> =>
  new Promise((_, reject) => {
    setTimeout(() => reject(new NoAnswerError(ms)), ms);
  });

/**
 * @param patience how long each answer may take, in ms
 * @returns the databases that there were
 * @throws {NewerStoreError} when a later version of the app has written it
 * @throws {DatabaseClosedError} when it does not open; caused by a `NoAnswerError` when it never answers
 */
export const openDatabase = async (
  db: OnsiteDatabase,
  patience = OPENING,
): Promise<IDBDatabaseInfo[]> => {
  const inTime = <T>(answer: PromiseLike<T>) => Promise.race([answer, tooLong(patience)]);
  const known = await inTime(indexedDB.databases().catch(() => [])).catch((cause: unknown) => {
    throw new DatabaseClosedError({ cause });
  });
  const version = known.find(({ name }) => name === db.name)?.version ?? 0;
  // Dexie would open a later version's database as if it were its own, and add what it misses there.
  // The browser counts ten versions where Dexie counts one.
  if (Math.floor(version / 10) > db.verno) throw new NewerStoreError();
  try {
    await inTime(db.open());
  } catch (cause) {
    throw new DatabaseClosedError({ cause });
  }
  return known;
};

/** All pages of the journal. */
async function* pages(journal: JournalFiles): AsyncGenerator<JournalPage, void> {
  let from: JournalPlace | null = null;
  do {
    const page: JournalPage = await journal.read(from);
    yield page;
    from = page.next;
  } while (from !== null);
}

/** Whether the journal holds changes that this vault can read; `foreign` when it holds only others. */
const contentOf = async ({
  db,
  platform: { journal },
  keys,
}: CompareParts): Promise<'changes' | 'none' | 'foreign'> => {
  const cipher = keys.cipher('journal');
  let isForeign = false;
  for await (const { entries, unread } of pages(journal)) {
    // A device that was killed while it wrote its first entry has lost nothing.
    if (unread > (wasUsed(db.name) ? 0 : TORN)) isForeign = true;
    for (const bytes of entries) {
      try {
        if (decodeEntry(bytes, cipher)?.kind === 'changes') return 'changes';
      } catch (error) {
        if (!(error instanceof DamagedError)) throw error;
        isForeign = true;
      }
    }
  }
  return isForeign ? 'foreign' : 'none';
};

/**
 * Looks for what an empty database should hold.
 *
 * @throws {LostStoreError} when the journal holds changes, or the database once did
 * @throws {JournalUnreadableError} when it cannot be read
 */
export const lookForLoss = async (parts: CompareParts): Promise<void> => {
  const content = await contentOf(parts).catch((cause: unknown) => {
    throw new JournalUnreadableError({ cause });
  });
  if (content === 'foreign') throw new JournalUnreadableError();
  const used = wasUsed(parts.db.name);
  if (content === 'changes') throw new LostStoreError(used ? 'reset' : 'empty');
  if (used) throw new LostStoreError('gone');
};
