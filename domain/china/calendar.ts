/** Dates as text, as the forms hold them: `YYYY-MM-DD`, `YYYY-MM`, `HH:MM`. No time zone is involved. */

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;
const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

const daysInMonth = (year: number, month: number) =>
  new Date(Date.UTC(year, month, 0)).getUTCDate();

/** Whether a day exists, in the Gregorian calendar of years 1000–9999. */
export const isRealDay = (year: number, month: number, day: number): boolean =>
  year >= 1000 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);

/** A `YYYY-MM-DD` that names a real day. */
export function isDate(value: unknown): value is string {
  const parts = typeof value === 'string' && DATE.exec(value);
  return parts ? isRealDay(Number(parts[1]), Number(parts[2]), Number(parts[3])) : false;
}

/** A `YYYY-MM`. */
export const isMonth = (value: unknown): value is string =>
  typeof value === 'string' && MONTH.test(value) && value >= '1000';

/** An `HH:MM` from 00:00 to 23:59. */
export const isTime = (value: unknown): value is string =>
  typeof value === 'string' && TIME.test(value);

/** Months from one `YYYY-MM` to another, both counted: 2026-01 to 2026-12 is 12; ≤ 0 when it ends before it starts. */
export function monthsBetween(start: string, end: string): number {
  const count = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7));
  return count(end) - count(start) + 1;
}
