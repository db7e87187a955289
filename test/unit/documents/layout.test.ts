import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, type Drawing, type Mark, PAGE } from '../../../domain/documents/drawing.ts';
import { DOCUMENTS, PRINTABLE } from '../../../domain/documents/index.ts';
import { layOut } from '../../../domain/documents/layout.ts';
import { metricsOf } from '../../../domain/documents/metrics.ts';
import { DESCENT } from '../../../domain/documents/setting.ts';
import {
  type DocumentId,
  EXTENSION_FACTS,
  FACT_KEYS,
  type FactType,
  factDefinition,
} from '../../../domain/order/dictionary.ts';
import {
  EMPTY_ORDER,
  type Extension,
  type Facts,
  type Order,
} from '../../../domain/order/order.ts';
import { extensions, given, members, typefaces } from './printing.ts';

const metrics = metricsOf(typefaces);
const EDGE = 1e-6;

const FORMS = ['survey', 'acceptance', 'roster'] as const;

function drawn(order: Order, documents: readonly DocumentId[] = PRINTABLE): Drawing[] {
  return documents.map((id) => layOut(DOCUMENTS[id](order, given(order)), metrics));
}

const inside = (inner: Box, outer: Box) =>
  inner.x >= outer.x - EDGE &&
  inner.y >= outer.y - EDGE &&
  inner.x + inner.width <= outer.x + outer.width + EDGE &&
  inner.y + inner.height <= outer.y + outer.height + EDGE;

/** Where the ink of a text can be: ideographs above the baseline, descenders below. */
function inkOf({ text, x, y, width, size }: Extract<Mark, { kind: 'text' }>): Box {
  // The left half of an opening mark is white, which may be cut at a line's beginning.
  const white = /^[（「『【《〈〔“‘]/.test(text) ? size / 2 : 0;
  return {
    x: x + white,
    y: y - 0.88 * size,
    width: width - white,
    height: (0.88 + DESCENT) * size,
  };
}

/** What stands outside the place it was given. */
const strays = (drawing: Drawing) =>
  drawing.pages.flatMap(({ marks }) =>
    marks.filter((mark) => {
      if (mark.kind === 'text') {
        // Descenders may reach into the padding below the lowest line.
        const within = { ...mark.within, height: mark.within.height + 0.2 * mark.size };
        return !inside(inkOf(mark), within) || !inside(mark.within, { x: 0, y: 0, ...PAGE });
      }
      if ('box' in mark) return mark.box.width <= 0 || mark.box.height <= 0;
      if (mark.kind !== 'line') return mark.y < 0 || mark.y > PAGE.height;
      return mark.points.some(([x, y]) => x < 0 || y < 0 || x > PAGE.width || y > PAGE.height);
    }),
  );

/** Texts that people type, paste and get wrong: long words, closing marks at the end, line breaks. */
const text = (max: number) =>
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          '样',
          '例',
          '）',
          '。',
          '（',
          '《',
          ' ',
          'g',
          '0477-0000001',
          '\n',
          '𬱖',
          'é',
        ),
        fc.string({ unit: fc.constantFrom(...'Wgj.@-1'), minLength: 1, maxLength: 40 }),
      ),
      { maxLength: max },
    )
    .map((parts) => Array.from(parts.join('')).slice(0, max).join(''));

const value = (type: FactType): fc.Arbitrary<unknown> => {
  switch (type.kind) {
    case 'text':
      return text(type.max);
    case 'number':
      return fc.integer({ min: Math.ceil(type.min), max: type.max });
    case 'choice':
      return fc.constantFrom(...Object.keys(type.options));
    case 'choices':
      return fc.subarray(Object.keys(type.options));
    case 'boolean':
      return fc.boolean();
    case 'date':
      return fc.constant('2026-12-31');
    case 'month':
      return fc.constant('2026-12');
    default:
      return fc.constant(undefined);
  }
};

const facts = fc.record(
  Object.fromEntries(FACT_KEYS.map((key) => [key, value(factDefinition(key).type)])),
  { requiredKeys: [] },
) as fc.Arbitrary<Facts>;
const extension = fc.record(
  Object.fromEntries(Object.entries(EXTENSION_FACTS).map(([key, { type }]) => [key, value(type)])),
  { requiredKeys: [] },
) as fc.Arbitrary<Extension>;

