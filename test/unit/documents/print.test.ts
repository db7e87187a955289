import { describe, expect, it } from 'vitest';
import { titled } from '../../../domain/documents/blanks.ts';
import { PRINTABLE } from '../../../domain/documents/index.ts';
import { memberCount } from '../../../domain/order/derived.ts';
import {
  type DocumentId,
  FACT_KEYS,
  type FactKey,
  factDefinition,
} from '../../../domain/order/dictionary.ts';
import { EMPTY_ORDER, type Facts, type Order } from '../../../domain/order/order.ts';
import {
  extensions,
  fixture,
  members,
  outlineOf,
  pagesOf,
  poppler,
  print,
  printTogether,
  textByPdfjs,
  textOf,
} from './printing.ts';

const withFacts = (facts: Facts): Order => ({ ...EMPTY_ORDER, facts });

/** A fact as a person reads it on paper, without blanks. */
function onPaper(order: Order, key: FactKey): string {
  const { type } = factDefinition(key);
  const value = order.facts[key];
  const options = type.kind === 'choice' || type.kind === 'choices' ? type.options : {};
  const [year, month, day] = String(value).split('-').map(Number);
  const text =
    type.kind === 'date'
      ? `${year}年${month}月${day}日`
      : type.kind === 'month'
        ? `${year}年${month}月`
        : type.kind === 'boolean'
          ? ''
          : type.kind === 'money'
            ? (Number(value) / 100).toFixed(2)
            : [value]
                .flat()
                .map((item) => options[String(item)] ?? String(item))
                .join('');
  return text.replace(/\s/g, '');
}

describe('a printed document', () => {
  for (const name of ['clinic-21', 'hotel-210', 'cancellation']) {
    for (const document of PRINTABLE) {
      it(`says every fact that ${document} prints of ${name}, to poppler and to pdf.js`, async () => {
        const order = fixture(name);
        const pdf = await print(document, order);
        const texts = [textOf(pdf), await textByPdfjs(pdf)];
        const printed = FACT_KEYS.filter(
          (key) =>
            factDefinition(key).printed.includes(document) &&
            order.facts[key] !== undefined &&
            factDefinition(key).type.kind !== 'choices',
        );
        const missing = printed.filter(
          (key) => !texts.every((text) => text.includes(onPaper(order, key))),
        );
        expect(missing).toEqual([]);
      });
    }

    it(`says every extension and every member of ${name}, and how many members`, async () => {
      const order = fixture(name);
      const plan = textOf(await print('survey', order));
      for (const { number = '', shortNumber = '', place = '', user = '' } of order.extensions) {
        for (const value of [number, shortNumber, place, user]) {
          expect(plan).toContain(value.replace(/\s/g, ''));
        }
      }
      const sheet = textOf(await print('roster', order));
      for (const { slot, number } of order.members) expect(sheet).toContain(`${slot}${number}`);
      expect(sheet).toContain(`集团成员数：${memberCount(order) || ''}`);
    });
  }

  it('names itself, its order and the page on every page', async () => {
    const order = { ...withFacts({ orderNumber: 'ON-7' }), members: members(129) };
    const pdf = await print('roster', order);
    for (const page of ['1', '2']) {
      const text = poppler('pdftotext', pdf, ['-raw', '-f', page, '-l', page], ['-']);
      expect(text).toContain('附件5 集团成员受理/变更单');
      expect(text).toContain('工单编号：ON-7');
      expect(text).toContain(`第 ${page} 页 / 共 2 页`);
    }
  });

  it('has a title and a language for the reader program', async () => {
    const pdf = await print('survey', withFacts({ orderNumber: 'ON-7' }));
    expect(poppler('pdfinfo', pdf)).toContain('附件3 IMS资源确认表 ON-7');
    expect(Buffer.from(pdf).toString('latin1')).toContain('/Lang (zh-CN)');
  });

  it('has the same bytes for the same order, whenever and however often it is printed', async () => {
    const order = fixture('clinic-21');
    const all = (given: Order) => Promise.all(PRINTABLE.map((document) => print(document, given)));
    const first = await all(order);
    await print('roster', EMPTY_ORDER);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const again = await all(structuredClone(order));
    expect(again.map((pdf, index) => Buffer.compare(pdf, first[index] ?? pdf.slice(1)))).toEqual(
      PRINTABLE.map(() => 0),
    );
  });

  it('has other bytes when a fact is another', async () => {
    const [a, b] = await Promise.all(
      ['张样例', '李样例'].map((name) =>
        print('survey', withFacts({ 'customer.contact.name': name })),
      ),
    );
    expect(a).not.toEqual(b);
  });

  it('carries its fonts as embedded subsets that know their text, and no others', async () => {
    for (const document of PRINTABLE) {
      const fonts = poppler('pdffonts', await print(document, fixture('clinic-21')))
        .trim()
        .split('\n')
        .slice(2);
      expect(fonts).toHaveLength(2);
      for (const font of fonts) {
        expect(font).toMatch(
          /^[A-Z]{6}\+Noto(Serif|Sans)SC-\w+ +CID TrueType +Identity-H +yes yes yes/,
        );
      }
    }
  });
});

