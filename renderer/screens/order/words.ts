import { termMonths } from '../../../domain/order/derived.ts';
import {
  EXTENSION_FACTS,
  factDefinition,
  MEMBER_FACTS,
  type RowFactDefinition,
} from '../../../domain/order/dictionary.ts';
import type { Order } from '../../../domain/order/order.ts';
import { yuanOf } from './codec.ts';
import { isFactKey } from './sections.ts';

/** Fen with thousands commas: `12,800.00 元`. */
export const yuanText = (fen: number): string =>
  `${yuanOf(fen).replace(/\B(?=(\d{3})+\.)/g, ',')} 元`;

const monthText = (month: string) => `${month.slice(0, 4)}年${Number(month.slice(5))}月`;

/** `2026-01-05` as 2026年1月5日. */
export const dateText = (date: string): string =>
  `${monthText(date.slice(0, 7))}${Number(date.slice(8))}日`;

/** The agreement's term with its months; empty until both ends are filled. */
export const termText = (order: Order): string => {
  const { 'agreement.termStart': start, 'agreement.termEnd': end } = order.facts;
  if (!start || !end) return '';
  const months = termMonths(order);
  return `${monthText(start)}至${monthText(end)}${months === undefined ? '' : `，共 ${months} 个月`}`;
};

const ROWS = { extensions: EXTENSION_FACTS, members: MEMBER_FACTS } as const;

/** What a cell of a table is called. @param row from 0 */
export const cellLabel = (table: string, row: number, column: string | undefined): string =>
  `${table}第 ${row + 1} 行${column === undefined ? '' : ` · ${column}`}`;

/** What a field is called: a fact's label, or a row's (`分机第 4 行 · 号码`). */
export const labelOf = (field: string): string => {
  if (isFactKey(field)) return factDefinition(field).label;
  const [, table, row, key] = /^(extensions|members)\[(\d+)\]\.(\w+)$/.exec(field) ?? [];
  if (table !== 'extensions' && table !== 'members') return field;
  const column = Object.entries<RowFactDefinition>(ROWS[table]).find(([name]) => name === key);
  return cellLabel(table === 'extensions' ? '分机' : '成员', Number(row), column?.[1].label);
};
