import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import {
  RESUBMITTED_FIELD,
  REVIEW_FIELD,
  type Remark,
  remarkProblems,
  reviewOf,
} from '../../../domain/review/review.ts';
import { assembleOrder } from '../../../domain/sync/assemble.ts';
import type { FieldValue } from '../../../domain/sync/change.ts';
import type { StoredRecord } from '../../../domain/sync/record.ts';

const [order, first, second] = [uuidv7(), uuidv7(), uuidv7()];
const record = (
  id: string,
  kind: StoredRecord['kind'],
  values: Readonly<Record<string, FieldValue>>,
): StoredRecord => ({ id, kind, order, values, changes: {} });

const REMARKS: Remark[] = [
  { record: order, field: 'customer.name', text: '与营业执照不符' },
  { record: second, field: 'member.number', text: '号码已销户' },
  { record: order, field: null, text: '缺照片' },
];

/** An order with two members that was returned in a round; the team answered some round. */
const returned = (round: number, answered: number | null, gone = false) => {
  const review = { round, state: 'returned', by: '样例', at: 1, remarks: REMARKS };
  const head = record(order, 'order', { [REVIEW_FIELD]: review, [RESUBMITTED_FIELD]: answered });
  const rows = [
    record(first, 'member', { 'member.order': order, 'member.slot': 1 }),
    record(second, 'member', {
      ...{ 'member.order': order, 'member.slot': 2 },
      ...(gone ? { 'member.deleted': true } : {}),
    }),
  ];
  return { head, rows: assembleOrder([head, ...rows]) };
};

describe('remarks of a returned order', () => {
  it('stand at their fields in the checklist, wherever the rows are now', () => {
    const { head, rows } = returned(1, null);
    expect(remarkProblems(head, rows).map(({ field, message }) => [field, message])).toEqual([
      ['customer.name', '审核退回：与营业执照不符'],
      ['members[1].number', '审核退回：号码已销户'],
    ]);
  });

  it('stand at no row that has been removed', () => {
    const { head, rows } = returned(1, null, true);
    expect(remarkProblems(head, rows).map(({ field }) => field)).toEqual(['customer.name']);
  });

  it('are done with once that round has been answered, and no sooner', () => {
    const states = [null, 1, 2].map(
      (answered) => reviewOf(returned(2, answered).head.values)?.state,
    );
    expect(states).toEqual(['returned', 'returned', 'resubmitted']);
    const { head, rows } = returned(2, 2);
    expect(remarkProblems(head, rows)).toEqual([]);
  });

  it('are not read from what no service wrote', () => {
    for (const value of [null, 1, 'passed', { state: 'passed' }]) {
      expect(reviewOf({ [REVIEW_FIELD]: value })).toBeNull();
    }
  });
});
