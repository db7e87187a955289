/** Reading a column or a block of a spreadsheet into the roster. */
import type { MEMBER_FACTS } from '../../../domain/order/dictionary.ts';
import { tidyNumber } from './numbers.ts';
import { LAST_SLOT, ROWS } from './roster-slots.ts';
import { oneLine, parseTable } from './table-text.ts';

type MemberColumn = Exclude<keyof typeof MEMBER_FACTS, 'slot'>;
export type PastedMember = Readonly<Partial<Record<MemberColumn, string>>>;

/** `entries` in the order of the slots; null is a blank row, whose slot stays as it is. */
export interface RosterPaste {
  readonly entries: readonly (PastedMember | null)[];
  readonly notes: readonly string[];
}

/** What the columns are called in people's spreadsheets, beside the form's own labels. */
const NAMES: Readonly<Record<string, MemberColumn | 'slot'>> = {
  序号: 'slot',
  号码: 'number',
  手机号: 'number',
  手机号码: 'number',
  手机: 'number',
  电话: 'number',
  电话号码: 'number',
  联系电话: 'number',
  成员号码: 'number',
  姓名: 'name',
  名字: 'name',
  成员姓名: 'name',
  短号: 'shortNumber',
  备注: 'note',
  说明: 'note',
};

type Role = MemberColumn | 'slot' | undefined;

/** Seven digits or more are a phone number, however wrong; so is what Excel makes of a narrow column. */
const isPhoneLike = (cell: string) => /^\d{7,}$|^\d\.\d+E\+\d+$/i.test(tidyNumber(cell));
const isShort = (cell: string) => /^\d{3,6}$/.test(tidyNumber(cell));

/**
 * 1, 2, 3 … in the first column, or 33, 34 … as the form's columns begin: its own numbering, not
 * short numbers of anybody.
 */
const isCounting = (cells: readonly string[], column: number) =>
  cells.length > 1 &&
  (column === 0 || Number(cells[0]) % ROWS === 1) &&
  cells.every((cell, at) => /^\d{1,5}$/.test(cell) && Number(cell) === Number(cells[0]) + at);

/** What each column is, from its values alone. */
const guessRoles = (columns: readonly (readonly string[])[]): Role[] => {
  const filled = columns.map((cells) => cells.filter(Boolean));
  const share = (cells: readonly string[], test: (cell: string) => boolean) =>
    cells.length > 0 ? cells.filter(test).length / cells.length : 0;
  const roles: Role[] = filled.map((cells, at) =>
    isCounting(cells, at) ? 'slot' : share(cells, isPhoneLike) > 0.5 ? 'number' : undefined,
  );
  if (columns.length === 1) return ['number'];
  // The printed form: nothing but (序号|号码) pairs. Otherwise a person has one number, the first.
  const isForm = roles.every((role, at) => role !== undefined || filled[at]?.length === 0);
  const first = roles.indexOf('number');
  const rest = roles.map((role, at) =>
    role === 'number' && !isForm && at > first ? undefined : role,
  );
  const give = (role: MemberColumn, test: (cells: readonly string[]) => boolean) => {
    const at = rest.findIndex((taken, index) => !taken && test(filled[index] ?? []));
    if (at >= 0) rest[at] = role;
  };
  if (first < 0) give('number', (cells) => cells.length > 0);
  give('shortNumber', (cells) => share(cells, isShort) > 0.5);
  const isText = (cells: readonly string[]) => share(cells, (cell) => /\D/.test(cell)) > 0.5;
  give('name', isText);
  give('note', isText);
  return rest;
};

/**
 * Reads pasted text: one number a row, or a block whose header row (号码, 姓名, 短号, 备注) or whose
 * values tell what each column is. A block with several number columns, like the printed form, is
 * read down the columns. Bad values are kept; columns without a place are named in the notes.
 */
export const parseRosterPaste = (text: string): RosterPaste => {
  const lines = parseTable(text).map((cells) => cells.map(oneLine));
  const width = Math.max(...lines.map((cells) => cells.length));
  const header: Role[] = (lines[0] ?? []).map((cell) => NAMES[cell.replace(/\s/g, '')]);
  const hasHeader = header.includes('number');
  const body = hasHeader ? lines.slice(1) : lines;
  const columns = Array.from({ length: width }, (_, at) => body.map((cells) => cells[at] ?? ''));
  const roles = hasHeader ? columns.map((_, at) => header[at]) : guessRoles(columns);

  // A record per number column: the columns from one number column's group to the next one's.
  const numberColumns = roles.flatMap((role, at) => (role === 'number' ? [at] : []));
  const entries: (PastedMember | null)[] = [];
  let tidied = 0;
  for (const numberColumn of numberColumns) {
    for (const cells of body) {
      const entry: Partial<Record<MemberColumn, string>> = {};
      for (const [at, role] of roles.entries()) {
        const cell = cells[at] ?? '';
        const isMine = role === 'number' ? at === numberColumn : numberColumns.length === 1;
        if (!role || role === 'slot' || !cell || !isMine) continue;
        entry[role] = role === 'number' || role === 'shortNumber' ? tidyNumber(cell) : cell;
        if (entry[role] !== cell) tidied += 1;
      }
      entries.push(Object.keys(entry).length > 0 ? entry : null);
    }
  }
  while (entries.at(-1) === null) entries.pop();

  const notes = tidied > 0 ? [`已整理 ${tidied} 个号码（去掉空格、短横线，全角转半角）`] : [];
  for (const [at, cells] of columns.entries()) {
    const placed = roles[at] === 'slot' || roles[at] === 'number' || numberColumns.length === 1;
    if (roles[at] && placed) continue;
    const lost = cells.filter(Boolean);
    if (lost.length > 0)
      notes.push(`粘贴内容的第 ${at + 1} 列没有对应的栏，未填入：${lost.join('、')}`);
  }
  return { entries, notes };
};

/** How to meet slots that are taken: write over them, or use free ones only. */
export type Meeting = 'overwrite' | 'skip';

/** The slot of each entry from `start` on; null for a blank row and past the last slot. */
export const placeEntries = (
  entries: readonly (PastedMember | null)[],
  start: number,
  isTaken: (slot: number) => boolean,
  meeting: Meeting,
): (number | null)[] => {
  let slot = start;
  return entries.map((entry) => {
    if (meeting === 'skip') while (slot <= LAST_SLOT && isTaken(slot)) slot += 1;
    const mine = slot++;
    return entry && mine <= LAST_SLOT ? mine : null;
  });
};
