import { type Box, type Mark, POINT } from './drawing.ts';
import type { Cell, Content, Picture, SigningCell, Table } from './model.ts';
import { placeText, type SetText, setLabel, setText } from './setting.ts';
import type { Metrics } from './text.ts';

/** Space between a border and the text, in mm. */
const PADDING = { x: 1.4, y: 0.6 } as const;
const BORDER = 0.2;
const TEXT_SIZE = 10.5;
/** Size of what says that a seal goes here, in pt. */
const SMALL_SIZE = 9;
/** Room that a signing box has at least for strokes and gaps, in mm. */
const STROKES_HEIGHT = 13;
/** Width of the blanks for name and date in a signing box. */
const BLANK_WIDTH = 38;
/** Space above the lines for name and date. */
const FOOT_GAP = 0.7;
/** Space between the lowest of them and the border of a signing box. */
const FOOT_BELOW = 1.6;
/** A text may be made smaller by this factor to stay on one line; else it is wrapped. */
const ONE_LINE = 0.75;

/** A table whose texts are set and whose rows have their least heights. */
export interface SetTable {
  readonly table: Table;
  readonly width: number;
  readonly cells: readonly SetCell[];
  /** What each row needs for its texts, in mm. */
  readonly least: readonly number[];
  /** Rows that stay together because a cell spans them: index of each group's first row. */
  readonly breaks: readonly number[];
}

interface SetCell {
  readonly cell: Cell;
  readonly row: number;
  readonly rows: number;
  readonly x: number;
  readonly width: number;
  readonly texts: readonly SetText[];
}

/** Sets a table for a width in mm. `scale` makes its text smaller, never below `table.smallest`. */
export function setTable(table: Table, width: number, scale: number, metrics: Metrics): SetTable {
  const smallest = table.smallest ?? table.size ?? TEXT_SIZE;
  const size = Math.max((table.size ?? TEXT_SIZE) * scale, smallest);
  const edges = columnEdges(table.columns, width);
  const cells = placeCells(table).map(({ cell, row, column }): SetCell => {
    const x = edges[column] ?? 0;
    const cellWidth = (edges[column + (cell.columns ?? 1)] ?? width) - x;
    const inner = cellWidth - 2 * PADDING.x;
    const set = (content: Content) => {
      const face = (cell.kind === 'text' && cell.face) || 'serif';
      if (cell.kind === 'seal') return setText(content, face, inner, SMALL_SIZE, metrics, 1);
      return cell.kind === 'text' && cell.label
        ? setLabel(content, face, inner, size, metrics)
        : setText(content, face, inner, size, metrics, Math.max(size * ONE_LINE, smallest));
    };
    const texts =
      cell.kind === 'text'
        ? [set(cell.content)]
        : cell.kind === 'seal'
          ? [set([cell.label])]
          : signingTexts(cell, table.borderless ? inner : undefined, size).map(set);
    return { cell, row, rows: cell.rows ?? 1, x, width: cellWidth, texts };
  });

  const least = table.rows.map(() => 0);
  // Cells of one row first: what spans several rows only adds what they lack together.
  for (const cell of [...cells].sort((a, b) => a.rows - b.rows)) {
    const rows = least.slice(cell.row, cell.row + cell.rows);
    const lacking = leastHeight(cell) - rows.reduce((sum, height) => sum + height, 0);
    if (lacking <= 0) continue;
    rows.forEach((height, index) => {
      least[cell.row + index] = height + lacking / rows.length;
    });
  }
  // The head is never left alone at the foot of a page.
  const together = table.head ?? 0;
  const breaks = table.rows.flatMap((_, row) =>
    (row > 0 && row <= together) ||
    cells.some((cell) => cell.row < row && row < cell.row + cell.rows)
      ? []
      : [row],
  );
  return { table, width, cells, least, breaks };
}

const leastHeight = ({ cell, texts }: SetCell): number =>
  totalHeight(texts) + 2 * PADDING.y + (cell.kind === 'signing' ? STROKES_HEIGHT : 0);

/**
 * What is written where somebody signs. Without borders the strokes stand on a blank of their own,
 * and all blanks reach equally far into the `inner` width.
 */
function signingTexts(cell: SigningCell, inner: number | undefined, size: number): Content[] {
  if (cell.label === '') return [];
  const line = (label: string, { text, field }: { text: string; field: string }): Content => {
    const width = inner ? inner - (label.length + 2) * size * POINT : BLANK_WIDTH;
    return [`${label}：`, { kind: 'blank', text, field, width }];
  };
  return [
    inner ? line(cell.label, { text: '', field: '' }) : [`${cell.label}：`],
    line('姓名', cell.name),
    line('日期', cell.date),
  ];
}

/** The x of every column's left edge and of the right border. */
function columnEdges(columns: readonly number[], width: number): number[] {
  const total = columns.reduce((sum, column) => sum + column, 0);
  let x = 0;
  return [0, ...columns.map((column) => (x += (column / total) * width))];
}

