import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FACTS } from '../../../domain/order/dictionary.ts';
import type { Order } from '../../../domain/order/order.ts';
import { assembleOrder, editsOfOrder } from '../../../domain/sync/assemble.ts';
import { checkFieldValue } from '../../../domain/sync/fields.ts';
import { later, orderOf } from '../../../domain/sync/order.ts';
import { type Edit, kindOfField, type StoredRecord } from '../../../domain/sync/record.ts';
import { orderArbitrary } from './arbitraries.ts';
import { fixture } from './fixtures.ts';

/** Ids that ascend, as UUIDv7 do. */
function ids() {
  let last = 0;
  return () => {
    last += 1;
    return `00000000-0000-7000-8000-${String(last).padStart(12, '0')}`;
  };
}
const ORDER = '00000000-0000-7000-8000-000000000000';

/** Records as a store would hold them after these edits. */
function recordsOf(edits: readonly Edit[]): StoredRecord[] {
  const records = new Map<string, StoredRecord>();
  for (const { record: id, order, field, value } of edits) {
    const known = records.get(id) ?? {
      id,
      kind: kindOfField(field),
      order,
      values: {},
      changes: {},
    };
    records.set(id, { ...known, values: { ...known.values, [field]: value } });
  }
  return [...records.values()];
}

/** The order as the roster's slots put it. */
const bySlot = (order: Order): Order => ({
  ...order,
  members: [...order.members].sort(
    (a, b) => (a.slot ?? Number.MAX_VALUE) - (b.slot ?? Number.MAX_VALUE),
  ),
});

describe('an order in the change log', () => {
  it('is the order that was written into it, in whatever order its records come', () => {
    fc.assert(
      fc.property(orderArbitrary, fc.infiniteStream(fc.nat()), (order, chance) => {
        const records = recordsOf(editsOfOrder(order, ORDER, ids()));
        const shuffled = records
          .map((record) => ({ record, at: chance.next().value ?? 0 }))
          .sort((a, b) => a.at - b.at)
          .map(({ record }) => record);
        expect(assembleOrder(shuffled).order).toEqual(bySlot(order));
      }),
    );
  });

  it('is made only of fields that the store and the service take', () => {
    fc.assert(
      fc.property(orderArbitrary, (order) => {
        for (const { field, value } of editsOfOrder(order, ORDER, ids())) {
          expect(checkFieldValue(field, value)).toBeNull();
        }
      }),
    );
  });

  it('leaves out removed rows and keeps ids beside their rows', () => {
    const edits = editsOfOrder(fixture('clinic-21'), ORDER, ids());
    const [, second] = assembleOrder(recordsOf(edits)).extensionIds;
    if (!second) throw new Error('no second extension');
    const removed = { record: second, order: ORDER, field: 'extension.deleted', value: true };
    const { order, extensionIds } = assembleOrder(recordsOf([...edits, removed]));
    expect(order.extensions.map(({ shortNumber }) => shortNumber)).toEqual(
      fixture('clinic-21').extensions.flatMap(({ shortNumber }, i) => (i === 1 ? [] : shortNumber)),
    );
    expect(extensionIds).not.toContain(second);
    expect(extensionIds.length).toBe(order.extensions.length);
  });

  it('leaves out emptied facts, and values of another type that a newer version may have written', () => {
    const edits: Edit[] = [
      { record: ORDER, order: ORDER, field: 'customer.name', value: null },
      { record: ORDER, order: ORDER, field: 'survey.lineCount', value: 'many' },
      { record: ORDER, order: ORDER, field: 'customer.address', value: '样例路' },
      { record: ORDER, order: ORDER, field: 'future.fact', value: 1 },
    ];
    expect(assembleOrder(recordsOf(edits)).order.facts).toEqual({ 'customer.address': '样例路' });
  });

  it('gives a signature or attachment only once all of it has arrived', () => {
    const attachment = {
      'attachment.order': ORDER,
      'attachment.purpose': 'signed',
      'attachment.document': 'survey',
      'attachment.name': 'survey.pdf',
      'attachment.type': 'application/pdf',
      'attachment.size': 1,
      'attachment.sha256': '0'.repeat(64),
    };
    const record = (values: StoredRecord['values']): StoredRecord => ({
      id: '00000000-0000-7000-8000-000000000001',
      kind: 'attachment',
      order: ORDER,
      values,
      changes: {},
    });
    expect(assembleOrder([record(attachment)]).attachments).toMatchObject([
      { purpose: 'signed', document: 'survey', size: 1 },
    ]);
    const { 'attachment.sha256': _, ...half } = attachment;
    expect(assembleOrder([record(half)]).attachments).toEqual([]);
  });

  it('keeps the row of an unchanged record, so that a screen draws only the changed one', () => {
    const records = recordsOf(editsOfOrder(fixture('hotel-210'), ORDER, ids()));
    const [one, other] = [assembleOrder(records), assembleOrder(records)];
    expect(one.order.extensions[5]).toBe(other.order.extensions[5]);
  });
});