describe('the number of pages', () => {
  it.each([
    [0, 1],
    [1, 1],
    [127, 1],
    [128, 1],
    [129, 2],
    [256, 2],
    [257, 3],
  ])('of a roster of %i members is %i', async (count, pages) => {
    expect(pagesOf(await print('roster', { ...EMPTY_ORDER, members: members(count) }))).toBe(pages);
  });

  it('of a roster of 10,000 members is 79, with every number beside its slot', async () => {
    const pdf = await print('roster', { ...EMPTY_ORDER, members: members(10_000) });
    expect(pagesOf(pdf)).toBe(79);
    const last = poppler('pdftotext', pdf, ['-raw', '-f', '79', '-l', '79'], ['-']);
    expect(last).toContain('9985 13900009985');
    expect(last).toContain('10000 13900010000');
    const text = textOf(pdf);
    const missing = members(10_000).filter(
      ({ slot, number }) => !text.includes(`${slot}${number}`),
    );
    expect(missing).toEqual([]);
  });

  it('of a roster follows the highest slot, not the number of members', async () => {
    const order = { ...EMPTY_ORDER, members: [{ slot: 129, number: '13900000001' }] };
    const pdf = await print('roster', order);
    expect(pagesOf(pdf)).toBe(2);
    expect(textOf(pdf)).toContain('12913900000001');
  });

  it('of a survey is one without extensions, and one more for 21', async () => {
    expect(pagesOf(await print('survey', EMPTY_ORDER))).toBe(1);
    expect(pagesOf(await print('survey', { ...EMPTY_ORDER, extensions: extensions(1) }))).toBe(2);
    expect(pagesOf(await print('survey', { ...EMPTY_ORDER, extensions: extensions(21) }))).toBe(2);
  });

  it('of a plan of 210 extensions is several, each with the head of the table', async () => {
    const pdf = await print('survey', { ...EMPTY_ORDER, extensions: extensions(210) });
    const pages = pagesOf(pdf);
    expect(pages).toBeGreaterThan(4);
    for (let page = 2; page <= pages; page++) {
      const at = ['-raw', '-f', String(page), '-l', String(page)];
      expect(poppler('pdftotext', pdf, at, ['-'])).toContain('IMS固话号码');
    }
  });
});

