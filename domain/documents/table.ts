import type { Box, Mark } from './drawing.ts';
import type { Cell, Content, Table } from './model.ts';
import { placeText, type SetText, setLabel, setText } from './setting.ts';
import type { Metrics } from './text.ts';

/** Space between a border and the text, in mm. */
const PADDING = { x: 1.4, y: 1 } as const;
const BORDER = 0.2;
const TEXT_SIZE = 10.5;
/** Room for the strokes of a signature that a signing box has at least, in mm. */
const STROKES_HEIGHT = 9;

/** A table whose texts are set and whose rows have their least heights. */
export interface SetTable {
  readonly table: Table;
  readonly width: number;
  readonly cells: readonly SetCell[];
  /** Least heights, in mm. */
  readonly heights: readonly number[];
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
      return cell.kind === 'text' && cell.label
        ? setLabel(content, face, inner, size, metrics)
        : setText(content, face, inner, size, metrics, smallest);
    };
    const texts =
      cell.kind === 'text' ? [set(cell.content)] : [[`${cell.label}：`], ...cell.foot].map(set);
    return { cell, row, rows: cell.rows ?? 1, x, width: cellWidth, texts };
  });

  const heights = table.rows.map(({ height }) => height);
  // Cells of one row first: what spans several rows only adds what they lack together.
  for (const cell of [...cells].sort((a, b) => a.rows - b.rows)) {
    const rows = heights.slice(cell.row, cell.row + cell.rows);
    const lacking = leastHeight(cell) - rows.reduce((sum, height) => sum + height, 0);
    if (lacking <= 0) continue;
    rows.forEach((height, index) => {
      heights[cell.row + index] = height + lacking / rows.length;
    });
  }
  const breaks = table.rows.flatMap((_, row) =>
    cells.some((cell) => cell.row < row && row < cell.row + cell.rows) ? [] : [row],
  );
  return { table, width, cells, heights, breaks };
}

const leastHeight = ({ cell, texts }: SetCell): number =>
  texts.reduce((sum, { height }) => sum + height, 2 * PADDING.y) +
  (cell.kind === 'signing' ? STROKES_HEIGHT : 0);

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
    marks.push(...drawCell(cell, box));
    if (!table.borderless) marks.push(border([left, lower], [left, upper], [right, upper]));
  }
  const frame = cornersOf({ x, y, width, height: bottom - y });
  if (!table.borderless && bottom > y) {
    const { left, right, upper, lower } = frame;
    marks.push(border([right, upper], [right, lower], [left, lower]));
  }
  return marks;
}

function drawCell({ cell, texts }: SetCell, box: Box): Mark[] {
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
  const footHeight = foot.reduce((sum, { height }) => sum + height, 0);
  let y = inner.y + inner.height - footHeight;
  const strokes = below(inner.y + (label?.height ?? 0));
  const marks: Mark[] = label ? placeText(label, inner, 'left') : [];
  if (cell.strokes.length > 0) {
    const box = { ...strokes, height: strokes.height - footHeight };
    marks.push({ kind: 'signature', strokes: cell.strokes, box });
  }
  for (const text of foot) {
    marks.push(...placeText(text, below(y), 'right'));
    y += text.height;
  }
  return marks;
}

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
