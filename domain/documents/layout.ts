import { type Drawing, type Mark, PAGE } from './drawing.ts';
import type { Align, Block, Content, DocumentModel, Inline } from './model.ts';
import { placeText, setText } from './setting.ts';
import { drawRows, type SetTable, setTable } from './table.ts';
import type { Metrics } from './text.ts';

/** Margins of the text area, in mm; the furniture stands outside it. */
export const MARGIN = { left: 20, right: 20, top: 22, bottom: 20 } as const;
const WIDTH = PAGE.width - MARGIN.left - MARGIN.right;
const BOTTOM = PAGE.height - MARGIN.bottom;
const HEIGHT = BOTTOM - MARGIN.top;
const FURNITURE_SIZE = 9;
const PARAGRAPH_SIZE = 10.5;
/** The text of a form is made smaller in these steps until the form fits its page. */
const SCALES = [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5];
/** Nothing fills a page that asks for rows so many times as high as they are in the model. */
const LARGEST_SHARE = 10;
/** In mm: what rounding may add up to. */
const TOLERANCE = 1e-6;

/** Puts a document onto pages. Knows no document by name. */
export function layOut(model: DocumentModel, metrics: Metrics): Drawing {
  const pages = model.sections.flatMap((blocks) => layOutSection(blocks, metrics));
  return {
    title: [model.name, model.orderNumber].filter(Boolean).join(' '),
    pages: pages.map((marks, index) => ({
      marks: [...furniture(model, index + 1, pages.length, metrics), ...marks],
    })),
  };
}

/** A block that is set: its least height, and how to draw it. */
type SetBlock =
  | { readonly kind: 'text'; readonly height: number; draw(y: number): Mark[] }
  | { readonly kind: 'table'; readonly set: SetTable };

function layOutSection(blocks: readonly Block[], metrics: Metrics): Mark[][] {
  // What fills a page is a form of one page: its text is made smaller until it fits.
  const scales = blocks.some((block) => block.kind === 'table' && block.fill) ? SCALES : [1];
  let set: SetBlock[] = [];
  for (const scale of scales) {
    set = blocks.map((block) => setBlock(block, scale, metrics));
    if (totalHeight(set, 0) <= HEIGHT) break;
  }
  const share = shareThatFills(set);
  const pages: Mark[][] = [];
  let marks: Mark[] = [];
  let y: number = MARGIN.top;
  const fits = (height: number) => y + height <= BOTTOM + TOLERANCE;
  const turn = () => {
    pages.push(marks);
    marks = [];
    y = MARGIN.top;
  };
  for (const block of set) {
    if (block.kind === 'text') {
      if (!fits(block.height)) turn();
      marks.push(...block.draw(y));
      y += block.height;
      continue;
    }
    const { table, breaks } = block.set;
    const heights = rowHeights(block.set, share);
    const heightOf = (rows: readonly number[]) => sum(rows.map((row) => heights[row] ?? 0));
    const head = range(0, table.head ?? 0);
    let rows: number[] = [];
    const draw = () => {
      marks.push(...drawRows(block.set, heights, rows, MARGIN.left, y));
      y += heightOf(rows);
    };
    y += table.above ?? 0;
    breaks.forEach((first, index) => {
      const group = range(first, breaks[index + 1] ?? heights.length);
      if (!fits(heightOf([...rows, ...group]))) {
        draw();
        turn();
        rows = first < head.length ? [] : [...head];
      }
      rows.push(...group);
    });
    draw();
  }
  return [...pages, marks];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

const totalHeight = (blocks: readonly SetBlock[], share: number): number =>
  sum(
    blocks.map((block) =>
      block.kind === 'text'
        ? block.height
        : (block.set.table.above ?? 0) + sum(rowHeights(block.set, share)),
    ),
  );

/** In a table that fills its page a row is as high as its text needs, or its share of the page. */
const rowHeights = ({ table, least }: SetTable, share: number): number[] =>
  table.rows.map(({ height }, row) =>
    Math.max(least[row] ?? 0, table.fill ? share * height : height),
  );

/** The share of their heights that lets the rows of the filling tables end at the foot of the page. */
function shareThatFills(blocks: readonly SetBlock[]): number {
  let [low, high] = [0, LARGEST_SHARE];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (totalHeight(blocks, middle) > HEIGHT) high = middle;
    else low = middle;
  }
  return low;
}

function setBlock(block: Block, scale: number, metrics: Metrics): SetBlock {
  if (block.kind === 'table') {
    return { kind: 'table', set: setTable(block, WIDTH, scale, metrics) };
  }
  const area = (y: number, height: number) => ({ x: MARGIN.left, y, width: WIDTH, height });
  if (block.kind === 'heading') {
    const annex = block.annex
      ? setText([`${block.annex}：`], 'sans', WIDTH, 10.5, metrics)
      : undefined;
    const title = setText([block.text], 'sans', WIDTH, 16, metrics);
    const annexHeight = annex?.height ?? 0;
    const height = annexHeight + title.height + 4;
    return {
      kind: 'text',
      height,
      draw: (y) => [
        ...(annex ? placeText(annex, area(y, annexHeight), 'left') : []),
        ...placeText(title, area(y + annexHeight, title.height), 'centre'),
      ],
    };
  }
  const above = block.above ?? 0;
  const text = setText(block.content, 'serif', WIDTH, block.size ?? PARAGRAPH_SIZE, metrics);
  return {
    kind: 'text',
    height: above + text.height,
    draw: (y) => placeText(text, area(y + above, text.height), block.align ?? 'left'),
  };
}

/** What stands on every page: the document's name, the order's number, page n of N. */
function furniture(model: DocumentModel, page: number, pages: number, metrics: Metrics): Mark[] {
  const half = WIDTH / 2;
  const at = (content: Content, x: number, y: number, width: number, align: Align) => {
    const set = setText(content, 'serif', width, FURNITURE_SIZE, metrics, 0);
    return placeText(set, { x, y, width, height: set.height }, align);
  };
  const number: Inline = model.orderNumber
    ? { kind: 'value', text: model.orderNumber.replace(/\s+/g, ' '), field: 'orderNumber' }
    : { kind: 'blank', text: '', width: 36, field: 'orderNumber' };
  const [left, middle, rule, foot] = [MARGIN.left, MARGIN.left + half, 17.5, PAGE.height - 14];
  return [
    ...at([model.name], left, 12, half, 'left'),
    ...at([`工单编号：`, number], middle, 12, half, 'right'),
    {
      kind: 'line',
      points: [
        [left, rule],
        [left + WIDTH, rule],
      ],
      thickness: 0.15,
    },
    ...at([`第 ${page} 页 / 共 ${pages} 页`], left, foot, WIDTH, 'centre'),
  ];
}