describe('an order with nothing typed', () => {
  it.each(PRINTABLE)('prints %s as a form to fill in by hand', async (document) => {
    const [empty, filled] = await Promise.all(
      [EMPTY_ORDER, { ...fixture('clinic-21'), extensions: [], members: [] }].map((order) =>
        print(document, order),
      ),
    );
    const text = textOf(empty ?? new Uint8Array());
    expect(text).toContain(titled(document).name.replace(/\s/g, ''));
    expect(text).not.toMatch(/undefined|null|NaN|\{\{/);
    expect(pagesOf(empty ?? new Uint8Array())).toBe(pagesOf(filled ?? new Uint8Array()));
  });
});

describe('names of 60 characters that end in closing marks', () => {
  const longName = `${'样例长名称（测试）'.repeat(7).slice(0, 58)}）。`;
  const names = FACT_KEYS.filter((key) => /\.(name|accountName|representative)$/.test(key));
  const order = withFacts({
    ...fixture('clinic-21').facts,
    ...Object.fromEntries(names.map((key) => [key, longName])),
    // An empty blank may begin a line, and poppler does not see it.
    'agreement.totalFeeReason': '样例',
  });

  it.each(PRINTABLE)(
    'are whole on %s, and no line of it begins with their end',
    async (document) => {
      expect(longName).toHaveLength(60);
      const pdf = await print(document, order);
      expect(textOf(pdf)).toContain(longName);
      const lines = poppler('pdftotext', pdf, ['-layout'], ['-']).split('\n');
      expect(lines.filter((line) => /^\s*[）。]/.test(line))).toEqual([]);
    },
  );
});

describe('the roster', () => {
  it('is numbered down its four columns', async () => {
    const pdf = await print('roster', { ...EMPTY_ORDER, members: members(128) });
    const lines = poppler('pdftotext', pdf, ['-layout'], ['-']).split('\n');
    const first = lines.find((line) => line.includes('13900000001'));
    expect(first?.trim().split(/\s+/)).toEqual(
      [1, 33, 65, 97].flatMap((slot) => [String(slot), String(13_900_000_000 + slot)]),
    );
  });

  it('leaves a slot empty that nobody holds, and moves nobody', async () => {
    const order = { ...EMPTY_ORDER, members: members(3).filter(({ slot }) => slot !== 2) };
    const text = poppler('pdftotext', await print('roster', order), ['-layout'], ['-']);
    const rows = text.split('\n').map((line) => line.trim().split(/\s+/));
    expect(rows).toContainEqual(['2', '34', '66', '98']);
    expect(rows).toContainEqual(['3', '13900000003', '35', '67', '99']);
  });

  it('hides neither of two numbers in one slot', async () => {
    const numbers = ['13900000001', '13900000002'];
    const order = { ...EMPTY_ORDER, members: numbers.map((number) => ({ slot: 5, number })) };
    expect(textOf(await print('roster', order))).toContain('513900000001、13900000002');
  });
});

describe('several documents as one file', () => {
  const order = { ...fixture('clinic-21'), members: members(128) };

  it('have the pages of each, with its own numbers, and share their fonts', async () => {
    const pdf = await printTogether(PRINTABLE, order);
    const each = await Promise.all(PRINTABLE.map((document) => print(document, order)));
    expect(pagesOf(pdf)).toBe(each.map(pagesOf).reduce((sum, pages) => sum + pages));
    expect(textOf(pdf)).toBe(each.map(textOf).join(''));
    expect(poppler('pdffonts', pdf).trim().split('\n')).toHaveLength(4);
    expect(pdf.length).toBeLessThan(300_000);
  });

  it('have an outline of the documents and their articles, each on its page', async () => {
    const outline = await outlineOf(await printTogether(PRINTABLE, order));
    expect(outline.map(({ title }) => title)).toEqual(
      PRINTABLE.map((document) => titled(document).name),
    );
    const [agreement] = outline;
    const articles = agreement?.items.filter(({ title }) => /^第.+条/.test(title)) ?? [];
    expect(articles).toHaveLength(16);
    const pages = articles.map(({ page }) => page);
    expect(pages).toEqual([...pages].sort((a, b) => a - b));
    expect(pages[0]).toBe(2);
  });
});

describe('speed', () => {
  it('prints the whole file of an order in well under half a second once it is warm', async () => {
    const order = { ...fixture('clinic-21'), members: members(128) };
    const all = (documents: readonly DocumentId[]) => printTogether(documents, order);
    await all(PRINTABLE);
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const start = performance.now();
      await all(PRINTABLE);
      times.push(performance.now() - start);
    }
    expect(Math.min(...times)).toBeLessThan(500);
  });
});
