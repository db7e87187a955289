import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  freeSlot,
  pasteEdits,
  typeNumber,
} from '../../../renderer/screens/sheets/roster-members.ts';
import { parseRosterPaste, placeEntries } from '../../../renderer/screens/sheets/roster-paste.ts';
import {
  firstSlotOf,
  pageCount,
  pageOf,
  slotAfterKey,
  slotsOf,
} from '../../../renderer/screens/sheets/roster-slots.ts';
import { addRow } from '../../../renderer/screens/sheets/row-edits.ts';
import { copied, ORDER, orderOf, recordsAfter } from './records.ts';

describe('roster slots', () => {
  it('are 128 a page, without gaps', () => {
    expect(slotsOf(1)).toHaveLength(128);
    expect([pageOf(1), pageOf(128), pageOf(129)]).toEqual([1, 1, 2]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99_999 }), (slot) => {
        expect(slotsOf(pageOf(slot))).toContain(slot);
        expect(firstSlotOf(pageOf(slot))).toBeLessThanOrEqual(slot);
      }),
    );
  });

  it('always have an empty page to go on', () => {
    expect([pageCount(0), pageCount(1), pageCount(128), pageCount(129)]).toEqual([1, 2, 2, 3]);
  });

  it('are left by arrows down the column and to the next page', () => {
    expect(slotAfterKey(32, 'ArrowDown')).toBe(33);
    expect(slotAfterKey(5, 'ArrowRight')).toBe(37);
    expect(slotAfterKey(128, 'ArrowDown')).toBe(129);
    expect(slotAfterKey(100, 'ArrowRight')).toBe(132);
    expect(slotAfterKey(1, 'ArrowUp')).toBeNull();
    expect(slotAfterKey(1, 'a')).toBeNull();
  });
});

describe('reading a paste into the roster', () => {
  it('takes one number a row and leaves blank rows empty', () => {
    const { entries } = parseRosterPaste('139 0000 0001\r\n\r\n13900000003\r\n错的\r\n');
    expect(entries).toEqual([
      { number: '13900000001' },
      null,
      { number: '13900000003' },
      { number: '错的' },
    ]);
  });

  it('follows a header row', () => {
    const text = copied([
      ['姓名', '短号', '手机号码', '备注', '部门'],
      ['张样例', '601', '13900000001', '前台', '门诊'],
    ]);
    const { entries, notes } = parseRosterPaste(text);
    expect(entries).toEqual([
      { name: '张样例', shortNumber: '601', number: '13900000001', note: '前台' },
    ]);
    expect(notes.join()).toContain('门诊');
  });

  it('finds the number column by its values', () => {
    const text = copied([
      ['1', '张样例', '13900000001', '601', '前台'],
      ['2', '李样例', '1390000000', '602', ''],
      ['3', '王样例', '13900000003', '603', '后台'],
    ]);
    expect(parseRosterPaste(text).entries).toEqual([
      { name: '张样例', number: '13900000001', shortNumber: '601', note: '前台' },
      { name: '李样例', number: '1390000000', shortNumber: '602' },
      { name: '王样例', number: '13900000003', shortNumber: '603', note: '后台' },
    ]);
  });

  it('reads the printed form itself down its columns', () => {
    const number = (slot: number) => `139000${String(slot).padStart(5, '0')}`;
    const rows = Array.from({ length: 32 }, (_, row) =>
      [0, 32, 64, 96].flatMap((from) => [String(from + row + 1), number(from + row + 1)]),
    );
    const { entries, notes } = parseRosterPaste(copied(rows));
    expect(entries).toEqual(Array.from({ length: 128 }, (_, at) => ({ number: number(at + 1) })));
    expect(notes).toEqual([]);
  });

  it('loses no number of a column, however wrong', () => {
    const cell = fc.oneof(fc.stringMatching(/^1[3-9]\d{8,10}$/), fc.stringMatching(/^[a-z]{1,9}$/));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 1 }), (numbers) => {
        const { entries } = parseRosterPaste(copied(numbers.map((number) => [number])));
        expect(entries.map((entry) => entry?.number)).toEqual(numbers);
      }),
    );
  });

  it('puts entries over taken slots or into free ones only', () => {
    const entries = [{ number: '1' }, { number: '2' }, null, { number: '4' }];
    const taken = (slot: number) => slot === 11 || slot === 12;
    expect(placeEntries(entries, 10, taken, 'overwrite')).toEqual([10, 11, null, 13]);
    expect(placeEntries(entries, 10, taken, 'skip')).toEqual([10, 13, null, 15]);
  });
});

describe('members in slots', () => {
  const filled = recordsAfter([
    ...addRow('member', ORDER, { slot: 1, number: '13900000001' }),
    ...addRow('member', ORDER, { slot: 3, number: '13900000003', name: '张样例' }),
    ...addRow('member', ORDER, { slot: 5, number: '139-0000-0001' }),
  ]);

  it('never shift: an emptied slot stays empty', () => {
    const { members, roster } = orderOf(
      recordsAfter(typeNumber(orderOf(filled).roster, ORDER, 1, ''), filled),
    );
    expect(members.map(({ slot }) => slot)).toEqual([3, 5]);
    expect(freeSlot(roster)).toBe(1);
  });

  it('keep their name when only the number is emptied', () => {
    const { members } = orderOf(
      recordsAfter(typeNumber(orderOf(filled).roster, ORDER, 3, ''), filled),
    );
    expect(members[1]).toEqual({ slot: 3, name: '张样例' });
  });

  it('are replaced whole by a paste over them', () => {
    const { roster } = orderOf(filled);
    const { members, memberIds } = orderOf(
      recordsAfter(pasteEdits(roster, ORDER, [{ number: '13900000009' }, null], [3, null]), filled),
    );
    expect(members[1]).toEqual({ slot: 3, number: '13900000009' });
    expect(memberIds[1]).toBe(roster.bySlot.get(3)?.id);
  });

  it('that no slot can show are not forgotten', () => {
    const twice = recordsAfter(addRow('member', ORDER, { slot: 1, number: '13900000008' }), filled);
    const { roster } = orderOf(twice);
    expect(roster.unseated.map(({ member }) => member.slot)).toEqual([1]);
    expect(roster.last).toBe(5);
  });
});
