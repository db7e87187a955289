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
  const [kept, tail] = await Promise.all([db.unjournaled.toArray(), db.clock.get(0)]);
  // Ids follow the time at which they were made.
  const rows = [...kept, ...(tail?.unjournaled ?? [])].sort((a, b) => (a.id < b.id ? -1 : 1));
  const all = await Promise.all(rows.map((row) => changesOf(db, row)));
  return rows.map(({ id }, i) => ({ id, changes: all[i] ?? [] }));
};

export interface Journalling {
  add(...unjournaled: readonly Unjournaled[]): void;
  /** Whether everything that was added is in the journal. */
  isDone(): boolean;
  /** Resolves when everything is; one entry after the other. @throws {JournalError} */
  write(): Promise<void>;
  /** Ids of what the journal has by now: the database need not know of them any longer. */
  journaled(): readonly string[];
  /** Has the database forget them. */
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
    tidy: async () => {
      const ids = journaled;
      if (ids.length === 0) return;
      db.tail = await db.transaction('rw', [db.unjournaled, db.clock], async () => {
        const tail = (await db.clock.get(0)) ?? { id: 0 };
        const unjournaled = tail.unjournaled?.filter(({ id }) => !ids.includes(id)) ?? [];
        const after = { ...tail, unjournaled };
        await Promise.all([db.clock.put(after), db.unjournaled.bulkDelete([...ids])]);
        return after;
      });
      journaled = journaled.filter((id) => !ids.includes(id));
    },
  };
};
