import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agreement } from '../../../domain/documents/agreement.ts';
import { commitment } from '../../../domain/documents/commitment.ts';
import type { Drawing, Mark } from '../../../domain/documents/drawing.ts';
import { PAGE } from '../../../domain/documents/drawing.ts';
import { layOut, MARGIN } from '../../../domain/documents/layout.ts';
import { metricsOf } from '../../../domain/documents/metrics.ts';
import type { TemplatePack } from '../../../domain/documents/template/ast.ts';
import { parseTemplate } from '../../../domain/documents/template/parse.ts';
import { breakLines, type Piece, piecesOf, widthOf } from '../../../domain/documents/text.ts';
import { EMPTY_ORDER, type Facts, type Order } from '../../../domain/order/order.ts';
import { fixture, given, pack, pagesOf, poppler, print, typefaces } from './printing.ts';

const metrics = metricsOf(typefaces);
const clinic = fixture('clinic-21');

/** A commitment with this text, laid out. */
function laidOut(markdown: string, facts: Facts = {}): Drawing {
  const read = parseTemplate(markdown);
  if ('errors' in read) throw new Error(JSON.stringify(read.errors));
  const order: Order = { ...EMPTY_ORDER, facts };
  const own: TemplatePack = { ...pack, documents: { commitment: read.nodes } };
  return layOut(commitment(order, { ...given(order), pack: own }), metrics);
}

interface Line {
  readonly text: string;
  readonly y: number;
  readonly left: number;
  readonly right: number;
}

/** The lines of the text area of a page, top to bottom; what stands on one baseline is one line. */
function linesOf({ marks }: { readonly marks: readonly Mark[] }): Line[] {
  const lines = new Map<number, Line>();
  for (const mark of marks) {
    if (mark.kind !== 'text' || mark.y < MARGIN.top || mark.y > PAGE.height - MARGIN.bottom)
      continue;
    const line = lines.get(mark.y);
    lines.set(mark.y, {
      y: mark.y,
      text: (line?.text ?? '') + mark.text,
      left: Math.min(line?.left ?? PAGE.width, mark.x),
      right: mark.x + mark.width,
    });
  }
  return [...lines.values()].sort((a, b) => a.y - b.y);
}

/** The lines under the annex number and the title. */
const bodyOf = (drawing: Drawing): Line[] => drawing.pages.flatMap(linesOf).slice(2);

const sentence = (count: number) => '甲方应当按照本协议的约定，按时足额缴纳费用；'.repeat(count);
const RIGHT = PAGE.width - MARGIN.right;

