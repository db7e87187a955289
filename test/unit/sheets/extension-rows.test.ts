import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { insertRows } from '../../../renderer/screens/sheets/extension-edits.ts';
import {
  batchRows,
  countSays,
  fillDown,
  fillTargets,
  nextBatch,
  pasteBlock,
  positionsBehind,
  readYesNo,
} from '../../../renderer/screens/sheets/extension-rows.ts';
import {
  addRow,
  editRow,
  removeRow,
  undoEdits,
} from '../../../renderer/screens/sheets/row-edits.ts';
import { copied, ORDER, orderOf, recordsAfter } from './records.ts';

describe('the extension table', () => {
  it('says how its rows meet the number of lines', () => {
    expect(countSays(3, undefined)).toBe('3 行');
    expect(countSays(21, 21)).toContain('一致');
    expect(countSays(20, 21)).toContain('还差 1 行');
    expect(countSays(23, 21)).toContain('多 2 行');
  });

  it('proposes a batch that counts on from the last row', () => {
    expect(nextBatch({ number: '04770000004', port: '1-04' }, 17)).toEqual({
      count: 17,
      number: '04770000005',
      shortNumber: '',
      port: '1-05',
    });
  });

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

describe('rows in the change log', () => {
  const numbers = (records: Parameters<typeof orderOf>[0]) =>
    orderOf(records).extensions.map(({ number }) => number);
  const table = (records: Parameters<typeof orderOf>[0]) => ({
    order: ORDER,
    ids: orderOf(records).extensionIds,
    records,
  });

  it('are inserted behind a row, also where positions leave no room', () => {
    for (const second of [2, 1]) {
      const old = recordsAfter([
        ...addRow('extension', ORDER, { number: 'a', position: 1 }),
        ...addRow('extension', ORDER, { number: 'b', position: second }),
      ]);
      const [first, last] = numbers(old);
      const edits = insertRows(table(old), 0, [{ number: 'x' }, { number: 'y' }]);
      expect(numbers(recordsAfter(edits, old))).toEqual([first, 'x', 'y', last]);
    }
  });

  it('begin an empty table in the order of a batch', () => {
    const edits = insertRows(table(new Map()), -1, [{ number: 'a' }, { number: 'b' }]);
    expect(numbers(recordsAfter(edits))).toEqual(['a', 'b']);
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
