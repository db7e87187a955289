import { type Drawing, type Mark, PAGE } from './drawing.ts';
import type { Block, DocumentModel } from './model.ts';
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
/** Text is made smaller in these steps until a section fits its page. */
const SCALES = [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65];

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
  | { readonly kind: 'table'; readonly height: number; readonly set: SetTable };

function layOutSection(blocks: readonly Block[], metrics: Metrics): Mark[][] {
  const attempts = SCALES.map((scale) => () => blocks.map((b) => setBlock(b, scale, metrics)));
  let set: SetBlock[] = [];
  for (const attempt of attempts) {
    set = attempt();
    if (total(set) <= HEIGHT) break;
  }
  const growing = total(set.filter((block) => block.kind === 'table' && block.set.table.fill));
  const growth = 1 + Math.max(0, HEIGHT - total(set)) / Math.max(growing, 1);
  const pages: Mark[][] = [];
  let marks: Mark[] = [];
  let y = MARGIN.top;
  const turn = () => {
    pages.push(marks);
    marks = [];
    y = MARGIN.top;
  };
  for (const block of set) {
    if (block.kind === 'text') {
      if (y + block.height > BOTTOM + 1e-6 && y > MARGIN.top) turn();
      marks.push(...block.draw(y));
      y += block.height;
      continue;
    }
    const { table, breaks, heights: least } = block.set;
    const heights = table.fill ? least.map((height) => height * growth) : least;
    const heightOf = (rows: readonly number[]) =>
      rows.reduce((sum, row) => sum + (heights[row] ?? 0), 0);
    const head = [...Array(table.head ?? 0).keys()];
    let rows: number[] = [];
    breaks.forEach((first, index) => {
      const end = breaks[index + 1] ?? heights.length;
      const group = Array.from({ length: end - first }, (_, i) => first + i);
      if (
        y + heightOf(rows) + heightOf(group) > BOTTOM + 1e-6 &&
        (rows.length > 0 || y > MARGIN.top)
      ) {
        marks.push(...drawRows(block.set, heights, rows, MARGIN.left, y));
        turn();
        rows = first < head.length ? [] : [...head];
      }
      rows.push(...group);
    });
    marks.push(...drawRows(block.set, heights, rows, MARGIN.left, y));
    y += heightOf(rows);
  }
  pages.push(marks);
  return pages;
}

const total = (blocks: readonly SetBlock[]): number =>
  blocks.reduce((sum, { height }) => sum + height, 0);

function setBlock(block: Block, scale: number, metrics: Metrics): SetBlock {
  if (block.kind === 'table') {
    const set = setTable(block, WIDTH, scale, metrics);
    return { kind: 'table', set, height: set.heights.reduce((sum, height) => sum + height, 0) };
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
  const line = (text: string, x: number, y: number, width: number) => {
    const set = setText([text], 'serif', width, FURNITURE_SIZE, metrics, 5);
    return { set, box: { x, y, width, height: set.height } };
  };
  const name = line(model.name, MARGIN.left, 12, half);
  const number = line(
    `工单编号：${model.orderNumber || '＿＿＿＿＿＿＿＿'}`,
    MARGIN.left + half,
    12,
    half,
  );
  const count = line(`第 ${page} 页 / 共 ${pages} 页`, MARGIN.left, PAGE.height - 14, WIDTH);
  const rule = 17.5;
  return [
    ...placeText(name.set, name.box, 'left'),
    ...placeText(number.set, number.box, 'right'),
    {
      kind: 'line',
      points: [
        [MARGIN.left, rule],
        [MARGIN.left + WIDTH, rule],
      ],
      thickness: 0.15,
    },
    ...placeText(count.set, count.box, 'centre'),
  ];
}
