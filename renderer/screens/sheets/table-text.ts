/** Text as a spreadsheet copies it: tab between cells, a line a row, quotes round awkward cells. */

/** One cell: in quotes (which may hold tabs, line ends and doubled quotes), or up to the next tab or line end. */
const CELL = /"((?:[^"]|"")*)"(?=[\t\r\n]|$)|[^\t\r\n]*/y;

/**
 * The rows of copied spreadsheet text. The one line end that a spreadsheet puts after the last row
 * makes no row of its own; blank rows in between are kept.
 */
export const parseTable = (text: string): string[][] => {
  const rows: string[][] = [];
  let cells: string[] = [];
  let at = 0;
  for (;;) {
    CELL.lastIndex = at;
    const found = CELL.exec(text);
    cells.push(found?.[1]?.replaceAll('""', '"') ?? found?.[0] ?? '');
    at += found?.[0].length ?? 0;
    if (text[at] === '\t') {
      at += 1;
      continue;
    }
    rows.push(cells);
    cells = [];
    if (at >= text.length) return rows;
    at += text.startsWith('\r\n', at) ? 2 : 1;
    if (at >= text.length) return rows;
  }
};

/** Whether pasted text is more than the content of one cell. */
export const isBlock = (text: string): boolean => {
  const rows = parseTable(text);
  return rows.length > 1 || (rows[0]?.length ?? 0) > 1;
};

/** A pasted cell as it fits into a one-line input. */
export const oneLine = (text: string): string => text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
