import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FileError, parseOrderFile, printOrderFile } from '../../../domain/order/file.ts';
import { repeatedKeys } from '../../../domain/order/json.ts';
import { orderJsonSchema } from '../../../domain/order/schema.ts';
import { orderArbitrary } from './arbitraries.ts';
import { FIXTURES, fixtureText } from './fixtures.ts';

const file = (rest: object) => JSON.stringify({ format: 'onsite-order', version: 1, ...rest });

const errorsOf = (text: string): readonly FileError[] => {
  const parsed = parseOrderFile(text);
  return 'errors' in parsed ? parsed.errors : [];
};
const fieldsOf = (text: string) => errorsOf(text).map(({ field }) => field);

const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats.default(ajv);
const matchesSchema = ajv.compile(orderJsonSchema());

describe('an order file', () => {
  it('reads back as the order it was written from', () => {
    fc.assert(
      fc.property(orderArbitrary, (order) => {
        expect(parseOrderFile(printOrderFile(order))).toEqual({ order });
      }),
    );
  });

  it('is written the same whatever order the facts were typed in', () => {
    fc.assert(
      fc.property(orderArbitrary, (order) => {
        const reversed = Object.fromEntries(Object.entries(order.facts).reverse());
        expect(printOrderFile({ ...order, facts: reversed })).toBe(printOrderFile(order));
      }),
    );
  });

  it('may have its keys nested or dotted', () => {
    const nested = file({ order: { customer: { name: '样例诊所', contact: { phone: '1' } } } });
    const dotted = file({ order: { 'customer.name': '样例诊所', 'customer.contact.phone': '1' } });
    const mixed = file({ order: { customer: { name: '样例诊所', 'contact.phone': '1' } } });
    const facts = { 'customer.name': '样例诊所', 'customer.contact.phone': '1' };
    for (const text of [nested, dotted, mixed]) {
      expect(parseOrderFile(text)).toMatchObject({ order: { facts } });
    }
  });

  it('may begin with a byte order mark', () => {
    expect(errorsOf(`\ufeff${file({})}`)).toEqual([]);
  });

  it('is refused as a whole when it is no JSON, another format or another version', () => {
    expect(errorsOf('{"format":')).toEqual([{ field: '', message: '不是有效的 JSON 文件' }]);
    expect(fieldsOf('[]')).toEqual(['']);
    expect(fieldsOf('{"format":"other","version":1}')).toEqual(['format']);
    expect(fieldsOf('{"format":"onsite-order","version":2}')).toEqual(['version']);
  });

  it('names every key it does not know', () => {
    const text = file({
      extra: 1,
      order: { customer: { nmae: '样例' }, foo: 1 },
      extensions: [{ number: '1' }, { numbre: '2' }],
      members: [{ age: 3 }],
    });
    expect(fieldsOf(text)).toEqual([
      'extra',
      'order.customer.nmae',
      'order.foo',
      'extensions[1].numbre',
      'members[0].age',
    ]);
  });

  it('names every value of another type, and says which it should have', () => {
    const text = file({
      order: {
        customer: { name: 5, type: 'E', contact: '张样例' },
        survey: { lineCount: '21', appliedOn: '2026-02-30', cabling: '是' },
        agreement: { monthlyFee: 10.5, termStart: '2026-13', outboundFrom: '24:00' },
        kinds: ['new', 'new'],
        orderNumber: null,
      },
      extensions: {},
      members: [7, { slot: '1' }],
    });
    expect(fieldsOf(text)).toEqual([
      'order.customer.name',
      'order.customer.type',
      'order.customer.contact',
      'order.survey.lineCount',
      'order.survey.appliedOn',
      'order.survey.cabling',
      'order.agreement.monthlyFee',
      'order.agreement.termStart',
      'order.agreement.outboundFrom',
      'order.kinds',
      'order.orderNumber',
      'extensions',
      'members[0]',
      'members[1].slot',
    ]);
    expect(errorsOf(text)[6]?.message).toContain('分');
  });

  it('with a key given twice is refused, nested and dotted or twice in one object', () => {
    const both = file({ order: { customer: { name: 'A' }, 'customer.name': 'B' } });
    expect(fieldsOf(both)).toEqual(['order.customer.name']);
    const twice = '{"format":"onsite-order","version":1,"members":[{},{"slot":1,"slot":2}]}';
    expect(fieldsOf(twice)).toEqual(['members[1].slot']);
  });

  it('with half a signature is refused', () => {
    expect(fieldsOf(file({ signatures: [{ role: 'carrierAgent', name: '张样例' }] }))).toEqual([
      'signatures[0].documents',
      'signatures[0].strokes',
      'signatures[0].signedAt',
      'signatures[0].digest',
    ]);
  });
});

describe('keys given twice', () => {
  it('are none in what JSON.stringify writes, whatever the texts hold', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(repeatedKeys(json)).toEqual([]);
      }),
    );
  });

  it('are found however they are escaped, and only within the same object', () => {
    expect(repeatedKeys('{"a":{"a":1},"b":[{"a":"a"},{"a":2}],"\\u0061" : 3}')).toEqual(['a']);
  });
});

describe('the JSON Schema', () => {
  it.each(FIXTURES)('describes %s', (name) => {
    matchesSchema(JSON.parse(fixtureText(name)));
    expect(matchesSchema.errors).toBeNull();
  });

  it('describes every file that the app writes', () => {
    fc.assert(
      fc.property(orderArbitrary, (order) => {
        matchesSchema(JSON.parse(printOrderFile(order)));
        expect(matchesSchema.errors).toBeNull();
      }),
    );
  });

  it.each([
    ['a version of tomorrow', { version: 2 }],
    ['an unknown key', { order: { customer: { nmae: '' } } }],
    ['an unknown row key', { members: [{ age: 1 }] }],
    ['text for a number', { order: { survey: { lineCount: '21' } } }],
    ['a date that is none', { order: { survey: { appliedOn: '2026-02-30' } } }],
    ['a month that is none', { order: { agreement: { termEnd: '2026-13' } } }],
    ['a time that is none', { order: { agreement: { outboundTo: '24:00' } } }],
    ['half a fen', { order: { agreement: { monthlyFee: 0.5 } } }],
    ['a choice that is none', { order: { customer: { type: 'E' } } }],
    ['a choice made twice', { order: { kinds: ['new', 'new'] } }],
    ['null', { order: { orderNumber: null } }],
    ['rows that are no list', { extensions: {} }],
    ['half a signature', { signatures: [{ role: 'carrierAgent' }] }],
    ['text that is too long to keep', { order: { orderNumber: 'x'.repeat(2_001) } }],
  ])('refuses %s, as the reader does', (_, rest) => {
    const text = file(rest);
    expect(matchesSchema(JSON.parse(text))).toBe(false);
    expect(errorsOf(text)).not.toEqual([]);
  });

  it('has a title for every fact, so that a form can be made from it', () => {
    const untitled: string[] = [];
    const visit = (schema: unknown, path: string) => {
      const { title, properties = {} } = schema as { title?: string; properties?: object };
      if (!title) untitled.push(path);
      for (const [key, inner] of Object.entries(properties)) visit(inner, `${path}.${key}`);
    };
    const { properties } = orderJsonSchema() as {
      properties: { order: object; extensions: { items: object }; members: { items: object } };
    };
    visit(properties.order, 'order');
    visit(properties.extensions.items, 'extensions');
    visit(properties.members.items, 'members');
    expect(untitled).toEqual([]);
  });
});
