/**
 * Which database the device works in. One that does not open is never deleted: it is set aside, and a
 * new one, made from the journal, takes its place. That is remembered outside of IndexedDB.
 */
const NAME = 'onsite.database';
const USED = 'onsite.database.used';
const REBUILD = 'onsite.rebuild';
/** The databases are `onsite-1`, `onsite-2` …; `onsite` was the plain one: see `plain-store.ts`. */
const PREFIX = 'onsite';

/** The name of the database that is in use. */
export const databaseName = (): string => localStorage.getItem(NAME) ?? `${PREFIX}-1`;

/** The name of the next database; from the next start on it is in use, and in every other window. */
export const setDatabaseAside = (): string => {
  const number = /-(\d+)$/.exec(databaseName())?.[1] ?? '1';
  const next = `${PREFIX}-${Number(number) + 1}`;
  localStorage.setItem(NAME, next);
  return next;
};

/** Calls back when another window has set the database aside. Returns how to stop listening. */
export const onDatabaseSetAside = (callback: () => void): (() => void) => {
  const listener = ({ key }: StorageEvent) => {
    if (key === NAME) callback();
  };
  window.addEventListener('storage', listener);
  return () => window.removeEventListener('storage', listener);
};

/** Has the next start of this window make an empty database again from the journal. */
export const askRebuild = (): void => sessionStorage.setItem(REBUILD, '1');

/** Whether it was asked for, once. */
export const takeRebuild = (): boolean => {
  const asked = sessionStorage.getItem(REBUILD) !== null;
  sessionStorage.removeItem(REBUILD);
  return asked;
};

/** Remembers that a database holds something: when it is empty another time, it was lost. */
export const markUsed = (name: string): void => localStorage.setItem(`${USED}/${name}`, '1');

/** Forgets that: a person was told that it was lost, and went on without. */
export const markUnused = (name: string): void => localStorage.removeItem(`${USED}/${name}`);

export const wasUsed = (name: string): boolean => localStorage.getItem(`${USED}/${name}`) !== null;
