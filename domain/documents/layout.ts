import { type Drawing, type Mark, PAGE } from './drawing.ts';
import type { Align, Block, Content, DocumentModel, Heading, Inline, Paragraph } from './model.ts';
import { linesOf, placeText, setParagraph, setText } from './setting.ts';
import { drawRows, type SetTable, setTable } from './table.ts';
import { type Metrics, UnprintableError } from './text.ts';

/** Margins of the text area, in mm; the furniture stands outside it. */
export const MARGIN = { left: 20, right: 20, top: 22, bottom: 20 } as const;
const WIDTH = PAGE.width - MARGIN.left - MARGIN.right;
const BOTTOM = PAGE.height - MARGIN.bottom;
const HEIGHT = BOTTOM - MARGIN.top;
const FURNITURE_SIZE = 9;
/** Lines of a paragraph that stand together before and after a page's end. */
const TOGETHER = 2;
/** Size of a watermark, in mm. */
const WATERMARK_SIZE = 56;
/** The text of a form is made smaller in these steps until the form fits its page. */
const SCALES = [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5];
/** Nothing fills a page that asks for rows so many times as high as they are in the model. */
const LARGEST_SHARE = 10;
/** In mm: what rounding may add up to. */
const TOLERANCE = 1e-6;

/** Puts a document onto pages. Knows no document by name. */
export function layOut(model: DocumentModel, metrics: Metrics): Drawing {
  const pages = model.sections.flatMap((blocks) => layOutSection(blocks, metrics));
  const start: Mark = { kind: 'bookmark', title: model.name, level: 0, y: 0 };
  return {
    title: [model.name, model.orderNumber].filter(Boolean).join(' '),
    pages: pages.map((marks, index) => ({
      marks: [
        ...(index === 0 ? [start] : []),
        ...(model.watermark ? [watermark(model.watermark, metrics)] : []),
        ...furniture(model, index + 1, pages.length, metrics),
        ...marks,
      ],
    })),
  };
}

/** A block that is set: its least height, and how to draw it. */
type SetBlock =
  | {
      readonly kind: 'text';
      readonly above: number;
      readonly lines: number;
      readonly leading: number;
      readonly withNext: boolean;
      /** Draws some of its lines, the first of them at `y`. */
      draw(y: number, from: number, to: number): Mark[];
    }
  | { readonly kind: 'table'; readonly set: SetTable };

function layOutSection(blocks: readonly Block[], metrics: Metrics): Mark[][] {
  // What fills a page is a form of one page: its text is made smaller until it fits.
  const scales = blocks.some((block) => block.kind === 'table' && block.fill) ? SCALES : [1];
  let set: SetBlock[] = [];
  for (const scale of scales) {
    set = blocks.map((block) => setBlock(block, scale, metrics));
    if (totalHeight(set, 0) <= HEIGHT) break;
  }
  if (scales.length > 1 && totalHeight(set, 0) > HEIGHT + TOLERANCE) throw tooLong(blocks);
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
  /** Space above a block is for what stands above it: there is none at the top of a page turned. */
  const space = (above: number) => (pages.length > 0 && marks.length === 0 ? 0 : above);
  set.forEach((block, index) => {
    if (marks.length > 0 && !fits(opening(set, index, share))) turn();
    if (block.kind === 'text') {
      y += space(block.above);
      let from = 0;
      while (from < block.lines) {
        const room = Math.floor((BOTTOM + TOLERANCE - y) / block.leading);
        const to = from + linesBeforeTurn(block.lines - from, room, marks.length === 0);
        marks.push(...block.draw(y, from, to));
        y += (to - from) * block.leading;
        from = to;
        if (from < block.lines) turn();
      }
      return;
    }
    const { table } = block.set;
    const heights = rowHeights(block.set, share);
    const breaks = breaksOf(block.set, heights);
    const heightOf = (rows: readonly number[]) => sum(rows.map((row) => heights[row] ?? 0));
    const head = range(0, table.head ?? 0);
    let rows: number[] = [];
    const draw = () => {
      marks.push(...drawRows(block.set, heights, rows, MARGIN.left, y));
      y += heightOf(rows);
    };
    y += space(table.above ?? 0);
    breaks.forEach((first, index) => {
      const group = range(first, breaks[index + 1] ?? heights.length);
      const whole = first < head.length ? group : [...head, ...group];
      if (heightOf(whole) > HEIGHT + TOLERANCE) throw tooLong([table]);
      if (rows.length > 0 && !fits(heightOf([...rows, ...group]))) {
        draw();
        turn();
        rows = first < head.length ? [] : [...head];
      }
      rows.push(...group);
    });
    draw();
  });
  return [...pages, marks];
}

/** The longest text is to blame when blocks do not fit where they must. */
function tooLong(blocks: readonly Block[]): UnprintableError {
  const contents = blocks.flatMap((block): readonly Content[] => {
    if (block.kind === 'paragraph') return [block.content];
    if (block.kind === 'heading') return [];
    return block.rows.flatMap(({ cells }) =>
      cells.map((cell): Content => {
        if (cell.kind === 'text') return cell.content;
        return cell.kind === 'signing' ? [{ kind: 'value', ...cell.name }] : [];
      }),
    );
  });
  const [longest] = contents
    .flat()
    .flatMap((inline) =>
      typeof inline === 'object' && 'field' in inline && 'text' in inline ? [inline] : [],
    )
    .sort((a, b) => weightOf(b.text) - weightOf(a.text));
  return new UnprintableError(longest?.field ?? '', null);
}

