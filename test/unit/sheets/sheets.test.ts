import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assembleOrder } from '../../../domain/sync/assemble.ts';
import type { Edit, StoredRecord } from '../../../domain/sync/record.ts';
import { kindOfField } from '../../../domain/sync/record.ts';
import {
  batchRows,
  fillDown,
  fillTargets,
  pasteBlock,
  positionsBehind,
  readYesNo,
} from '../../../renderer/screens/sheets/extension-rows.ts';
import { countUp, foldDigits, tidyNumber } from '../../../renderer/screens/sheets/numbers.ts';
import {
  duplicateSlots,
  freeSlot,
  pasteEdits,
  seatMembers,
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
import {
  addRow,
  editRow,
  removeRow,
  undoEdits,
} from '../../../renderer/screens/sheets/row-edits.ts';
import { isBlock, parseTable } from '../../../renderer/screens/sheets/table-text.ts';

const ORDER = '01900000-0000-7000-8000-000000000001';

/** The records after edits, as a store keeps them. */
const recordsAfter = (
  edits: readonly Edit[],
  records: ReadonlyMap<string, StoredRecord> = new Map(),
) => {
  const next = new Map(records);
  for (const { record, order, field, value } of edits) {
    const old = next.get(record) ?? {
      id: record,
      kind: kindOfField(field),
      order,
      values: {},
      changes: {},
    };
    next.set(record, { ...old, values: { ...old.values, [field]: value } });
  }
  return next;
};
const orderOf = (records: ReadonlyMap<string, StoredRecord>) => {
  const { order, extensionIds, memberIds } = assembleOrder(records.values());
  return { ...order, extensionIds, memberIds, roster: seatMembers(order.members, memberIds) };
};

/** As a spreadsheet copies cells. */
const copied = (rows: readonly (readonly string[])[]) =>
  rows
    .map((cells) =>
      cells
        .map((cell) => (/[\t\r\n"]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
        .join('\t'),
    )
    .join('\r\n')
    .concat('\r\n');

describe('copied spreadsheet text', () => {
  it('reads back every cell, whatever stands in it', () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom('', 'a\nb', '"', 'x\ty', '一\r\n二'));
    const table = fc
      .integer({ min: 1, max: 5 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }),
      );
    fc.assert(
      fc.property(table, (rows) => {
        expect(parseTable(copied(rows))).toEqual(rows);
      }),
    );
  });

  it('takes a quote that is not closed as text', () => {
    expect(parseTable('3"管\t"直\n')).toEqual([['3"管', '"直']]);
  });

  it('is a block when it has a second cell, not when one line ends', () => {
    expect(isBlock('04770000001\r\n')).toBe(false);
    expect(isBlock('04770000001\r\n04770000002')).toBe(true);
    expect(isBlock('1\t2')).toBe(true);
  });
});

describe('numbers', () => {
  it.each([
    ['0477-000 0001', '04770000001'],
    ['（0477）0000001', '04770000001'],
    ['１３９０００００００１', '13900000001'],
    ['+86 139-0000-0001', '13900000001'],
    ['\u202d13900000001\u202c', '13900000001'],
    [' 待定 - 周五 ', '待定 - 周五'],
    ['1.39E+10', '1.39E+10'],
    ['', ''],
  ])('tidies %j to %j', (text, tidy) => expect(tidyNumber(text)).toBe(tidy));

  it.each([
    ['04770000001', 1, '04770000002'],
    ['04770000099', 1, '04770000100'],
    ['2楼201', 1, '2楼202'],
    ['201室', 3, '204室'],
    ['A-09', 1, 'A-10'],
    ['前台', 5, '前台'],
    ['3楼', 1, '3楼'],
    ['99', 1, '100'],
    ['', 1, ''],
  ])('counts %j up by %i to %j', (text, steps, next) => expect(countUp(text, steps)).toBe(next));

  it('keeps the length of a number while its digits suffice, and steps add up', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^0[0-8]{1,16}$/), fc.nat(999), fc.nat(999), (number, a, b) => {
        expect(countUp(countUp(number, a), b)).toBe(countUp(number, a + b));
        expect(BigInt(countUp(number, a))).toBe(BigInt(number) + BigInt(a));
      }),
    );
  });

  it('folds full-width digits in place', () => {
    expect(foldDigits('０４７７abc')).toBe('0477abc');
  });
});

