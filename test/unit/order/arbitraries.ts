import fc from 'fast-check';
import {
  DOCUMENT_IDS,
  EXTENSION_FACTS,
  FACTS,
  type FactType,
  type FactValue,
  MEMBER_FACTS,
} from '../../../domain/order/dictionary.ts';
import type { Extension, Facts, Member, Order, Signature } from '../../../domain/order/order.ts';

/** Orders as a program could hold them, right or wrong by the rules: any value of each fact's type. */

const digits = (value: number, length: number) => String(value).padStart(length, '0');

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.constantFrom(
    '',
    '样例诊所',
    '0477-0000001',
    '13900000001',
    '"\\{}[],:',
    '\u{20000}龘',
    '__proto__',
  ),
);

export function valueOfType(type: FactType): fc.Arbitrary<FactValue> {
  switch (type.kind) {
    case 'text':
      return text;
    case 'number':
      return type.integer
        ? fc.integer({ min: 0, max: type.max * 2 })
        : fc.double({ min: 0, max: type.max, noNaN: true }).map((value) => value || 0);
    case 'money':
      return fc.integer({ min: 0, max: type.max });
    case 'date':
      return fc
        .date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
        .map((date) => date.toISOString().slice(0, 10));
    case 'month':
      return fc
        .tuple(fc.integer({ min: 2000, max: 2099 }), fc.integer({ min: 1, max: 12 }))
        .map(([year, month]) => `${year}-${digits(month, 2)}`);
    case 'time':
      return fc
        .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
        .map(([hour, minute]) => `${digits(hour, 2)}:${digits(minute, 2)}`);
    case 'boolean':
      return fc.boolean();
    case 'choice':
      return fc.constantFrom(...Object.keys(type.options));
    case 'choices':
      return fc.shuffledSubarray(Object.keys(type.options));
  }
}

// The table is what the type is made from, so a record of values of its types has that type.
const rowOf = <T>(table: Readonly<Record<string, { type: FactType }>>) =>
  fc.record(
    Object.fromEntries(Object.entries(table).map(([key, { type }]) => [key, valueOfType(type)])),
    { requiredKeys: [] },
  ) as unknown as fc.Arbitrary<T>;

export const factsArbitrary = rowOf<Facts>(FACTS);

const hash = fc
  .array(fc.constantFrom(...'0123456789abcdef'), { minLength: 64, maxLength: 64 })
  .map((characters) => characters.join(''));

const point = fc.record({
  x: fc.integer({ min: -10, max: 2000 }),
  y: fc.double({ min: 0, max: 1000, noNaN: true }).map((value) => value || 0),
  time: fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }),
  pressure: fc.constantFrom(0, 0.5, 1),
});

export const signatureArbitrary: fc.Arbitrary<Signature> = fc.record({
  role: fc.constantFrom('customerRepresentative', 'carrierRepresentative', 'carrierAgent'),
  name: text,
  documents: fc.subarray([...DOCUMENT_IDS]),
  strokes: fc.array(fc.array(point, { maxLength: 5 }), { maxLength: 3 }),
  signedAt: fc
    .date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString().replace('Z', '+08:00')),
  pdfs: fc.dictionary(fc.constantFrom(...DOCUMENT_IDS), hash, { noNullPrototype: true }),
  templates: fc.dictionary(fc.constantFrom(...DOCUMENT_IDS), text, { noNullPrototype: true }),
  device: fc.record({
    id: text,
    installer: text,
    clockOffset: fc.option(fc.integer({ min: -86_400_000, max: 86_400_000 })),
    key: fc.option(hash),
  }),
  digest: hash,
});

export const orderArbitrary: fc.Arbitrary<Order> = fc.record({
  facts: factsArbitrary,
  extensions: fc.array(rowOf<Extension>(EXTENSION_FACTS), { maxLength: 6 }),
  members: fc.array(rowOf<Member>(MEMBER_FACTS), { maxLength: 6 }),
  signatures: fc.array(signatureArbitrary, { maxLength: 3 }),
});
