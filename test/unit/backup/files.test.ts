import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BACKUP_PATH,
  backupFolderOf,
  backupName,
  daysWithout,
  isDue,
  outlived,
  timeOfBackup,
} from '../../../domain/backup/files.ts';

const DAY = 24 * 60 * 60 * 1000;
const at = (text: string) => new Date(`${text}:00`);
const made = (name: string, orders = 1) => ({ name, orders });

test('a backup’s name is its time, to the second', () => {
  expect(backupName(at('2026-03-05T07:08'))).toBe('onsite-20260305-070800.backup');
  fc.assert(
    fc.property(
      fc.date({ min: at('2000-01-01T00:00'), max: at('2099-01-01T00:00'), noInvalidDate: true }),
      (time) => {
        time.setMilliseconds(0);
        expect(timeOfBackup(backupName(time))).toEqual(time);
        expect(`${backupFolderOf('0123456789ab')}/${backupName(time)}`).toMatch(BACKUP_PATH);
      },
    ),
  );
  expect(timeOfBackup('文档.backup')).toBeNull();
});

test('only the app’s own files can be named', () => {
  for (const path of [
    '../x',
    'onsite-0123456789ab/../../x.backup',
    'onsite-0123456789ab/attachments/x',
    'onsite-20260305-070800.backup',
    '/etc/passwd',
  ]) {
    expect(path).not.toMatch(BACKUP_PATH);
  }
});

describe('rotation', () => {
  /** One a day at noon, for so many days, the last one just written. */
  const daily = (days: number) =>
    Array.from({ length: days }, (_, i) =>
      made(backupName(new Date(at('2026-01-01T12:00').getTime() + i * DAY))),
    );

  test('keeps the last seven days and one of each of the last four weeks', () => {
    const all = daily(60);
    const last = all[59] ?? made('');
    const gone = new Set(outlived(all, last));
    const left = all.map(({ name }) => name).filter((name) => !gone.has(name));
    // 2026-03-01 is a Sunday: its week began on the Monday before, within the seven days.
    expect(left.map((name) => name.slice(7, 15))).toEqual([
      '20260208',
      '20260215',
      '20260222',
      '20260223',
      '20260224',
      '20260225',
      '20260226',
      '20260227',
      '20260228',
      '20260301',
    ]);
  });

  test('after a long pause removes none of the last ones', () => {
    const old = daily(3);
    const now = made(backupName(at('2026-12-01T12:00')));
    expect(outlived([...old, now], now)).toEqual([]);
  });

  test('never removes the one just written, nor what is not a backup, nor the only one', () => {
    const name = fc
      .date({ min: at('2020-01-01T00:00'), max: at('2030-01-01T00:00'), noInvalidDate: true })
      .map((time) => made(backupName(time)));
    fc.assert(
      fc.property(fc.uniqueArray(name, { selector: (b) => b.name }), name, (others, written) => {
        const all = [...others.filter((b) => b.name !== written.name), made('笔记.txt'), written];
        const gone = outlived(all, written);
        expect(gone).not.toContain(written.name);
        expect(gone).not.toContain('笔记.txt');
        // At most 3 newest, 7 days and 4 weeks, and the written one.
        expect(all.length - 1 - gone.length).toBeLessThanOrEqual(15);
        // Once rotated, nothing more goes.
        const left = all.filter((b) => !gone.includes(b.name));
        expect(outlived(left, written)).toEqual([]);
      }),
    );
  });

  test('keeps backups with more orders: then it is the store that lost some', () => {
    const all = daily(60).map((backup) => ({ ...backup, orders: 200 }));
    const now = { ...made(backupName(at('2026-12-01T12:00'))), orders: 3 };
    expect(outlived([...all, now], now)).toEqual([]);
  });
});

describe('a backup is due', () => {
  const history = (lastSuccessAt: number | null, version = '1.0.0') => ({
    since: 0,
    lastSuccessAt,
    version,
    held: null,
  });
  const now = at('2026-03-05T09:00');

  test('once a day, and when the app is another one', () => {
    const morning = at('2026-03-05T00:01').getTime();
    expect(isDue(history(null), '1.0.0', now)).toBe(true);
    expect(isDue(history(at('2026-03-04T23:59').getTime()), '1.0.0', now)).toBe(true);
    expect(isDue(history(morning), '1.0.0', now)).toBe(false);
    expect(isDue(history(morning), '1.0.1', now)).toBe(true);
  });

  test('when the last one lies in the future: the clock was put back', () => {
    expect(isDue(history(at('2027-01-01T00:00').getTime()), '1.0.0', now)).toBe(true);
    expect(daysWithout(history(at('2027-01-01T00:00').getTime()), now)).toBe(0);
  });

  test('the days without one are counted from the last, or from the first chance', () => {
    expect(daysWithout(history(now.getTime() - 7 * DAY), now)).toBe(7);
    expect(daysWithout({ ...history(null), since: now.getTime() - 8.5 * DAY }, now)).toBe(8);
  });
});