describe('the extension table', () => {
  it('adds rows counted up from the first number, short number and port', () => {
    const rows = batchRows({ count: 21, number: '0477-0000001', shortNumber: '601', port: '1-01' });
    expect(rows).toHaveLength(21);
    expect(rows[20]).toEqual({ number: '04770000021', shortNumber: '621', port: '1-21' });
  });

  it('fills all rows below, or the selected ones', () => {
    expect(fillTargets(4, 1, [])).toEqual({ source: 1, targets: [2, 3] });
    expect(fillTargets(6, 1, [3, 4])).toEqual({ source: 1, targets: [3, 4] });
    expect(fillTargets(6, 4, [2, 3, 4])).toEqual({ source: 2, targets: [3, 4] });
    expect(fillTargets(3, 2, [])).toEqual({ source: 2, targets: [] });
  });

  it('fills down text counted up, and 已布线 as it is', () => {
    const rows = [{ place: '2楼201', cabled: true }, {}, {}];
    expect(fillDown(rows, 'place', 0, [1, 2]).map(({ patch }) => patch)).toEqual([
      { place: '2楼202' },
      { place: '2楼203' },
    ]);
    expect(fillDown(rows, 'cabled', 0, [1])).toEqual([{ row: 1, patch: { cabled: true } }]);
    expect(fillDown(rows, 'user', 0, [1])).toEqual([{ row: 1, patch: { user: null } }]);
  });

  it('pastes a block at the active cell and grows', () => {
    const text = copied([
      ['前台', '张样例'],
      ['财务\n里间', '李样例'],
    ]);
    expect(pasteBlock(3, { row: 2, column: 'place' }, text)).toEqual({
      set: [{ row: 2, patch: { place: '前台', user: '张样例' } }],
      add: [{ place: '财务 里间', user: '李样例' }],
      notes: [],
    });
  });

  it('places columns by a header row, in any order', () => {
    const text = copied([
      ['序号', '使用人', '号码', '已布线'],
      ['1', '张样例', '0477 0000001', '√'],
      ['2', '李样例', '0477 0000002', '未'],
    ]);
    const { set, add, notes } = pasteBlock(0, { row: 0, column: 'number' }, text);
    expect(set).toEqual([]);
    expect(add).toEqual([
      { user: '张样例', number: '04770000001', cabled: true },
      { user: '李样例', number: '04770000002', cabled: false },
    ]);
    expect(notes).toHaveLength(1);
  });

  it('takes a single pasted word as a value, not as a header', () => {
    expect(pasteBlock(1, { row: 0, column: 'place' }, '备注\n号码\n').set).toHaveLength(1);
    expect(pasteBlock(1, { row: 0, column: 'place' }, '备注\n号码\n').add).toHaveLength(1);
  });

  it('names what has no place instead of dropping it', () => {
    const { set, notes } = pasteBlock(1, { row: 0, column: 'cabled' }, '也许\t备注一\t多余甲');
    expect(set).toEqual([{ row: 0, patch: { note: '备注一' } }]);
    expect(notes.join()).toContain('也许');
    expect(notes.join()).toContain('多余甲');
  });

  it('loses no pasted cell: each is in a row or in a note', () => {
    const word = fc.stringMatching(/^[甲乙丙丁戊己庚辛]{3,6}$/);
    const block = fc.array(fc.array(word, { minLength: 1, maxLength: 9 }), { minLength: 2 });
    fc.assert(
      fc.property(
        block,
        fc.nat(4),
        fc.constantFrom('number', 'place', 'note'),
        (rows, row, column) => {
          const { set, add, notes } = pasteBlock(4, { row, column }, copied(rows));
          const kept = JSON.stringify([set, add, notes]);
          for (const cell of rows.flat()) expect(kept).toContain(cell);
        },
      ),
    );
  });

  it('reads 是 and 否 as people write them', () => {
    expect(['是', '√', 'Y', '1'].map(readYesNo)).toEqual([true, true, true, true]);
    expect(['否', '×', 'n', '0'].map(readYesNo)).toEqual([false, false, false, false]);
    expect([readYesNo(' '), readYesNo('待定')]).toEqual([null, undefined]);
  });

  it('puts new rows strictly between their neighbours, or asks to number anew', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -1e6, max: 1e6 })),
        fc.nat(),
        fc.integer({ min: 1, max: 50 }),
        (unsorted, pick, count) => {
          const positions = unsorted.sort((a, b) => a - b);
          const index = (pick % (positions.length + 1)) - 1;
          const made = positionsBehind(positions, index, count) ?? [];
          const all = [...positions.slice(0, index + 1), ...made, ...positions.slice(index + 1)];
          expect(made).toHaveLength(count);
          expect(all).toEqual([...all].sort((a, b) => a - b));
          expect(new Set(all).size).toBe(all.length);
        },
      ),
    );
    expect(positionsBehind([1, 1], 0, 1)).toBeNull();
    expect(positionsBehind([1, undefined], 0, 1)).toBeNull();
    expect(positionsBehind([1, 1 + Number.EPSILON], 0, 1)).toBeNull();
  });
});

describe('taking edits back', () => {
  it('restores values, empties what was empty, removes what was new and brings back what was removed', () => {
    const old = recordsAfter([
      ...addRow('extension', ORDER, { number: '04770000001', position: 1 }),
      ...addRow('extension', ORDER, { number: '04770000002', position: 2 }),
    ]);
    const [first = '', second = ''] = orderOf(old).extensionIds;
    const edits = [
      ...editRow('extension', ORDER, first, { number: '1', place: '前台' }),
      ...removeRow('extension', ORDER, second),
      ...addRow('extension', ORDER, { number: '04770000003', position: 3 }),
    ];
    const changed = recordsAfter(edits, old);
    expect(orderOf(changed).extensions).toHaveLength(2);
    const undone = recordsAfter(
      undoEdits(edits, (record) => old.get(record)?.values),
      changed,
    );
    expect(orderOf(undone).extensions).toEqual(orderOf(old).extensions);
    expect(orderOf(undone).extensionIds).toEqual([first, second]);
  });
});

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

  it('say at both places that a number is there twice', () => {
    expect([...duplicateSlots(orderOf(filled).roster)]).toEqual([
      [1, 5],
      [5, 1],
    ]);
  });

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
