import { App, Button } from 'antd';
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type MouseEvent,
  type SyntheticEvent,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { v7 as uuid } from 'uuid';
import { devicePlace } from '../../../domain/order/derived.ts';
import { EXTENSION_FACTS, type ExtensionKey } from '../../../domain/order/dictionary.ts';
import { reference } from '../../reference.ts';
import { useOrder } from '../order/open-order.tsx';
import { BatchAdd } from './batch-add.tsx';
import { editsOfChange, insertRows } from './extension-edits.ts';
import { ExtensionRow } from './extension-row.tsx';
import {
  type Batch,
  batchRows,
  countSays,
  EXTENSION_COLUMNS,
  fillDown,
  fillTargets,
  isExtensionColumn,
  isNumberColumn,
  nextBatch,
  pasteBlock,
} from './extension-rows.ts';
import { tidyNumber } from './numbers.ts';
import { removeRow } from './row-edits.ts';
import {
  enterCell,
  isComposing,
  leavesCell,
  problemsByRow,
  typedNumber,
  typeInto,
} from './sheet-cell.tsx';
import { isBlock } from './table-text.ts';
import { useRowEdits } from './use-row-edits.tsx';
import { useSettledProblems } from './use-settled-problems.ts';
import './sheets.css';
import './extension-sheet.css';

interface Place {
  readonly row: number;
  readonly column: ExtensionKey;
}

/** The cell that an event comes from. */
const cellOf = (target: EventTarget): (Place & { input: HTMLInputElement }) | null => {
  if (!(target instanceof HTMLInputElement)) return null;
  const { row, column } = target.dataset;
  return row !== undefined && isExtensionColumn(column)
    ? { row: Number(row), column, input: target }
    : null;
};

const fieldOf = ({ row, column }: Place) => `extensions[${row}].${column}`;

const NO_EXTENSION = {};

