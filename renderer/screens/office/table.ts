/** The chosen orders as a table, for a spreadsheet. */
import dayjs from 'dayjs';
import { FACT_KEYS, factDefinition } from '../../../domain/order/dictionary.ts';
import { hasType } from '../../../domain/order/value.ts';
import { REVIEW_STATES } from '../../../domain/review/review.ts';
import type { ExportedOrder } from '../../../domain/review/wire.ts';
import { valueText } from '../../documents/print-names.ts';

export type Cell = string | number;

/**
 * A text as a spreadsheet may have it: what would be read as a formula gets an apostrophe in front,
 * which the program takes as “this is text”. Source: OWASP, CSV Injection.
 */
export const defused = (text: string): string => (/^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text);

const OWN: readonly (readonly [string, (order: ExportedOrder) => Cell])[] = [
  ['状态', ({ state }) => REVIEW_STATES[state]],
  ['审核轮次', ({ round }) => round],
  ['审核人', ({ reviewer }) => reviewer ?? ''],
  ['班组', ({ team }) => team],
  ['装维', ({ owner }) => owner],
  ['收到时间', ({ receivedAt }) => dayjs(receivedAt).format('YYYY-MM-DD HH:mm')],
  ['签名', ({ signatures }) => signatures],
  ['分机', ({ extensions }) => extensions],
  ['成员', ({ members }) => members],
  ['文件', ({ attachments }) => attachments.filter(({ stored }) => stored).length],
];

/** A line of headings, then one for each order; facts that no order has are left out. */
export const tableOf = (orders: readonly ExportedOrder[]): Cell[][] => {
  const facts = FACT_KEYS.map((key) => {
    const { label, type } = factDefinition(key);
    const textOf = ({ facts: { [key]: value } }: ExportedOrder) =>
      value !== undefined && value !== null && hasType(type, value) ? valueText(type, value) : '';
    return [label, textOf] as const;
  }).filter(([, textOf]) => orders.some((order) => textOf(order) !== ''));
  const columns = [...facts.slice(0, 2), ...OWN, ...facts.slice(2)];
  return [
    columns.map(([label]) => label),
    ...orders.map((order) =>
      columns.map(([, cellOf]) => {
        const cell = cellOf(order);
        return typeof cell === 'string' ? defused(cell) : cell;
      }),
    ),
  ];
};

/** RFC 4180, with the mark that has Excel read it as UTF-8. */
export const csvOf = (rows: readonly (readonly Cell[])[]): Uint8Array<ArrayBuffer> => {
  const line = (row: readonly Cell[]) =>
    row.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(',');
  return new Uint8Array(new TextEncoder().encode(`\uFEFF${rows.map(line).join('\r\n')}\r\n`));
};

/** Widths in characters; a Chinese one takes two. */
const widthOf = (cells: readonly Cell[]): number => {
  const widths = cells.map((cell) => String(cell).replace(/[^ -~]/g, '**').length);
  return Math.min(40, Math.max(8, ...widths) + 2);
};

/** The same as an Excel workbook; every text is a text cell, never a formula. */
export const xlsxOf = async (
  rows: readonly (readonly Cell[])[],
): Promise<Uint8Array<ArrayBuffer>> => {
  const { default: writeXlsxFile } = await import('write-excel-file/universal');
  const [head = [], ...body] = rows;
  const data = [
    head.map((value) => ({ value: String(value), fontWeight: 'bold' as const })),
    ...body.map((row) =>
      row.map((value) =>
        typeof value === 'number' ? { value, type: Number } : { value, type: String },
      ),
    ),
  ];
  const columns = head.map((_, i) => ({ width: widthOf(rows.map((row) => row[i] ?? '')) }));
  const blob = await writeXlsxFile(data, { sheet: '工单', columns, stickyRowsCount: 1 }).toBlob();
  return new Uint8Array(await blob.arrayBuffer());
};
