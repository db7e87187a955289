/** What a batch, a fill down and a paste do to the rows of the extension table. */
import { EXTENSION_FACTS, type ExtensionKey } from '../../../domain/order/dictionary.ts';
import type { Extension } from '../../../domain/order/order.ts';
import { countUp, tidyNumber } from './numbers.ts';
import type { Patch } from './row-edits.ts';
import { oneLine, parseTable } from './table-text.ts';

/** The columns a person types in, from left to right. */
export const EXTENSION_COLUMNS = Object.keys(EXTENSION_FACTS).filter(
  (key): key is ExtensionKey => key in EXTENSION_FACTS,
);

export const isExtensionColumn = (name: string | undefined): name is ExtensionKey =>
  EXTENSION_COLUMNS.some((column) => column === name);

/** Columns that hold digits only, where spaces and dashes are decoration. */
export const isNumberColumn = (column: string): boolean =>
  column === 'number' || column === 'shortNumber';

/** How many rows there are, and how that meets the survey's number of lines. */
export const countSays = (rows: number, lines: number | undefined): string => {
  if (lines === undefined) return `${rows} 行`;
  if (rows === lines) return `${rows} 行，与固话数量一致`;
  const difference = rows < lines ? `还差 ${lines - rows} 行` : `多 ${rows - lines} 行`;
  return `${rows} 行，${difference}（固话数量 ${lines} 线）`;
};

/** Values for rows that are there (by index), rows to add at the end, and what to tell the person. */
export interface TableChange {
  readonly set: readonly { readonly row: number; readonly patch: Patch }[];
  readonly add: readonly Patch[];
  readonly notes: readonly string[];
}

export interface Batch {
  readonly count: number;
  readonly number: string;
  readonly shortNumber: string;
  readonly port: string;
}

/** `count` rows, the given first values counted up by one each. */
export const batchRows = ({ count, ...first }: Batch): Patch[] =>
  Array.from({ length: count }, (_, step) => ({
    number: countUp(tidyNumber(first.number), step),
    shortNumber: countUp(tidyNumber(first.shortNumber), step),
    port: countUp(first.port.trim(), step),
  }));

/** What the rows of `targets` get from the cell in row `source`: text counted up a step a row, or copied. */
export const fillDown = (
  rows: readonly Extension[],
  column: ExtensionKey,
  source: number,
  targets: readonly number[],
): TableChange['set'] => {
  const value = rows[source]?.[column] ?? null;
  return targets.map((row, index) => ({
    row,
    patch: { [column]: typeof value === 'string' ? countUp(value, index + 1) : value },
  }));
};

/**
 * Which rows a fill down goes to: the selected ones below its source, else all below the active row.
 * The source is the topmost of the active and the selected rows, as in a spreadsheet.
 */
export const fillTargets = (
  rowCount: number,
  active: number,
  selected: readonly number[],
): { readonly source: number; readonly targets: readonly number[] } => {
  const source = Math.min(active, ...selected);
  const chosen = selected.filter((row) => row > source);
  const below = Array.from(
    { length: Math.max(rowCount - source - 1, 0) },
    (_, at) => source + 1 + at,
  );
  return { source, targets: chosen.length > 0 ? chosen : below };
};

/** A batch that makes up for `missing` rows and counts on from the last one. */
export const nextBatch = (last: Extension | undefined, missing: number): Batch => ({
  count: Math.max(missing, 1),
  number: countUp(last?.number ?? '', 1),
  shortNumber: countUp(last?.shortNumber ?? '', 1),
  port: countUp(last?.port ?? '', 1),
});

const YES = ['是', '有', '已', '已布线', '√', '✓', '✔', 'y', 'yes', 'true', '1'];
const NO = ['否', '无', '未', '未布线', '×', '✗', 'x', 'n', 'no', 'false', '0'];

/** 是/否 and its usual ways of writing; null for blank, undefined for anything else. */
export const readYesNo = (text: string): boolean | null | undefined => {
  const word = text.trim().toLowerCase();
  if (word === '') return null;
  return YES.includes(word) ? true : NO.includes(word) ? false : undefined;
};