/** Every text as long as it may be, ending in closing marks. */
const longest = (unit: string): Facts =>
  Object.fromEntries(
    FACT_KEYS.flatMap((key): [string, string | number][] => {
      const { type } = factDefinition(key);
      return type.kind === 'text'
        ? [[key, `${unit.repeat(type.max).slice(0, Math.max(0, type.max - 2))}）。`]]
        : type.kind === 'number'
          ? [[key, type.max]]
          : [];
    }),
  );

describe('a page', () => {
  it('keeps every text in its box, whatever an order holds', () => {
    fc.assert(
      fc.property(facts, fc.array(extension, { maxLength: 40 }), (given, rows) => {
        const order: Order = { ...EMPTY_ORDER, facts: given, extensions: rows };
        expect(drawn(order).flatMap(strays)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it.each(['样例长名称', 'long-word', 'W'])('holds a whole form of longest texts (%s…)', (unit) => {
    const drawings = drawn({ ...EMPTY_ORDER, facts: longest(unit), members: members(128) }, FORMS);
    expect(drawings.map(({ pages }) => pages.length)).toEqual([1, 1, 1]);
    expect(drawings.flatMap(strays)).toEqual([]);
  });

  it('keeps everything in its box in all seven documents at their longest', () => {
    const rows = extensions(210).map((row): Extension => {
      const longestOf = (max: number) => `${'样例长名称'.repeat(max).slice(0, max - 2)}）。`;
      const { shortNumber, place, user, note } = EXTENSION_FACTS;
      return {
        ...row,
        shortNumber: '9'.repeat(shortNumber.type.max),
        place: longestOf(place.type.max),
        user: longestOf(user.type.max),
        note: longestOf(note.type.max),
      };
    });
    const facts = longest('样例长名称');
    const order = { ...EMPTY_ORDER, facts, extensions: rows, members: members(10_000) };
    const drawings = drawn(order);
    expect(drawings).toHaveLength(7);
    expect(drawings.flatMap(strays)).toEqual([]);
  });

  it('stops at a text that its form cannot hold in its smallest letters, and names the field', () => {
    for (const [field, document] of [
      ['survey.other', 'survey'],
      ['acceptance.tariff', 'acceptance'],
      ['customer.name', 'roster'],
    ] as const) {
      const holding = (text: string) =>
        drawn({ ...EMPTY_ORDER, facts: { [field]: text } }, [document]);
      expect(() => holding(`样${'\n'.repeat(1998)}例`)).toThrow(
        expect.objectContaining({ field, codePoint: null }),
      );
      expect(holding('样例'.repeat(150)).flatMap(strays)).toEqual([]);
    }
  });

  it('goes on as long as running text does', () => {
    const order = { ...EMPTY_ORDER, facts: { 'agreement.purpose': '样例'.repeat(1000) } };
    const [agreement] = drawn(order, ['agreement']);
    expect(agreement?.pages.length).toBeGreaterThan(6);
    expect(drawn(order, ['agreement']).flatMap(strays)).toEqual([]);
  });

  it('shows each row of a table whole, on one page only', () => {
    const [survey] = drawn({ ...EMPTY_ORDER, extensions: extensions(210) }, ['survey']);
    const numbers = survey?.pages.flatMap(({ marks }) =>
      marks.flatMap((mark) => (mark.kind === 'text' && /^0477/.test(mark.text) ? [mark.text] : [])),
    );
    expect(numbers).toEqual(extensions(210).map(({ number }) => number));
  });

  it('is filled by a form down to its foot', () => {
    for (const drawing of drawn(EMPTY_ORDER, FORMS)) {
      for (const { marks } of drawing.pages) {
        const lowest = marks.flatMap((mark) =>
          mark.kind === 'line' ? mark.points.map(([, y]) => y) : [],
        );
        expect(Math.max(...lowest)).toBeGreaterThan(PAGE.height - 26);
        expect(Math.max(...lowest)).toBeLessThanOrEqual(PAGE.height - 20 + EDGE);
      }
    }
  });
});
