/** Names of backups in their folder, which of them are kept, and when the next one is due. */

/** The folder that a vault's backups lie in, within the one that the person chose: two devices may share that. */
export const backupFolderOf = (vault: string): string => `onsite-${vault}`;

/** A file within the chosen folder that the app may write: `onsite-<vault>/…`. */
export const BACKUP_PATH =
  /^onsite-[0-9a-f]{12}\/(onsite-\d{8}-\d{6}\.backup|attachments\/[0-9a-f]{64})$/;

const NAME = /^onsite-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)\.backup$/;
const two = (n: number): string => String(n).padStart(2, '0');

/** `onsite-<date>-<time>.backup`, by the device's local time. */
export const backupName = (time: Date): string => {
  const date = `${time.getFullYear()}${two(time.getMonth() + 1)}${two(time.getDate())}`;
  const clock = `${two(time.getHours())}${two(time.getMinutes())}${two(time.getSeconds())}`;
  return `onsite-${date}-${clock}.backup`;
};

/** When a backup was made, by its name; null for other files. */
export const timeOfBackup = (name: string): Date | null => {
  const parts = NAME.exec(name)?.slice(1).map(Number);
  if (!parts) return null;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts;
  return new Date(year, month - 1, day, hour, minute, second);
};

/** How many are kept: the newest, whatever their day; then one of each of so many days and weeks. */
const KEPT = { newest: 3, days: 7, weeks: 4 } as const;

const dayOf = (time: Date): string => `${time.getFullYear()}-${time.getMonth()}-${time.getDate()}`;

/** Weeks begin on Monday. */
const weekOf = (time: Date): string => {
  const monday = new Date(time.getFullYear(), time.getMonth(), time.getDate());
  monday.setDate(monday.getDate() - ((monday.getDay() + 6) % 7));
  return dayOf(monday);
};

/** A backup in its folder. */
export interface KeptBackup {
  readonly name: string;
  /** How many orders it says it holds; null when that cannot be read. */
  readonly orders: number | null;
}

/**
 * The backups that may go once `written` is verified: of the days and weeks that have one, the newest
 * of the last seven days and of the last four weeks stay. One with more orders than the one just
 * written stays too, since no order ever leaves the log: then it is the store that lost some. Files of
 * other names are nobody's to remove.
 */
export const outlived = (backups: readonly KeptBackup[], written: KeptBackup): string[] => {
  const newest = backups
    .flatMap(({ name, orders }) => {
      const time = timeOfBackup(name);
      return time ? [{ name, orders, time }] : [];
    })
    .sort((a, b) => b.time.getTime() - a.time.getTime());
  const kept = new Set([written.name, ...newest.slice(0, KEPT.newest).map(({ name }) => name)]);
  const keepOneOfEach = (periodOf: (time: Date) => string, periods: number) => {
    const seen = new Map<string, string>();
    for (const { name, time } of newest) {
      if (!seen.has(periodOf(time))) seen.set(periodOf(time), name);
    }
    for (const name of [...seen.values()].slice(0, periods)) kept.add(name);
  };
  keepOneOfEach(dayOf, KEPT.days);
  keepOneOfEach(weekOf, KEPT.weeks);
  return newest.flatMap(({ name, orders }) =>
    kept.has(name) || (orders ?? 0) > (written.orders ?? 0) ? [] : name,
  );
};

const DAY = 24 * 60 * 60 * 1000;

/** What is remembered of the backups of a device; times are ms since the epoch. */
export interface BackupHistory {
  /** When the app first could have made one. */
  readonly since: number;
  readonly lastSuccessAt: number | null;
  /** The app's version that made the last one. */
  readonly version: string | null;
  /** What the last one held; null before the first. */
  readonly held: { readonly orders: number; readonly attachments: number } | null;
}

/** Whether one should be made now: none today, or another version of the app since. */
export const isDue = (history: BackupHistory, version: string, now: Date): boolean => {
  const { lastSuccessAt } = history;
  if (lastSuccessAt === null || history.version !== version) return true;
  // A clock put back leaves successes in the future: they prove nothing of today.
  return dayOf(new Date(lastSuccessAt)) !== dayOf(now);
};

/** Whole days since the last success, or since there could have been one; a clock put back makes none. */
export const daysWithout = ({ since, lastSuccessAt }: BackupHistory, now: Date): number =>
  Math.max(0, Math.floor((now.getTime() - (lastSuccessAt ?? since)) / DAY));

/** From so many days without a backup on, nobody may overlook it. */
export const OVERDUE_DAYS = 7;