describe('the field vocabulary', () => {
  it('takes a half-typed value of the right type, and null, for every fact', () => {
    for (const key of Object.keys(FACTS)) expect(checkFieldValue(key, null)).toBeNull();
    expect(checkFieldValue('customer.certificateNumber', '9115')).toBeNull();
    expect(checkFieldValue('survey.lineCount', 0)).toBeNull();
  });

  it.each([
    ['customer.nmae', ''],
    ['extension.numbre', ''],
    ['__proto__', ''],
    ['customer.name', 1],
    ['customer.name', 'x'.repeat(2_001)],
    ['customer.name', 'half a pair \ud83d'],
    ['customer.name', 'nul \0'],
    ['survey.appliedOn', '2026-02-30'],
    ['kinds', ['new', 'old']],
    ['extension.position', '1'],
    ['extension.order', 'here'],
    ['signature.strokes', [[{ x: 1, y: 2, time: 3 }]]],
    ['signature.strokes', [[{ x: 1, y: 2, time: 3, pressure: 1, note: 'x' }]]],
    ['signature.documents', ['contract']],
    ['signature.signedAt', '2026-03-03 10:00'],
    ['attachment.size', -1],
    ['attachment.sha256', 'ABC'],
  ])('refuses %s = %j with a reason', (field, value) => {
    expect(checkFieldValue(field, value)).toMatch(/\p{Script=Han}/u);
  });
});

describe('the order of changes', () => {
  const change = fc.record({
    time: fc.integer({ min: -1e15, max: 1e15 }),
    offset: fc.integer({ min: -1e15, max: 1e15 }),
    wasOrder: fc.option(fc.integer({ min: 0, max: 2e12 })),
    now: fc.integer({ min: 1.7e12, max: 2e12 }),
  });

  it('is never at or before what a change replaced, whatever the clocks say', () => {
    fc.assert(
      fc.property(change, (made) => {
        if (made.wasOrder !== null) expect(orderOf(made)).toBeGreaterThan(made.wasOrder);
      }),
    );
  });

  it('is never in the future of the server, but for what it replaced', () => {
    fc.assert(
      fc.property(change, (made) => {
        expect(orderOf(made)).toBeLessThanOrEqual(Math.max(made.now, (made.wasOrder ?? 0) + 1));
      }),
    );
  });

  it('is the time it was made once the clock is corrected, ten years off or not', () => {
    const decade = 10 * 365 * 24 * 3600 * 1000;
    const made = { time: 1.7e12 - decade, offset: decade, wasOrder: null, now: 1.8e12 };
    expect(orderOf(made)).toBe(1.7e12);
  });

  it('has one winner, the same from either side', () => {
    const ordered = fc.record({ id: fc.constantFrom('a', 'b', 'c'), order: fc.nat(3) });
    fc.assert(
      fc.property(ordered, ordered, (a, b) => {
        expect(later(a, b)).toEqual(later(b, a));
      }),
    );
  });
});
