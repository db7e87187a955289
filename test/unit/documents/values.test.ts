import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRINTABLE } from '../../../domain/documents/index.ts';
import {
  DOCUMENT_TITLES,
  EXTENSION_FACTS,
  FACT_KEYS,
  type FactKey,
  type FactType,
  factDefinition,
} from '../../../domain/order/dictionary.ts';
import { EMPTY_ORDER, type Facts, type Order } from '../../../domain/order/order.ts';
import { pagesOf, print, textByPdfjs, textOf } from './printing.ts';

/** A text as people type it: no longer than its blank, and ending in closing marks as some names do. */
const text = (max: number) =>
  fc
    .tuple(
      fc.string({
        unit: fc.constantFrom(...'样例诊所（）《》，。Wgj.@-1é𬱖', '鿰'),
        minLength: 1,
        maxLength: Math.max(1, Math.min(max, 60) - 2),
      }),
      fc.constantFrom('', '）。'),
    )
    .map((parts) => parts.join(''));

const value = (type: FactType): fc.Arbitrary<unknown> => {
  switch (type.kind) {
    case 'text':
      return text(type.max);
    case 'number':
      return fc.integer({ min: Math.ceil(type.min), max: type.max });
    case 'money':
      return fc.integer({ min: 0, max: type.max });
    case 'time':
      return fc.constantFrom('08:30', '23:59');
    default:
      return fc.constant(undefined);
  }
};

const facts = fc.record(
  Object.fromEntries(FACT_KEYS.map((key) => [key, value(factDefinition(key).type)])),
) as fc.Arbitrary<Facts>;

const { shortNumber, place, user } = EXTENSION_FACTS;
const extension = fc.record({
  number: fc.constantFrom('0477-0000001', '0477-00000002'),
  shortNumber: text(shortNumber.type.max),
  place: text(place.type.max),
  user: text(user.type.max),
});

/** What a person reads of a fact, without blanks; a total is not printed where it is not known. */
function onPaper(order: Order, key: FactKey): string {
  const found = order.facts[key];
  const { type } = factDefinition(key);
  const shown = type.kind === 'money' ? (Number(found) / 100).toFixed(2) : String(found ?? '');
  return shown.replace(/\s/g, '');
}

/** What stands at the top and the foot of every page, between the lines of a text that goes on. */
const furniture = (order: Order, document: (typeof PRINTABLE)[number], pages: number) => {
  const { annex = '', title } = DOCUMENT_TITLES[document];
  const number = onPaper(order, 'orderNumber');
  return Array.from({ length: pages }, (_, index) =>
    ['样本', ''].flatMap((mark) => [
      `样本${annex}${title}${mark}工单编号：${number}第${index + 1}页/共${pages}页`,
      `${annex}${title}${mark}工单编号：${number}第${index + 1}页/共${pages}页`,
    ]),
  ).flat();
};

describe('the text of a printed order', () => {
  it('has every value that its documents print, to poppler and to pdf.js', async () => {
    await fc.assert(
      fc.asyncProperty(facts, fc.array(extension, { maxLength: 6 }), async (given, extensions) => {
        const order: Order = {
          ...EMPTY_ORDER,
          facts: { ...given, orderNumber: 'ON-7' },
          extensions,
        };
        for (const document of PRINTABLE) {
          const pdf = await print(document, order);
          const parts = furniture(order, document, pagesOf(pdf));
          for (const text of [textOf(pdf), await textByPdfjs(pdf)]) {
            const whole = parts.reduce((rest, part) => rest.replaceAll(part, ''), text);
            const missing = FACT_KEYS.filter(
              (key) =>
                key !== 'orderNumber' &&
                factDefinition(key).printed.includes(document) &&
                !whole.includes(onPaper(order, key)),
            );
            expect([document, missing]).toEqual([document, []]);
            if (document !== 'survey') continue;
            const values = extensions.flatMap((row) => Object.values(row));
            expect(values.filter((value) => !whole.includes(value.replace(/\s/g, '')))).toEqual([]);
          }
        }
      }),
      { numRuns: 6 },
    );
  }, 60_000);
});
