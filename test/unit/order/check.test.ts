import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check, problemsOf } from '../../../domain/order/check.ts';
import type { Extension, Facts, Member, Order, Problem } from '../../../domain/order/order.ts';
import { EMPTY_ORDER } from '../../../domain/order/order.ts';
import type { Reference } from '../../../domain/order/reference.ts';
import { circuitsFor, simultaneousCalls } from '../../../domain/order/rules/capacity.ts';
import { orderArbitrary } from './arbitraries.ts';
import { fixture } from './fixtures.ts';

const reference: Reference = {
  devices: [{ model: 'IAD-16', ports: 16 }],
  canPrint: (codePoint) => codePoint < 0x20000,
};

const clinic = fixture('clinic-21');

/** The clinic with some facts changed; undefined empties one. */
function changed(
  facts: { [K in keyof Facts]?: Facts[K] | undefined },
  rest: Partial<Order> = {},
): Order {
  const kept = Object.entries({ ...clinic.facts, ...facts }).filter(([, v]) => v !== undefined);
  return { ...clinic, facts: Object.fromEntries(kept), ...rest };
}

const codes = (order: Order, stage?: 'signing') =>
  check(order, reference, stage).map(({ code, field }) => `${code} ${field}`);

const order = (rest: Partial<Order>): Order => ({ ...EMPTY_ORDER, ...rest });

/** The problems of rows alone. */
const rowCodes = (extensions: readonly Extension[], members: readonly Member[] = []) =>
  codes(order({ extensions, members })).filter((code) => code.includes('['));