describe('running text', () => {
  it('is justified: every full line ends at the margin, the last where it ends', () => {
    const lines = bodyOf(laidOut(`# 样例\n\n1. ${sentence(8)}\n`));
    expect(lines.length).toBeGreaterThan(3);
    for (const { right } of lines.slice(0, -1)) expect(right).toBeCloseTo(RIGHT, 3);
    expect(lines.at(-1)?.right).toBeLessThan(RIGHT);
  });

  it('never ends with a line of one character', () => {
    for (let length = 30; length < 100; length++) {
      const [page] = laidOut(`# 样例\n\n1. ${'样'.repeat(length)}。\n`).pages;
      const last = page && linesOf(page).at(-1);
      expect(last?.text.length, String(length)).toBeGreaterThan(2);
    }
  });

  it('has its clauses under each other at three levels, with hanging indents', () => {
    const long = sentence(5);
    const lines = bodyOf(laidOut(`# 样例\n\n## 第一条 样例\n\n1. ${long}\n   （1）${long}\n`));
    const [heading, first, second] = lines;
    expect(heading?.text).toBe('第一条 样例');
    expect([heading?.left, first?.left]).toEqual([MARGIN.left, MARGIN.left]);
    expect(first?.text.startsWith('1.甲方')).toBe(true);
    const under = lines.findIndex(({ text }) => text.startsWith('（1）'));
    expect(second?.left).toBeGreaterThan(MARGIN.left + 5);
    expect(lines[under]?.left).toBeGreaterThan(MARGIN.left + 4);
    expect(lines[under + 1]?.left).toBeGreaterThan((second?.left ?? 0) + 5);
  });

  it('leaves no line alone before or after the end of a page, and no heading at its foot', () => {
    for (let filler = 1; filler < 50; filler++) {
      const lines = Array.from({ length: filler }, (_, index) => `${index + 1}. 样例。`).join('\n');
      const { pages } = laidOut(`# 样例\n\n${lines}\n\n## 第二条 样例\n\n${sentence(9)}\n`);
      const [first, second] = pages.map(linesOf);
      const before = first?.filter(({ text }) => text.includes('缴纳费用')).length ?? 0;
      const after = second?.filter(({ text }) => /甲方|缴纳|约定/.test(text)).length ?? 0;
      expect([before, after], String(filler)).not.toContain(1);
      expect(first?.at(-1)?.text, String(filler)).not.toContain('第二条');
    }
  });

  it('keeps what ends with a colon with what it announces, and signatures with some text', () => {
    for (let filler = 30; filler < 46; filler++) {
      const lines = Array.from({ length: filler }, (_, index) => `${index + 1}. 样例。`).join('\n');
      const announced = laidOut(`# 样例\n\n${lines}\n\n如下：\n\n| 一 |\n| --- |\n| 二 |\n`);
      for (const page of announced.pages) expect(linesOf(page).at(-1)?.text).not.toBe('如下：');
      const signed = laidOut(`# 样例\n\n${lines}\n\n特此承诺。\n\n{{signatures:customer}}\n`);
      const place = signed.pages.findIndex((page) =>
        linesOf(page).some(({ text }) => text.includes('盖章处')),
      );
      const texts = linesOf(signed.pages[place] ?? { marks: [] }).map(({ text }) => text);
      expect(texts).toContain('特此承诺。');
    }
  });

  it('breaks its tables between rows and repeats their heads', () => {
    const rows = Array.from({ length: 90 }, (_, index) => `| ${index + 1} | 样例 |`).join('\n');
    const { pages } = laidOut(`# 样例\n\n| 序号 | 内容 |\n| --- | --- |\n${rows}\n`);
    expect(pages.length).toBe(3);
    for (const page of pages) expect(linesOf(page).map(({ text }) => text)).toContain('序号内容');
    const all = pages.flatMap(linesOf).map(({ text }) => text);
    for (let row = 1; row <= 90; row++) expect(all).toContain(`${row}样例`);
  });

  it('begins a new page at a rule', () => {
    expect(laidOut('# 样例\n\n一。\n\n---\n\n二。\n').pages).toHaveLength(2);
  });
});

describe('a blank in running text', () => {
  const lineUnder = ({ pages: [page] }: Drawing) =>
    page?.marks.flatMap((mark) =>
      mark.kind === 'line' && mark.thickness === 0.15 && (mark.points[0]?.[1] ?? 0) > MARGIN.top
        ? [(mark.points[1]?.[0] ?? 0) - (mark.points[0]?.[0] ?? 0)]
        : [],
    ) ?? [];
  const text = '# 样例\n\n甲方：{{customer.name}}。\n';

  it('is underlined to the width of its value', () => {
    const [short] = lineUnder(laidOut(text, { 'customer.name': '样例' }));
    const [long] = lineUnder(laidOut(text, { 'customer.name': '样例诊所样例诊所' }));
    expect((long ?? 0) - (short ?? 0)).toBeCloseTo(6 * 10.5 * (25.4 / 72), 3);
  });

  it('has room to write by hand while it is empty', () => {
    const [empty] = lineUnder(laidOut(text));
    expect(empty).toBeGreaterThan(50);
  });

  it('goes on in the next line with its underline, whatever it holds', () => {
    const name = '样例长名称'.repeat(12);
    const found = lineUnder(
      laidOut(`# 样例\n\n${'样'.repeat(30)}{{customer.name}}。\n`, { 'customer.name': name }),
    );
    expect(found.length).toBeGreaterThan(1);
    expect(found.reduce((sum, width) => sum + width)).toBeGreaterThan(60 * 3.7);
  });
});

