import { v7 as uuid } from 'uuid';
import { describe, expect, test } from 'vitest';
import type { Change } from '../../../domain/sync/change.ts';
import { lackingOf, latestOf } from '../../../domain/sync/lacking.ts';

const device = uuid();
const order = uuid();

const change = (value: string, was: string | null): Change => ({
  ...{ id: uuid(), record: order, field: 'customer.name', value, was },
  ...{ time: Date.now(), device, by: '样例' },
});

/** What a lost store gets of a journal with these changes. */
const regained = (...journal: readonly Change[]) => {
  const changes = new Map(journal.map((each) => [each.id, each]));
  const latest = latestOf(journal);
  const { rows, queued } = lackingOf(
    { changes, latest },
    [...latest.values()].flatMap((id) => changes.get(id) ?? []),
    { rows: new Map(), queued: new Set(), history: new Set() },
    { whole: true, since: Date.now() },
  );
  const shown = rows.find(({ id }) => id === order)?.values['customer.name'];
  return { shown, sent: queued.map((each) => each.change.value) };
};

describe('a store that was lost gets of its journal', () => {
  test('what was typed last, and what it replaced where that may have left the device', () => {
    const first = change('样例', null);
    expect(regained(first, change('样例诊所', first.id))).toEqual({
      shown: '样例诊所',
      sent: ['样例', '样例诊所'],
    });
  });

  test('what stood beside a value of somebody else, which the service may have lost', () => {
    const others = uuid();
    expect(regained(change('样例', null), change('样例诊所', others))).toEqual({
      shown: '样例诊所',
      sent: ['样例', '样例诊所'],
    });
  });

  test('nothing of what was typed over before it left the device', () => {
    const others = uuid();
    const keys = ['样', '样例', '样例诊所'].map((value) => change(value, others));
    expect(regained(...keys)).toEqual({ shown: '样例诊所', sent: ['样例诊所'] });
  });

  test('nothing of what was typed over after the service refused what it stood on', () => {
    const refused = change('样', null);
    const journal = [refused, change('样例', refused.id), change('样例诊所', null)];
    expect(regained(...journal)).toEqual({ shown: '样例诊所', sent: ['样例诊所'] });
  });
});