/** What else the columns are called in people's spreadsheets. */
const OTHER_NAMES: Readonly<Record<string, ExtensionKey>> = {
  固话号码: 'number',
  固话: 'number',
  号码: 'number',
  电话: 'number',
  电话号码: 'number',
  分机号: 'shortNumber',
  分机: 'shortNumber',
  房间: 'place',
  姓名: 'user',
  布线: 'cabled',
  是否布线: 'cabled',
};

const columnNamed = (cell: string): ExtensionKey | undefined => {
  const name = cell.replace(/\s/g, '');
  return (
    EXTENSION_COLUMNS.find((column) => EXTENSION_FACTS[column].label === name) ?? OTHER_NAMES[name]
  );
};

/**
 * A block pasted with its first cell at `at`. Rows that the table lacks are added. A first line that
 * names columns (or the one column it goes to) is a header: it says where each column goes, and is no row itself. Columns that have
 * no place are named in the notes, with what stood in them; blank lines empty nothing.
 */
export const pasteBlock = (
  rowCount: number,
  at: { readonly row: number; readonly column: ExtensionKey },
  text: string,
): TableChange => {
  const lines = parseTable(text).map((cells) => cells.map(oneLine));
  const named = lines[0]?.map(columnNamed) ?? [];
  const hasHeader = named.length === 1 ? named[0] === at.column : named.filter(Boolean).length > 1;
  const body = hasHeader ? lines.slice(1) : lines;
  const start = EXTENSION_COLUMNS.indexOf(at.column);
  const columnAt = (index: number) => (hasHeader ? named[index] : EXTENSION_COLUMNS[start + index]);

  const set: { row: number; patch: Patch }[] = [];
  const add: Patch[] = [];
  const surplus = new Map<number, string[]>();
  const notes: string[] = [];
  let tidied = 0;

  for (const [offset, cells] of body.entries()) {
    const patch: Record<string, string | boolean | null> = {};
    for (const [index, cell] of cells.entries()) {
      const column = columnAt(index);
      if (!column) {
        const isRowNumber = /^序号|^#$|^No\.?$/i.test(lines[0]?.[index] ?? '');
        if (cell && !isRowNumber) surplus.set(index, [...(surplus.get(index) ?? []), cell]);
      } else if (column === 'cabled') {
        const cabled = readYesNo(cell);
        if (cabled !== undefined) patch[column] = cabled;
        else notes.push(`第 ${at.row + offset + 1} 行的“${cell}”不是“是”或“否”，已布线没有填入`);
      } else {
        patch[column] = isNumberColumn(column) ? tidyNumber(cell) : cell;
        if (patch[column] !== cell) tidied += 1;
      }
    }
    if (cells.every((cell) => cell === '')) for (const key of Object.keys(patch)) delete patch[key];
    const row = at.row + offset;
    if (row >= rowCount) add.push(patch);
    else if (Object.keys(patch).length > 0) set.push({ row, patch });
  }
  if (tidied > 0) notes.unshift(`已整理 ${tidied} 个号码（去掉空格、短横线，全角转半角）`);
  for (const [index, cells] of surplus) {
    notes.push(`粘贴内容的第 ${index + 1} 列没有对应的列，未填入：${cells.join('、')}`);
  }
  return { set, add, notes };
};

/**
 * Positions for `count` rows behind row `index` (-1: before the first), strictly between its
 * neighbours' where these are known and apart; otherwise null: all rows must be numbered anew.
 */
export const positionsBehind = (
  positions: readonly (number | undefined)[],
  index: number,
  count: number,
): number[] | null => {
  if (positions.length > 0 && positions.some((position) => position === undefined)) return null;
  const before = positions[index] ?? (positions[0] ?? count + 1) - count - 1;
  const after = index + 1 < positions.length ? positions[index + 1] : before + count + 1;
  if (after === undefined || after <= before) return null;
  const step = (after - before) / (count + 1);
  const made = Array.from({ length: count }, (_, at) => before + step * (at + 1));
  const chain = [before, ...made, after];
  return chain.every((value, at) => at === 0 || value > (chain[at - 1] ?? value)) ? made : null;
};
