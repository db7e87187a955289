import { afterEach, expect, it, vi } from 'vitest';
import { cdp, page, userEvent } from 'vitest/browser';
import { ExtensionSheet } from '../../../renderer/screens/sheets/extension-sheet.tsx';
import { addRow } from '../../../renderer/screens/sheets/row-edits.ts';
import { fact } from '../store/stores.ts';
import { closeWorkspace, input, openWorkspace, paste } from './workspace.tsx';

afterEach(closeWorkspace);

const PATIENT = { timeout: 10_000 };

const cell = (row: number, column: string) => input(`[data-field="extensions[${row}].${column}"]`);
const lines = (count: number) => (order: string) => [
  fact(order, 'survey.lineCount', count),
  fact(order, 'survey.accessDevice', 'IAD-16'),
];
const rows = (count: number) => (order: string) =>
  Array.from({ length: count }, (_, at) =>
    addRow('extension', order, {
      number: `0477${String(at + 1).padStart(7, '0')}`,
      position: at + 1,
    }),
  ).flat();

it('is typed row by row with Tab and Enter, and keeps every keystroke', async () => {
  const { read, store, order } = await openWorkspace(<ExtensionSheet />, lines(3));
  (await cell(0, 'number')).focus();
  await userEvent.keyboard('04770000001{Tab}601{Tab}前台{Enter}');
  await userEvent.keyboard('04770000002{Tab}602{Tab}财务{Enter}04770000003');
  expect(read().extensions).toEqual([
    { number: '04770000001', shortNumber: '601', place: '前台' },
    { number: '04770000002', shortNumber: '602', place: '财务' },
    { number: '04770000003' },
  ]);
  expect(store.working.getState().records.get(order)?.size).toBe(4);
});

it('adds as many rows as the survey lacks from a first number', async () => {
  const { read } = await openWorkspace(<ExtensionSheet />, lines(21));
  await userEvent.click(page.getByRole('button', { name: '批量添加' }));
  await userEvent.click(page.getByLabelText('第一个号码'));
  await userEvent.keyboard('04770000001{Tab}601');
  await userEvent.keyboard('{Enter}');
  expect(read().extensions).toHaveLength(21);
  expect(read().extensions[20]).toEqual({ number: '04770000021', shortNumber: '621' });
  await expect.element(page.getByText('21 行，与固话数量一致')).toBeVisible();
  // The next thing to type is the places, from the first row on.
  await vi.waitFor(
    () => expect(document.activeElement).toHaveAttribute('data-column', 'place'),
    PATIENT,
  );
  await userEvent.keyboard('2楼201{Control>}d{/Control}');
  expect(read().extensions[20]?.place).toBe('2楼221');
});

it('takes a fill down back with 撤销', async () => {
  const { read } = await openWorkspace(<ExtensionSheet />, rows(3));
  const user = await cell(0, 'user');
  user.focus();
  await userEvent.keyboard('张样例{Control>}d{/Control}');
  expect(read().extensions.map((row) => row.user)).toEqual(['张样例', '张样例', '张样例']);
  await userEvent.click(page.getByRole('button', { name: /撤\s?销/ }));
  expect(read().extensions.map((row) => row.user)).toEqual(['张样例', undefined, undefined]);
});

it('moves like a spreadsheet: arrows leave a cell at the edge of its text', async () => {
  await openWorkspace(<ExtensionSheet />, rows(3));
  (await cell(0, 'number')).focus();
  await userEvent.keyboard('{ArrowDown}');
  expect(document.activeElement).toBe(await cell(1, 'number'));
  await userEvent.keyboard('{ArrowRight}');
  expect(document.activeElement).toBe(await cell(1, 'shortNumber'));
  await userEvent.keyboard('{ArrowLeft}{F2}{ArrowLeft}');
  expect(document.activeElement).toBe(await cell(1, 'number'));
  await userEvent.keyboard('{ArrowRight}{ArrowRight}');
  expect(document.activeElement).toBe(await cell(1, 'shortNumber'));
});

it('grows by a block pasted from a spreadsheet', async () => {
  const { read } = await openWorkspace(<ExtensionSheet />, rows(1));
  await paste(await cell(0, 'shortNumber'), '601\t前台\t张样例\n602\t"财务\n里间"\t李样例\n');
  expect(read().extensions).toEqual([
    { number: '04770000001', shortNumber: '601', place: '前台', user: '张样例' },
    { shortNumber: '602', place: '财务 里间', user: '李样例' },
  ]);
});

it('tidies a single pasted number', async () => {
  const { read } = await openWorkspace(<ExtensionSheet />, lines(1));
  await paste(await cell(0, 'number'), '０４７７-000 0001');
  expect(read().extensions).toEqual([{ number: '04770000001' }]);
});

