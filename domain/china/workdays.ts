/** One year of the State Council's calendar (国务院办公厅关于部分节假日安排的通知). */
export interface YearCalendar {
  readonly year: number;
  /** Days off, `YYYY-MM-DD`, weekends within a holiday included. */
  readonly daysOff: readonly string[];
  /** Make-up days: Saturdays and Sundays that are worked. */
  readonly workdays: readonly string[];
}

/** The published years; others are estimated by their weekends. */
export type Calendar = readonly YearCalendar[];

/** The agreement's article 3: the customer is contacted within 2 workdays after opening the account and paying… */
export const CONTACT_WORKDAYS = 2;
/** …and the line is opened within 7 workdays after the date that was agreed. */
export const OPENING_WORKDAYS = 7;

const DAY = 24 * 60 * 60 * 1000;

/** Whether people work on a day (`YYYY-MM-DD`), and whether that is only estimated. */
export function isWorkday(
  date: string,
  calendar: Calendar,
): { workday: boolean; estimated: boolean } {
  const year = calendar.find((known) => known.year === Number(date.slice(0, 4)));
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  const ordinary = weekday !== 0 && weekday !== 6;
  if (!year) return { workday: ordinary, estimated: true };
  return {
    workday: ordinary ? !year.daysOff.includes(date) : year.workdays.includes(date),
    estimated: false,
  };
}

/**
 * The day `count` workdays after a date (`YYYY-MM-DD`), the date itself not counted; 0 gives the date.
 *
 * @returns `estimated` (预计) when a year on the way is not published yet
 */
export function addWorkdays(
  date: string,
  count: number,
  calendar: Calendar,
): { date: string; estimated: boolean } {
  let day = date;
  let estimated = false;
  for (let left = count; left > 0; ) {
    day = new Date(Date.parse(`${day}T00:00:00Z`) + DAY).toISOString().slice(0, 10);
    const step = isWorkday(day, calendar);
    estimated ||= step.estimated;
    if (step.workday) left -= 1;
  }
  return { date: day, estimated };
}