/** A line feed takes as much room as a line. */
const weightOf = (text: string): number => text.length + 40 * (text.split('\n').length - 1);

/**
 * How many of a paragraph's lines go onto a page with room for `room`: neither its first line nor
 * its last stands alone. On a page that is still empty at least one does.
 */
function linesBeforeTurn(lines: number, room: number, empty: boolean): number {
  if (lines <= room) return lines;
  const most = lines - room < TOGETHER ? lines - TOGETHER : room;
  return most >= TOGETHER ? most : empty ? Math.max(room, 1) : 0;
}

/** The height that a block's beginning needs on its page, with what it must stay with. */
function opening(blocks: readonly SetBlock[], index: number, share: number): number {
  const block = blocks[index];
  if (!block) return 0;
  if (block.kind === 'table') {
    const heights = rowHeights(block.set, share);
    return (block.set.table.above ?? 0) + sum(heights.slice(0, breaksOf(block.set, heights)[1]));
  }
  const { above, lines, leading, withNext } = block;
  if (withNext) return above + lines * leading + opening(blocks, index + 1, share);
  return above + (lines < 2 * TOGETHER ? lines : TOGETHER) * leading;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

const totalHeight = (blocks: readonly SetBlock[], share: number): number =>
  sum(
    blocks.map((block) =>
      block.kind === 'text'
        ? block.above + block.lines * block.leading
        : (block.set.table.above ?? 0) + sum(rowHeights(block.set, share)),
    ),
  );

/** In a table that fills its page a row is as high as its text needs, or its share of the page. */
const rowHeights = ({ table, least }: SetTable, share: number): number[] =>
  table.rows.map(({ height }, row) =>
    Math.max(least[row] ?? 0, table.fill ? share * height : height),
  );

/** Where a table may go on to the next page; one that stays whole does so when it fits a page. */
const breaksOf = ({ table, breaks }: SetTable, heights: readonly number[]): readonly number[] =>
  table.whole && sum(heights) <= HEIGHT ? [0] : breaks;

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
  return block.kind === 'heading' ? setHeading(block, metrics) : setRunning(block, metrics);
}

function setHeading({ annex, text, bookmark }: Heading, metrics: Metrics): SetBlock {
  const above = annex ? setText([`${annex}：`], 'sans', WIDTH, 10.5, metrics) : undefined;
  const title = setText([text], 'sans', WIDTH, 16, metrics);
  const annexHeight = above?.height ?? 0;
  const area = (y: number, height: number) => ({ x: MARGIN.left, y, width: WIDTH, height });
  return {
    kind: 'text',
    above: 0,
    lines: 1,
    leading: annexHeight + title.height + 4,
    withNext: true,
    draw: (y) => [
      ...(bookmark ? [{ kind: 'bookmark', title: text, level: 1, y } as const] : []),
      ...(above ? placeText(above, area(y, annexHeight), 'left') : []),
      ...placeText(title, area(y + annexHeight, title.height), 'centre'),
    ],
  };
}

function setRunning(paragraph: Paragraph, metrics: Metrics): SetBlock {
  const { indent = 0, label, bookmark, align = 'left', above = 0, withNext = false } = paragraph;
  // Indents are in em of the text's own size.
  const em = setParagraph({ ...paragraph, content: [] }, WIDTH, metrics).size;
  const width = WIDTH - indent * em;
  const text = setParagraph(paragraph, width, metrics);
  const number = label && setParagraph({ ...paragraph, content: [label.text] }, WIDTH, metrics);
  const area = (left: number, y: number, height: number) => ({
    x: MARGIN.left + left * em,
    y,
    width: WIDTH - left * em,
    height,
  });
  return {
    kind: 'text',
    above,
    lines: text.lines.length,
    leading: text.leading,
    withNext,
    draw: (y, from, to) => {
      const part = linesOf(text, from, to);
      const first = from === 0;
      return [
        ...(first && bookmark ? [{ kind: 'bookmark', ...bookmark, y } as const] : []),
        ...(first && number ? placeText(number, area(label.left, y, number.height), 'left') : []),
        ...placeText(part, area(indent, y, part.height), align),
      ];
    },
  };
}

/** One word across the middle of the page. */
function watermark(text: string, metrics: Metrics): Mark {
  const size = WATERMARK_SIZE;
  const letters = Array.from(text);
  const width = sum(letters.map((c) => metrics.advance(c.codePointAt(0) ?? 0, 'sans'))) * size;
  // It rises by 45°, so that half its length lies as far left of the middle as below it.
  const half = (width / 2) * Math.SQRT1_2;
  const rise = 0.35 * size * Math.SQRT1_2;
  const x = PAGE.width / 2 - half + rise;
  return { kind: 'watermark', text, face: 'sans', size, x, y: PAGE.height / 2 + half + rise };
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
    ...at([[model.name, model.watermark].filter(Boolean).join('　')], left, 12, half, 'left'),
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