it('inserts below, removes, and brings back', async () => {
  const { read } = await openWorkspace(<ExtensionSheet />, rows(3));
  await userEvent.click(page.getByRole('button', { name: '在第 1 行下面插入一行' }));
  await vi.waitFor(() => expect(document.activeElement).toHaveAttribute('data-row', '1'), PATIENT);
  await userEvent.keyboard('04770000009');
  expect(read().extensions.map(({ number }) => number?.slice(-1))).toEqual(['1', '9', '2', '3']);
  await userEvent.click(page.getByRole('button', { name: '删除第 2 行' }));
  expect(read().extensions).toHaveLength(3);
  await userEvent.click(page.getByRole('button', { name: /撤\s?销/ }));
  expect(read().extensions[1]?.number).toBe('04770000009');
});

it('removes the selected rows at once', async () => {
  const { read } = await openWorkspace(<ExtensionSheet />, rows(5));
  await userEvent.click(page.getByRole('button', { name: '选择第 2 行' }));
  await userEvent.click(page.getByRole('button', { name: '选择第 4 行' }), {
    modifiers: ['Shift'],
  });
  await userEvent.click(page.getByRole('button', { name: '删除所选 3 行' }));
  expect(read().extensions.map(({ number }) => number?.slice(-1))).toEqual(['1', '5']);
});

it('waits for an input method to finish before it keeps a word, also in the new row', async () => {
  const { read, store } = await openWorkspace(<ExtensionSheet />, lines(1));
  const user = await cell(0, 'user');
  user.focus();
  const kept: (string | undefined)[] = [];
  const stop = store.working.subscribe(() => kept.push(read().extensions[0]?.user));
  const composed = { selectionStart: 5, selectionEnd: 5, text: 'zhang' };
  await cdp().send('Input.imeSetComposition', composed);
  expect(user.value).toBe('zhang');
  expect(read().extensions).toEqual([]);
  await cdp().send('Input.insertText', { text: '张样例' });
  stop();
  expect(read().extensions).toEqual([{ user: '张样例' }]);
  expect(kept).not.toContain('zhang');
  expect(document.activeElement).toBe(user);
});

it('shows a bad number in its row and keeps it', async () => {
  const { read } = await openWorkspace(<ExtensionSheet />, rows(2));
  const number = await cell(1, 'number');
  number.focus();
  number.select();
  await userEvent.keyboard('0477000');
  expect(read().extensions[1]?.number).toBe('0477000');
  await vi.waitFor(async () => {
    expect(await cell(1, 'number')).toHaveAttribute('aria-invalid', 'true');
    expect(document.querySelector('.sheet-problems')?.textContent).toContain('IMS固话号码');
  }, PATIENT);
});

it('offers the derived place on the device where no port is typed', async () => {
  await openWorkspace(<ExtensionSheet />, (order) => [...lines(20)(order), ...rows(20)(order)]);
  expect(await cell(16, 'port')).toHaveAttribute('placeholder', '2-01');
});

it('marks both rows of a port that is there twice, but leaves the rows alone while one is typed', async () => {
  await openWorkspace(<ExtensionSheet />, rows(2));
  (await cell(0, 'port')).focus();
  await userEvent.keyboard('1-1{ArrowDown}1-1');
  const marks = () => document.querySelectorAll('.sheet-problems').length;
  // On the way to 1-10, the first row does not jump.
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(marks()).toBe(0);
  (await cell(1, 'user')).focus();
  await vi.waitFor(() => expect(marks()).toBe(2), PATIENT);
  await expect.element(page.getByText('“端口”与分机第 2 行“端口”重复')).toBeVisible();
  await expect.element(page.getByText('“端口”与分机第 1 行“端口”重复')).toBeVisible();
});

it('marks 已布线 with the space bar and empties it with Delete', async () => {
  const { read } = await openWorkspace(<ExtensionSheet />, rows(1));
  (await cell(0, 'cabled')).focus();
  await userEvent.keyboard(' ');
  expect(read().extensions[0]?.cabled).toBe(true);
  await userEvent.keyboard(' ');
  expect(read().extensions[0]?.cabled).toBe(false);
  await userEvent.keyboard('{Delete}');
  expect(read().extensions[0]?.cabled).toBeUndefined();
});

it('draws 210 rows and answers a keystroke within a frame or two', { retry: 2 }, async () => {
  const { read } = await openWorkspace(<ExtensionSheet />, rows(210));
  const place = await cell(100, 'place');
  place.focus();
  const times: number[] = [];
  for (const letter of 'abcdefghijklmnop') {
    const start = performance.now();
    document.execCommand('insertText', false, letter);
    times.push(performance.now() - start);
    await new Promise(requestAnimationFrame);
  }
  expect(read().extensions[100]?.place).toBe('abcdefghijklmnop');
  const fastest = Math.min(...times);
  console.info(`a keystroke among 210 rows: ${fastest.toFixed(1)} ms`);
  expect(fastest).toBeLessThan(30);
});
