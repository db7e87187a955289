import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { assembleOrder } from '../../../domain/sync/assemble.ts';
import type { FieldValue } from '../../../domain/sync/change.ts';
import type { RecordKind } from '../../../domain/sync/record.ts';
import { differencesOf } from '../../../renderer/screens/office/compare.ts';

const [order, first, second, third] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];

type Values = Readonly<Record<string, FieldValue>>;
const record = (id: string, kind: RecordKind, values: Values) => ({
  ...{ id, kind, order, values, changes: {} },
});
const assembled = (facts: Values, members: Readonly<Record<string, Values>>) =>
  assembleOrder([
    record(order, 'order', facts),
    ...Object.entries(members).map(([id, values]) => record(id, 'member', values)),
  ]);

describe('the comparison with the round before', () => {
  it('names what differs field by field, rows by what they are and not where they stand', () => {
    const before = assembled(
      { 'customer.name': '样例诊所', 'customer.address': '样例路一号' },
      {
        [first]: { 'member.slot': 1, 'member.name': '张样例' },
        [second]: { 'member.slot': 2, 'member.name': '李样例', 'member.number': '13900000001' },
      },
    );
    const after = assembled(
      { 'customer.name': '样例医院', 'customer.address': '样例路一号' },
      {
        [second]: { 'member.slot': 2, 'member.name': '李样例', 'member.number': '13900000002' },
        [third]: { 'member.slot': 3, 'member.name': '王样例' },
      },
    );
    const found = differencesOf(before, after);
    expect(found.map(({ name }) => name)).toEqual([
      '集团名称',
      expect.stringMatching(/^成员第 1 行 · /),
      '成员第 2 行',
      '成员第 1 行',
    ]);
    expect(found.map(({ before: then, after: now }) => [then, now])).toEqual([
      ['样例诊所', '样例医院'],
      ['13900000001', '13900000002'],
      ['（没有这一行）', expect.stringContaining('王样例')],
      [expect.stringContaining('张样例'), '（已移除）'],
    ]);
  });

  it('has nothing to say of an order that is as it was', () => {
    const same = assembled({ 'customer.name': '样例诊所' }, {});
    expect(differencesOf(same, same)).toEqual([]);
  });
});