/** 分机表: the order's IMS fixed lines, typed like a spreadsheet. */
export const ExtensionSheet = () => {
  const { id, order, extensionIds: ids, problems } = useOrder();
  const rows = order.extensions;
  const { records, save, saveWithUndo, tell, notice } = useRowEdits();
  const { message } = App.useApp();
  const table = useRef<HTMLTableElement>(null);
  const { settled, setTyping, settle } = useSettledProblems(problems, rows, fieldOf);
  const byRow = useMemo(() => problemsByRow(settled, 'extensions'), [settled]);
  const [active, setActive] = useState<Place | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [batch, setBatch] = useState<Batch | null>(null);

  // The empty row at the end already has its id: typing makes it a row without moving the cursor.
  const [spare, setSpare] = useState(() => uuid());
  const newId = ids.includes(spare) ? uuid() : spare;
  if (newId !== spare) setSpare(newId);

  /** Where the cursor goes when the row it waits for has been drawn. */
  const wanted = useRef<Place | null>(null);
  const focusCell = ({ row, column }: Place) =>
    enterCell(
      table.current?.querySelector<HTMLInputElement>(
        `input[data-row="${row}"][data-column="${column}"]`,
      ),
    );
  useLayoutEffect(() => {
    if (wanted.current && focusCell(wanted.current)) wanted.current = null;
  });

  /** Where a run of Tabs began: Enter goes back to this column, one row down. */
  const home = useRef<ExtensionKey | null>(null);
  const byTab = useRef(false);

  const log = { order: id, ids, records };
  const marked = ids.flatMap((rowId, row) => (selected.has(rowId) ? [row] : []));

  const type = (place: Place, value: string | boolean | null) => {
    const { row, column } = place;
    const patch = { [column]: value };
    setTyping(place);
    if (row < rows.length) save(editsOfChange(log, { set: [{ row, patch }], add: [] }, newId));
    else if (value !== '') save(editsOfChange(log, { set: [], add: [patch] }, newId));
  };

  const keep = (event: SyntheticEvent) => {
    const cell = cellOf(event.target);
    if (!cell || isComposing(event)) return;
    const { input, column } = cell;
    if (column === 'cabled') type(cell, input.checked);
    else type(cell, isNumberColumn(column) ? typedNumber(input) : input.value);
  };

  const fill = () => {
    if (!active) return;
    const { source, targets } = fillTargets(rows.length, active.row, marked);
    if (targets.length === 0) return;
    const set = fillDown(rows, active.column, source, targets);
    const label = EXTENSION_FACTS[active.column].label;
    const says = `${label}已向下填充 ${targets.length} 行`;
    saveWithUndo(editsOfChange(log, { set, add: [] }, newId), says);
  };

  const remove = (indexes: readonly number[]) => {
    const edits = indexes.flatMap((row) => removeRow('extension', id, ids[row] ?? ''));
    const which = indexes.length === 1 ? `第 ${(indexes[0] ?? 0) + 1} 行` : `${indexes.length} 行`;
    saveWithUndo(edits, `已删除${which}`);
    setSelected(new Set());
  };

  const insert = (row: number) => {
    wanted.current = { row: row + 1, column: 'number' };
    save(insertRows(log, row, [{}]));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const cell = cellOf(event.target);
    byTab.current = event.key === 'Tab';
    if (!cell || isComposing(event)) return;
    const { row, column, input } = cell;
    const go = (place: Place) => {
      event.preventDefault();
      focusCell(place);
    };
    const beside = (step: number) => {
      const to = EXTENSION_COLUMNS[EXTENSION_COLUMNS.indexOf(column) + step];
      if (to) go({ row, column: to });
    };
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'd') {
      event.preventDefault();
      return fill();
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') {
      const back = event.shiftKey ? row - 1 : row + 1;
      return go({ row: back, column: event.shiftKey ? column : (home.current ?? column) });
    }
    if (event.key === 'F2') return input.setSelectionRange(input.value.length, input.value.length);
    if (column === 'cabled' && (event.key === 'Delete' || event.key === 'Backspace')) {
      return type(cell, null);
    }
    if (event.shiftKey || !event.key.startsWith('Arrow') || !leavesCell(input, event.key)) return;
    if (event.key === 'ArrowUp') go({ row: row - 1, column });
    if (event.key === 'ArrowDown') go({ row: row + 1, column });
    if (event.key === 'ArrowLeft') beside(-1);
    if (event.key === 'ArrowRight') beside(1);
  };

  const onPaste = (event: ClipboardEvent) => {
    const cell = cellOf(event.target);
    const text = event.clipboardData.getData('text/plain');
    if (!cell || !text) return;
    if (isBlock(text) || cell.column === 'cabled') {
      event.preventDefault();
      const change = pasteBlock(rows.length, cell, text);
      const count = change.set.length + change.add.length;
      if (count > 0)
        saveWithUndo(editsOfChange(log, change, newId), `已粘贴 ${count} 行`, change.notes);
      else tell('没有可以填入的内容', change.notes);
    } else if (isNumberColumn(cell.column) && tidyNumber(text) !== text) {
      event.preventDefault();
      typeInto(cell.input, tidyNumber(text));
      message.info('已整理号码（去掉空格、短横线，全角转半角）');
    }
  };

  const onClick = (event: MouseEvent) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    const { select, insert: below, remove: gone } = button?.dataset ?? {};
    if (below !== undefined) insert(Number(below));
    if (gone !== undefined) remove([Number(gone)]);
    if (select !== undefined) {
      const row = Number(select);
      const next = new Set(selected);
      const last = ids.findLastIndex((rowId, at) => selected.has(rowId) && at < row);
      const rowId = ids[row] ?? '';
      if (event.shiftKey && last >= 0)
        for (const between of ids.slice(last, row + 1)) next.add(between);
      else if (!next.delete(rowId)) next.add(rowId);
      setSelected(next);
    }
  };

  const onFocus = (event: { target: EventTarget }) => {
    const cell = cellOf(event.target);
    if (!cell) return;
    settle();
    if (!byTab.current || !home.current) home.current = cell.column;
    byTab.current = false;
    if (active?.row !== cell.row || active.column !== cell.column) {
      setActive({ row: cell.row, column: cell.column });
    }
  };

  const lines = order.facts['survey.lineCount'];
  const addBatch = (chosen: Batch) => {
    setBatch(null);
    wanted.current = { row: rows.length, column: chosen.number ? 'place' : 'number' };
    const edits = insertRows(log, rows.length - 1, batchRows(chosen), newId);
    saveWithUndo(edits, `已添加 ${chosen.count} 行`);
  };

  return (
    <section className="sheet" aria-label="分机表">
      <header className="sheet-bar">
        <h3>分机表</h3>
        <p className="sheet-status" role="status">
          {countSays(rows.length, lines)}
          {byRow.size > 0 && (
            <>
              ，<b>{byRow.size} 行有问题</b>
            </>
          )}
        </p>
        {/* The buttons leave the cursor in its cell. */}
        <div className="sheet-tools" onMouseDown={(event) => event.preventDefault()} role="toolbar">
          <Button onClick={() => setBatch(nextBatch(rows.at(-1), (lines ?? 0) - rows.length))}>
            批量添加
          </Button>
          <Button onClick={fill} disabled={!active || rows.length < 2}>
            向下填充 <kbd>Ctrl+D</kbd>
          </Button>
          {marked.length > 0 && (
            <Button danger onClick={() => remove(marked)}>
              删除所选 {marked.length} 行
            </Button>
          )}
        </div>
      </header>
      {batch && <BatchAdd proposal={batch} onAdd={addBatch} onClose={() => setBatch(null)} />}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: listens for the cells inside it, which are inputs */}
      <div
        className="sheet-scroll"
        onChange={keep}
        onCompositionEnd={keep}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        onClick={onClick}
        onFocus={onFocus}
        onBlur={settle}
      >
        <table ref={table} className="extension-table">
          <thead>
            <tr>
              <th scope="col">序号</th>
              {EXTENSION_COLUMNS.map((column) => (
                <th key={column} scope="col" data-cell={column}>
                  {EXTENSION_FACTS[column].label}
                </th>
              ))}
              <th>
                <span className="sheet-hidden">操作</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {[...ids, newId].map((rowId, index) => (
              <ExtensionRow
                key={rowId}
                index={index}
                isNew={index === rows.length}
                extension={rows[index] ?? NO_EXTENSION}
                problems={byRow.get(index)}
                selected={selected.has(rowId)}
                place={devicePlace(order, index, reference)}
              />
            ))}
          </tbody>
        </table>
      </div>
      <p className="sheet-hint">
        Tab、方向键移动，Enter 到下一行；可从 Excel 复制整块直接粘贴；点序号选择多行。
      </p>
      {notice}
    </section>
  );
};