describe('a justified line', () => {
  const chinese = fc
    .array(
      fc.constantFrom(...'样例诊所一二三（）《》，。、；“”', 'IMS', '0477-0000001', '12 个月', ' '),
      {
        maxLength: 90,
      },
    )
    .map((parts) => parts.join(''));

  it('is never wider than its measure and loses nothing but blanks', () => {
    fc.assert(
      fc.property(chinese, fc.integer({ min: 14, max: 45 }), (text, width) => {
        const lines = breakLines(piecesOf([text], 'serif', 3.7, metrics, true), width, true);
        for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(width + 1e-6);
        const written = (line: readonly Piece[]) =>
          line.map((piece) => (piece.kind === 'text' ? piece.text : '')).join('');
        expect(lines.map(written).join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});

describe('the agreement', () => {
  it('has a cover with its number, kinds, carrier, title and parties', async () => {
    const cover = poppler(
      'pdftotext',
      await print('agreement', clinic),
      ['-raw', '-l', '1'],
      ['-'],
    );
    for (const part of ['0477-0000001', '新增', '续签', '资费变更', '扩容', '客户IMS业务协议']) {
      expect(cover).toContain(part);
    }
    const { 'customer.name': customer = '?', 'carrier.name': carrier = '?' } = clinic.facts;
    expect(cover).toContain(customer);
    expect(cover.split(carrier)).toHaveLength(3);
  });

  it('says 样本 on every page of a specimen, and on none of an official pack', async () => {
    const pdf = await print('agreement', clinic);
    for (let page = 1; page <= pagesOf(pdf); page++) {
      const at = ['-raw', '-f', String(page), '-l', String(page)];
      expect(poppler('pdftotext', pdf, at, ['-'])).toContain('样本');
    }
    const official: TemplatePack = { ...pack, specimen: false };
    const { pages } = layOut(agreement(clinic, { ...given(clinic), pack: official }), metrics);
    for (const { marks } of pages) {
      expect(marks.filter((mark) => 'text' in mark && mark.text.includes('样本'))).toEqual([]);
    }
  });

  it('has the places where both parties sign and seal on its last page', async () => {
    const pdf = await print('agreement', clinic);
    const last = String(pagesOf(pdf));
    const text = poppler('pdftotext', pdf, ['-raw', '-f', last, '-l', last], ['-']);
    for (const place of ['甲方（盖章处）', '乙方（盖章处）', '乙方经办人'])
      expect(text).toContain(place);
    expect(text.match(/法定代表人或授权代表/g)).toHaveLength(2);
    expect(text.match(/日期/g)).toHaveLength(3);
  });

  it('is a form to fill in by hand when the order is empty', async () => {
    const empty = await print('agreement', EMPTY_ORDER);
    expect(Math.abs(pagesOf(empty) - pagesOf(await print('agreement', clinic)))).toBeLessThan(2);
  });

  it('lays out a text of thirty pages in a fraction of a second', () => {
    const article = (number: number) =>
      `## 第${number}条 样例\n\n${[1, 2, 3, 4, 5].map((clause) => `${clause}. ${sentence(9)}`).join('\n')}\n`;
    const text = `# 样例\n\n${Array.from({ length: 50 }, (_, index) => article(index + 1)).join('\n')}`;
    laidOut(text);
    const start = performance.now();
    const { pages } = laidOut(text);
    expect(pages.length).toBeGreaterThan(29);
    expect(performance.now() - start).toBeLessThan(1500);
  });
});