/** Gives each cell its column, left to right around the cells that reach down from above. */
function placeCells({ rows, columns }: Table): { cell: Cell; row: number; column: number }[] {
  const taken = rows.map(() => columns.map(() => false));
  return rows.flatMap(({ cells }, row) =>
    cells.map((cell) => {
      const column = taken[row]?.indexOf(false) ?? -1;
      if (column < 0) throw new Error(`row ${row} has too many cells`);
      for (const line of taken.slice(row, row + (cell.rows ?? 1))) {
        line.fill(true, column, column + (cell.columns ?? 1));
      }
      return { cell, row, column };
    }),
  );
}

/**
 * The marks of some rows of a table, with its top left corner at `x`, `y`.
 *
 * @param heights the final heights of all rows
 */
export function drawRows(
  { table, cells, width }: SetTable,
  heights: readonly number[],
  rows: readonly number[],
  x: number,
  y: number,
): Mark[] {
  const tops = new Map<number, number>();
  let bottom = y;
  for (const row of rows) {
    tops.set(row, bottom);
    bottom += heights[row] ?? 0;
  }
  const marks: Mark[] = [];
  for (const cell of cells) {
    const top = tops.get(cell.row);
    if (top === undefined) continue;
    const height = heights
      .slice(cell.row, cell.row + cell.rows)
      .reduce((sum, rowHeight) => sum + rowHeight, 0);
    const box = { x: x + cell.x, y: top, width: cell.width, height };
    const { left, right, upper, lower } = cornersOf(box);
    marks.push(...drawCell(cell, box, table.borderless));
    if (!table.borderless) marks.push(border([left, lower], [left, upper], [right, upper]));
  }
  const frame = cornersOf({ x, y, width, height: bottom - y });
  if (!table.borderless && bottom > y) {
    const { left, right, upper, lower } = frame;
    marks.push(border([right, upper], [right, lower], [left, lower]));
  }
  return marks;
}

function drawCell({ cell, texts }: SetCell, box: Box, borderless = false): Mark[] {
  const inner = {
    x: box.x + PADDING.x,
    y: box.y + PADDING.y,
    width: box.width - 2 * PADDING.x,
    height: box.height - 2 * PADDING.y,
  };
  const below = (y: number): Box => ({ ...inner, y, height: inner.y + inner.height - y });
  if (cell.kind === 'text') {
    return texts.flatMap((text) =>
      placeText(
        text,
        below(inner.y + (inner.height - text.height) / 2),
        cell.align ?? (cell.label ? 'centre' : 'left'),
      ),
    );
  }
  const [label, ...foot] = texts;
  if (cell.kind === 'seal') {
    return [
      ...stamped(cell.picture, inner, 'centre'),
      ...(label ? placeText(label, inner, 'left') : []),
    ];
  }
  if (!label) return [{ kind: 'signature', strokes: cell.strokes, box: inner }];
  const footHeight = totalHeight(foot) + foot.length * FOOT_GAP + (borderless ? 0 : FOOT_BELOW);
  const footTop = inner.y + inner.height - footHeight;
  const labelTop = borderless ? footTop - label.height : inner.y;
  const strokes = borderless
    ? {
        ...inner,
        x: inner.x + label.size * (cell.label.length + 1),
        width: inner.width * 0.6,
        height: footTop - 1 - inner.y,
      }
    : { ...below(inner.y + label.height), height: footTop - inner.y - label.height };
  let y = footTop;
  return [
    ...stamped(cell.seal, below(inner.y + label.height), 'left'),
    ...placeText(label, below(labelTop), 'left'),
    ...(cell.strokes.length > 0
      ? [{ kind: 'signature', strokes: cell.strokes, box: strokes } as const]
      : []),
    ...foot.flatMap((text) => {
      y += FOOT_GAP;
      const marks = placeText(text, below(y), borderless ? 'left' : 'right');
      y += text.height;
      return marks;
    }),
  ];
}

/** The diameter of a company's seal, in mm, as most are made. */
const SEAL_SIZE = 42;

/** A seal's picture as large as it is on paper, or as its box allows. */
function stamped(picture: Picture | undefined, box: Box, align: 'left' | 'centre'): Mark[] {
  if (!picture) return [];
  const share = Math.min(
    SEAL_SIZE / Math.max(picture.width, picture.height),
    box.width / picture.width,
    box.height / picture.height,
  );
  const [width, height] = [picture.width * share, picture.height * share];
  const x = align === 'left' ? box.x : box.x + (box.width - width) / 2;
  const y = box.y + (box.height - height) / 2;
  return [{ kind: 'image', url: picture.url, box: { x, y, width, height } }];
}

const totalHeight = (texts: readonly SetText[]): number =>
  texts.reduce((sum, { height }) => sum + height, 0);

/** A cell draws its left and upper border, the table's part its right and lower one: no line twice. */
const border = (...points: (readonly [number, number])[]): Mark => ({
  kind: 'line',
  points,
  thickness: BORDER,
});

const cornersOf = ({ x, y, width, height }: Box) => ({
  left: x,
  right: x + width,
  upper: y,
  lower: y + height,
});
