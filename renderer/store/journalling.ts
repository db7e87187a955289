/** Committed changes on their way into the journal, which they reach even if a start has to finish it. */
import type { Change } from '../../domain/sync/change.ts';
import type { Platform } from '../platform/platform.ts';
import { type OnsiteDatabase, queued, type UnjournaledRow } from './database.ts';
import { sealEntry } from './journal.ts';
import { JournalError } from './reasons.ts';

/** Changes for the journal, and the id of the row that stands for them until they are there. */
export interface Unjournaled {
  readonly id: string;
  readonly changes: readonly Change[];
}

/** The changes that a row stands for. One that has its receipt by now lies at the service. */
const changesOf = async (db: OnsiteDatabase, row: UnjournaledRow): Promise<readonly Change[]> => {
  if ('changes' in row) return row.changes;
  const statuses = ['waiting', 'sent', 'rejected'] as const;
  const found = await Promise.all(
    statuses.map((status) => queued(db, status, row.places).toArray()),
  );
  return found
    .flat()
    .sort((a, b) => a.place - b.place)
    .map(({ change }) => change);
};

/** What was committed and may not be journalled, oldest first. Inside a transaction. */
export const readUnjournaled = async (db: OnsiteDatabase): Promise<Unjournaled[]> => {
  const rows = await db.unjournaled.orderBy('id').toArray();
  const all = await Promise.all(rows.map((row) => changesOf(db, row)));
  return rows.map(({ id }, i) => ({ id, changes: all[i] ?? [] }));
};

export interface Journalling {
  add(...unjournaled: readonly Unjournaled[]): void;
  /** Whether everything that was added is in the journal. */
  isDone(): boolean;
  /** Resolves when everything is; one entry after the other. @throws {JournalError} */
  write(): Promise<void>;
  /** Ids of what the journal has by now, until they are forgotten: their rows may go. */
  journaled(): readonly string[];
  forget(ids: readonly string[]): void;
  /** Removes these rows, as the next commit would. */
  tidy(): Promise<void>;
}

export const createJournalling = (
  db: OnsiteDatabase,
  { append }: Pick<Platform['journal'], 'append'>,
): Journalling => {
  const waiting: Unjournaled[] = [];
  let journaled: readonly string[] = [];
  let appending: Promise<void> | null = null;

  const appendAll = async () => {
    for (let next = waiting[0]; next; next = waiting[0]) {
      try {
        const { changes } = next;
        if (changes.length > 0)
          await append(await sealEntry({ kind: 'changes', changes }, db.keys));
      } catch (cause) {
        throw new JournalError('journal', { cause });
      }
      journaled = [...journaled, next.id];
      waiting.shift();
    }
  };

  const forget = (ids: readonly string[]) => {
    journaled = journaled.filter((id) => !ids.includes(id));
  };

  return {
    add: (...unjournaled) => waiting.push(...unjournaled),
    isDone: () => waiting.length === 0,
    write: () => {
      appending ??= appendAll().finally(() => {
        appending = null;
      });
      return appending;
    },
    journaled: () => journaled,
    forget,
    tidy: async () => {
      const ids = journaled;
      if (ids.length === 0) return;
      await db.unjournaled.bulkDelete([...ids]);
      forget(ids);
    },
  };
};