describe('the checklist', () => {
  it.each(['clinic-21', 'hotel-210', 'cancellation'] as const)(
    'has nothing to say about %s, filling or signing',
    (name) => {
      expect(check(fixture(name), { ...reference, devices: [] })).toEqual([]);
      expect(check(fixture(name), { ...reference, devices: [] }, 'signing')).toEqual([]);
    },
  );

  it('finds nearly every mistake in the order full of them', () => {
    const found = new Set(check(fixture('mistakes'), reference).map(({ code }) => code));
    expect([...found].sort()).toEqual([
      'actions-contradict',
      'bandwidth-capacity',
      'bank-account-format',
      'bank-account-luhn',
      'character-control',
      'character-unprintable',
      'copies-odd',
      'credit-code-check',
      'device-capacity',
      'email-format',
      'extension-count',
      'extension-duplicate',
      'fixed-line-area',
      'fixed-line-eight-digits',
      'fixed-line-length',
      'group-number-format',
      'member-duplicate',
      'mobile-digit-missing',
      'mobile-segment',
      'outbound-window',
      'port-duplicate',
      'postcode-format',
      'required',
      'resident-id-birth',
      'service-account-format',
      'service-bandwidth',
      'service-circuits',
      'short-number-duplicate',
      'short-number-format',
      'slot-duplicate',
      'text-too-long',
      'text-width',
      'total-fee',
    ]);
  });

  it('names the field in every message, in Chinese, for any order at all', () => {
    fc.assert(
      fc.property(orderArbitrary, (any) => {
        for (const { message, documents } of check(any, reference, 'signing')) {
          expect(message).toMatch(/^[^“]*“[^”]+”.*\p{Script=Han}/su);
          expect(documents.length).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('is grouped by the documents that print the fact', () => {
    const problems = check(changed({ 'customer.postcode': '1' }), reference);
    const about = (document: Parameters<typeof problemsOf>[1]) =>
      problemsOf(problems, document).map(({ code }) => code);
    expect(about('survey')).toContain('postcode-format');
    expect(about('agreement')).toContain('postcode-format');
    expect(about('roster')).not.toContain('postcode-format');
  });

  it('takes time by the number of rows, not by its square', () => {
    const sized = (rows: number) =>
      order({
        extensions: Array.from({ length: rows }, (_, i) => ({
          number: `0477-${String(i).padStart(7, '0')}`,
          shortNumber: String(100_000 + i),
          place: '三层 301 室',
          port: `1-${i}`,
        })),
        members: Array.from({ length: rows }, (_, i) => ({
          slot: i + 1,
          number: `139${String(i).padStart(8, '0')}`,
          name: '样例员工',
          shortNumber: String(200_000 + i),
        })),
      });
    const [few, many] = [sized(500), sized(10_000)];
    // In turn, so that a machine busy with something else slows both.
    const ratios = Array.from({ length: 7 }, () => {
      const timeOf = (what: Order) => {
        const start = performance.now();
        check(what, reference);
        return performance.now() - start;
      };
      return timeOf(many) / timeOf(few);
    });
    // 20 times the rows; by the square it would be 400.
    expect(Math.min(...ratios)).toBeLessThan(100);
  });
});

describe('what an order needs', () => {
  const missing = (facts: Facts) =>
    check(order({ facts }), reference)
      .filter(({ code }) => code === 'required')
      .map(({ field }) => field);

  it('is everything while nobody has said what it is for', () => {
    expect(missing({})).toEqual(
      expect.arrayContaining([
        'kinds',
        'customer.name',
        'survey.lineCount',
        'service.accountNumber',
        'agreement.termStart',
      ]),
    );
  });

  it('is no survey, service or agreement when it only cancels', () => {
    const fields = missing({ 'acceptance.actions': ['cancel'] });
    expect(fields).toContain('customer.name');
    expect(fields.filter((field) => /^(survey|service|agreement|kinds)/.test(field))).toEqual([]);
  });

  it('is the new line count when it expands, and the message says so', () => {
    const problems = check(order({ facts: { kinds: ['expansion'] } }), reference);
    expect(problems.find(({ field }) => field === 'survey.lineCount')?.message).toContain('扩容后');
  });

  it('is no survey when it renews or changes the tariff', () => {
    const fields = missing({ kinds: ['renewal'], 'acceptance.actions': ['changeTariff'] });
    expect(fields).toContain('agreement.monthlyFee');
    expect(fields.filter((field) => field.startsWith('survey'))).toEqual([]);
  });

  it('is an agreement when the tariff changes, but not when an attribute does', () => {
    const needed = (action: 'changeTariff' | 'changeAttributes') =>
      missing({ 'acceptance.actions': [action] }).includes('agreement.monthlyFee');
    expect([needed('changeTariff'), needed('changeAttributes')]).toEqual([true, false]);
  });

  it('is a member when the roster removes, and a look when it adds none', () => {
    const empty = (action: 'add' | 'remove') =>
      check(changed({ 'roster.action': action }, { members: [{ slot: 1 }] }), reference);
    expect(empty('remove')).toMatchObject([{ code: 'roster-empty', severity: 'error' }]);
    expect(empty('add')).toMatchObject([{ code: 'roster-empty', severity: 'warning' }]);
  });

  it('is the action when the roster has members, and its name when it is another', () => {
    expect(codes(changed({ 'roster.action': undefined }))).toEqual(['required roster.action']);
    expect(codes(changed({ 'roster.action': 'other' }))).toEqual(['required roster.actionOther']);
  });

  it('is not met by blanks', () => {
    expect(codes(changed({ 'customer.address': '　 ' }))).toEqual(['required customer.address']);
  });
});

describe('facts that must agree', () => {
  const cases: [string, Parameters<typeof changed>[0], string[]][] = [
    [
      'more bandwidth ordered than surveyed',
      { 'service.bandwidthMbps': 20 },
      ['service-bandwidth service.bandwidthMbps'],
    ],
    ['as much bandwidth ordered as surveyed', { 'service.bandwidthMbps': 10 }, []],
    ['more circuits than lines', { 'service.circuits': 22 }, ['service-circuits service.circuits']],
    [
      'a total that is not monthly × months',
      { 'agreement.totalFee': 756_001 },
      ['total-fee agreement.totalFee'],
    ],
    [
      'such a total with a reason',
      { 'agreement.totalFee': 1, 'agreement.totalFeeReason': '优惠' },
      [],
    ],
    ['no total, so the computed one', { 'agreement.totalFee': undefined }, []],
    [
      'a term that ends before it starts',
      { 'agreement.termEnd': '2026-03' },
      ['term-order agreement.termEnd'],
    ],
    ['a term of one month', { 'agreement.termEnd': '2026-04', 'agreement.totalFee': 63_000 }, []],
    [
      'calls for no time at all',
      { 'agreement.outboundTo': '08:00' },
      ['outbound-window agreement.outboundTo'],
    ],
    ['as many circuits as lines', { 'service.circuits': 21 }, []],
    [
      'calls over midnight',
      { 'agreement.outboundTo': '07:59' },
      ['outbound-window agreement.outboundTo'],
    ],
    ['an odd number of copies', { 'agreement.copies': 5 }, ['copies-odd agreement.copies']],
    [
      'cancelling what is being opened',
      { 'acceptance.actions': ['open', 'cancel'] },
      ['actions-contradict acceptance.actions'],
    ],
    [
      'too few ports',
      { 'survey.accessDevice': 'iad-16 ', 'survey.deviceCount': 1 },
      ['device-capacity survey.deviceCount'],
    ],
    ['enough ports', { 'survey.accessDevice': 'IAD-16', 'survey.deviceCount': 2 }, []],
    ['a device that is not in the catalogue', { 'survey.accessDevice': '客户自备设备' }, []],
    ['bandwidth for 21 calls', { 'survey.bandwidthMbps': 2.1, 'service.bandwidthMbps': 2.1 }, []],
    [
      'bandwidth for 20 calls',
      { 'survey.bandwidthMbps': 2, 'service.bandwidthMbps': 2 },
      ['bandwidth-capacity survey.bandwidthMbps', 'bandwidth-capacity service.bandwidthMbps'],
    ],
    ['lines out of range', { 'survey.deviceCount': 0 }, ['number-range survey.deviceCount']],
    ['half a line', { 'survey.deviceCount': 1.5 }, ['number-whole survey.deviceCount']],
    [
      'a certificate of another kind',
      { 'customer.certificateType': '其他', 'customer.certificateNumber': '样字第 1 号' },
      [],
    ],
    [
      'the organisation code alone',
      { 'customer.certificateType': '组织机构代码证', 'customer.certificateNumber': 'D2143569-X' },
      [],
    ],
  ];
  it.each(cases)('%s', (_, facts, expected) => {
    expect(codes(changed(facts))).toEqual(expected);
  });

  it('are the line count and the extensions: a look while filling, an error at signing', () => {
    const short = { ...clinic, extensions: clinic.extensions.slice(1) };
    expect(check(short, reference)).toMatchObject([
      { code: 'extension-count', severity: 'warning' },
    ]);
    expect(check(short, reference, 'signing')).toMatchObject([
      { code: 'extension-count', severity: 'error', documents: ['survey'] },
    ]);
  });
});

describe('calls at once', () => {
  it('are all lines up to 30, and by Erlang B above', () => {
    expect(simultaneousCalls(30)).toBe(30);
    // Erlang B tables at 1 % blocking: 5 erlang on 11 circuits, 10 on 18, 20 on 30.
    expect(simultaneousCalls(50)).toBe(11);
    expect(simultaneousCalls(100)).toBe(18);
    expect(simultaneousCalls(200)).toBe(30);
  });

  it('are never more than lines, and never fewer for more load', () => {
    for (let load = 1; load < 200; load += 1) {
      expect(circuitsFor(load + 1, 0.01)).toBeGreaterThanOrEqual(circuitsFor(load, 0.01));
    }
    for (let lines = 31; lines < 2_000; lines += 1) {
      expect(simultaneousCalls(lines)).toBeLessThanOrEqual(lines);
    }
  });
});

describe('rows', () => {
  it('have no number, short number, port or slot twice, however it is written', () => {
    expect(
      rowCodes(
        [
          { number: '0477-0000001', shortNumber: '601', port: 'a1' },
          { number: '0477 0000001', shortNumber: '６０１', port: 'A1' },
        ],
        [
          { slot: 1, number: '13900000001' },
          { slot: 1, number: '139 0000 0001' },
        ],
      ),
    ).toEqual([
      'text-width extensions[1].shortNumber',
      'extension-duplicate extensions[0].number',
      'extension-duplicate extensions[1].number',
      'short-number-duplicate extensions[0].shortNumber',
      'short-number-duplicate extensions[1].shortNumber',
      'port-duplicate extensions[0].port',
      'port-duplicate extensions[1].port',
      'slot-duplicate members[1].slot',
      'member-duplicate members[0].number',
      'member-duplicate members[1].number',
    ]);
  });

  it('name the row they clash with', () => {
    const line = { number: '0477-0000001' };
    const clashes = check(order({ extensions: [line, {}, line, line] }), reference)
      .filter(({ code }: Problem) => code === 'extension-duplicate')
      .map(({ field, other, message }) => [field, other, message.match(/第 \d 行/g)]);
    expect(clashes).toEqual([
      ['extensions[0].number', 'extensions[2].number', ['第 1 行', '第 3 行']],
      ['extensions[2].number', 'extensions[0].number', ['第 3 行', '第 1 行']],
      ['extensions[3].number', 'extensions[0].number', ['第 4 行', '第 1 行']],
    ]);
  });

  it('share a short number between both tables only for the same line', () => {
    const line = { number: '0477-0000001', shortNumber: '601' };
    expect(rowCodes([line], [{ slot: 1, ...line }])).toEqual([]);
    expect(rowCodes([line], [{ slot: 1, number: '13900000001', shortNumber: '601' }])).toEqual([
      'short-number-duplicate extensions[0].shortNumber',
      'short-number-duplicate members[0].shortNumber',
    ]);
    expect(
      rowCodes(
        [line],
        [
          { slot: 1, ...line },
          { slot: 2, number: '13900000001', shortNumber: '601' },
        ],
      ),
    ).toEqual([
      'short-number-duplicate extensions[0].shortNumber',
      'short-number-duplicate members[1].shortNumber',
    ]);
  });

  it('may be a slot that was emptied, but not a name without a number', () => {
    expect(rowCodes([], [{ slot: 1 }])).toEqual([]);
    expect(rowCodes([], [{ slot: 1, name: '张样例' }])).toEqual(['required members[0].number']);
    expect(rowCodes([{}])).toEqual(['required extensions[0].number']);
  });
});

describe('numbers that other orders on the device hold', () => {
  const elsewhere = new Map([['13900000001', '工单“样例酒店”（GD20260302-0001）']]);
  const found = (rest: Partial<Order>, looked: Reference = { ...reference, elsewhere }) =>
    check(order(rest), looked).filter(({ code }) => code === 'member-in-other-order');

  it('ask for a look, however they are written, and say where they are and what to do', () => {
    const members = [
      { slot: 3, number: '13900000002' },
      { slot: 7, number: '+86 139-0000-0001' },
    ];
    expect(found({ members })).toEqual([
      {
        code: 'member-in-other-order',
        severity: 'warning',
        field: 'members[1].number',
        message: expect.stringMatching(/^成员序号 7 .*样例酒店.*GD20260302-0001.*请核对.*移除/),
        documents: ['roster'],
      },
    ]);
    expect(found({ members, facts: { 'roster.action': 'add' } })).toHaveLength(1);
  });

  it('are expected of a roster that takes numbers out of the group', () => {
    const members = [{ slot: 1, number: '13900000001' }];
    expect(found({ members, facts: { 'roster.action': 'remove' } })).toEqual([]);
  });

  it('are not asked for where there are no other orders, nor of extensions', () => {
    const members = [{ slot: 1, number: '13900000001' }];
    expect(found({ members }, reference)).toEqual([]);
    expect(found({ extensions: members })).toEqual([]);
  });
});

describe('characters', () => {
  it('that no font can draw are an error with the field and the code point', () => {
    const [problem] = check(changed({ 'customer.representative': '张\u{2A6D6}' }), reference);
    expect(problem).toMatchObject({
      code: 'character-unprintable',
      severity: 'error',
      field: 'customer.representative',
    });
    expect(problem?.message).toContain('U+2A6D6');
    expect(problem?.message).toContain('法定代表人');
  });

  it('are not asked of what no document prints', () => {
    expect(rowCodes([{ number: '0477-0000001', note: '\u{2A6D6}' }])).toEqual([]);
    expect(rowCodes([{ number: '0477-0000001', place: '\u{2A6D6}' }])).toEqual([
      'character-unprintable extensions[0].place',
    ]);
  });

  it('that are left out of print ask for a look', () => {
    expect(codes(changed({ 'survey.other': '一\u0007二\n三' }))).toEqual([
      'character-control survey.other',
    ]);
  });

  it('that nobody can see are named by their code point alone', () => {
    const [problem] = check(changed({ 'survey.other': '一\u200b二' }), {
      ...reference,
      canPrint: (codePoint) => codePoint !== 0x200b,
    });
    expect(problem).toMatchObject({ code: 'character-unprintable', field: 'survey.other' });
    expect(problem?.message).toContain('看不见的字符（U+200B）');
  });
});
