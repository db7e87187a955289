import { afterEach, expect, it, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { focusField } from '../../../renderer/screens/order/focus.ts';
import { RosterSheet } from '../../../renderer/screens/sheets/roster-sheet.tsx';
import { addRow } from '../../../renderer/screens/sheets/row-edits.ts';
import { closeWorkspace, input, openWorkspace, paste } from './workspace.tsx';

afterEach(closeWorkspace);

const PATIENT = { timeout: 10_000 };

const slot = (number: number) => input(`input[data-slot="${number}"]`);
const mobile = (at: number) => `139${String(at).padStart(8, '0')}`;
const mobiles = (count: number) => Array.from({ length: count }, (_, at) => mobile(at + 1));
const members =
  (...slots: number[]) =>
  (order: string) =>
    slots.flatMap((at) => addRow('member', order, { slot: at, number: mobile(at) }));

it('fills the slots down the column with Enter', async () => {
  const { read } = await openWorkspace(<RosterSheet />);
  (await slot(32)).focus();
  await userEvent.keyboard('13900000032{Enter}13900000033{Tab}13900000034');
  expect(read().members).toEqual([
    { slot: 32, number: '13900000032' },
    { slot: 33, number: '13900000033' },
    { slot: 34, number: '13900000034' },
  ]);
});

it('goes on to the next page after slot 128', async () => {
  const { read } = await openWorkspace(<RosterSheet />);
  (await slot(128)).focus();
  await userEvent.keyboard('13900000128{Enter}');
  await slot(129);
  await userEvent.keyboard('13900000129');
  expect(read().members.map((member) => member.slot)).toEqual([128, 129]);
});

it('takes a pasted column of 130 numbers over two pages in one step', async () => {
  const { read, store, order } = await openWorkspace(<RosterSheet />);
  await paste(await slot(1), mobiles(130).join('\r\n'));
  expect(read().members).toHaveLength(130);
  expect(read().members[129]).toEqual({ slot: 130, number: mobile(130) });
  await userEvent.click(page.getByRole('button', { name: '第 2 页' }));
  expect((await slot(130)).value).toBe(mobile(130));
  await userEvent.click(page.getByRole('button', { name: /撤\s?销/ }));
  expect(read().members).toHaveLength(0);
  expect(store.working.getState().records.get(order)?.size).toBe(131);
});

it('pastes a thousand numbers well under a second', { retry: 2 }, async () => {
  const { read } = await openWorkspace(<RosterSheet />);
  const target = await slot(1);
  target.focus();
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', mobiles(1000).join('\n'));
  const start = performance.now();
  target.dispatchEvent(
    new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
  );
  await vi.waitFor(() => expect(target.value).toBe(mobile(1)), { interval: 5, timeout: 10_000 });
  const took = performance.now() - start;
  console.info(`1,000 numbers pasted in ${took.toFixed(0)} ms`);
  expect(read().members).toHaveLength(1000);
  expect(took).toBeLessThan(1000);
});

it.each([
  ['覆盖', [mobile(91), mobile(92), mobile(93)], [1, 2, 3]],
  ['从下一个空位开始', [mobile(91), mobile(2), mobile(92), mobile(93)], [1, 2, 3, 4]],
  ['取消', [mobile(2)], [2]],
])('asks before it pastes over taken slots: %s', async (answer, numbers, slots) => {
  const { read } = await openWorkspace(<RosterSheet />, members(2));
  await paste(await slot(1), [mobile(91), mobile(92), mobile(93)].join('\n'));
  const button = page
    .getByRole('dialog')
    .getByRole('button', { name: new RegExp([...answer].join('\\s?')) });
  await userEvent.click(button);
  expect(read().members.map((member) => member.number)).toEqual(numbers);
  expect(read().members.map((member) => member.slot)).toEqual(slots);
});

it('marks both places of a duplicate, and the list leads there', async () => {
  await openWorkspace(<RosterSheet />, (order) => [
    ...members(1, 2)(order),
    ...addRow('member', order, { slot: 140, number: mobile(1) }),
  ]);
  await expect.element(page.getByText('与序号 140 重复')).toBeVisible();
  await expect.element(page.getByRole('status')).toHaveTextContent('成员 3 个，重复 2 个');
  await userEvent.click(page.getByRole('button', { name: /定\s?位/ }).nth(1));
  expect(document.activeElement).toBe(await slot(140));
  await expect.element(page.getByText('与序号 1 重复').first()).toBeVisible();
});

it('names the order that holds a number already: in the slot, beside it, in the list and in the count', async () => {
  const { store, order } = await openWorkspace(<RosterSheet />, members(1, 2));
  await slot(2);
  const other = await store.createOrder();
  await store.commit([
    { record: other, order: other, field: 'customer.name', value: '样例酒店' },
    ...addRow('member', other, { slot: 1, number: mobile(2) }),
  ]);
  await expect.element(page.getByRole('status')).toHaveTextContent('成员 2 个，也在其他工单 1 个');
  await userEvent.click(page.getByRole('button', { name: /定\s?位/ }));
  expect(document.activeElement).toBe(await slot(2));
  const says = /也在工单“样例酒店”（GD.*）的成员表中/;
  const list = page.getByRole('list', { name: '成员表的问题' });
  await expect.element(list).toHaveTextContent(/成员序号 2 .*样例酒店.*请核对.*移除/);
  const beside = page.getByRole('group', { name: '序号 2' });
  await expect.element(beside.getByRole('listitem')).toHaveTextContent(says);
  expect((await slot(2)).closest('.roster-slot')).toHaveClass('warning');
  expect((await slot(2)).nextElementSibling).toHaveTextContent(says);
  expect((await slot(1)).nextElementSibling).toBeNull();

  // The other order lets it go: the mark goes too, though nobody touched this order.
  await store.deleteOrder(other);
  await expect.element(page.getByRole('status')).toHaveTextContent(/^成员 2 个$/);
  expect(store.working.getState().records.has(order)).toBe(true);
});

it('keeps a bad number and says what is wrong with it', async () => {
  const { read } = await openWorkspace(<RosterSheet />);
  (await slot(3)).focus();
  await userEvent.keyboard('1390000000');
  expect(read().members).toEqual([{ slot: 3, number: '1390000000' }]);
  await vi.waitFor(
    async () => expect(await slot(3)).toHaveAttribute('aria-invalid', 'true'),
    PATIENT,
  );
});

it('leaves a removed slot empty and brings it back', async () => {
  const { read } = await openWorkspace(<RosterSheet />, members(1, 2, 3));
  await userEvent.click(page.getByLabelText('序号 2 号码'));
  await userEvent.click(page.getByRole('button', { name: '移除' }));
  expect(read().members.map((member) => member.slot)).toEqual([1, 3]);
  await userEvent.click(page.getByRole('button', { name: /撤\s?销/ }));
  expect(read().members.map((member) => member.slot)).toEqual([1, 2, 3]);
});

it('takes name, short number and note of the active slot beside the sheet', async () => {
  const { read } = await openWorkspace(<RosterSheet />, members(5));
  (await slot(5)).focus();
  await userEvent.keyboard('{Control>}{Enter}{/Control}张样例{Tab}605{Tab}前台{Enter}');
  expect(read().members[0]).toEqual({
    slot: 5,
    number: mobile(5),
    name: '张样例',
    shortNumber: '605',
    note: '前台',
  });
  expect(document.activeElement).toBe(await slot(6));
});

it('shows the operator of a mobile number', async () => {
  await openWorkspace(<RosterSheet />, members(1));
  await expect.element(page.getByText('中国移动')).toBeVisible();
});

it('turns to the page of a member that the checklist names', async () => {
  const { order } = await openWorkspace(<RosterSheet />, members(1, 200));
  await slot(1);
  location.hash = `#/orders/${order}/roster`;
  focusField('members[1].shortNumber');
  await vi.waitFor(
    async () =>
      expect(document.activeElement).toBe(await input('[data-field="members[1].shortNumber"]')),
    PATIENT,
  );
});

it('seats a member whose slot another member took', async () => {
  const { read } = await openWorkspace(<RosterSheet />, (order) => [
    ...members(1, 2)(order),
    ...addRow('member', order, { slot: 1, number: mobile(77) }),
  ]);
  await userEvent.click(page.getByRole('button', { name: '放到空位' }));
  expect(read().members.map((member) => member.slot)).toEqual([1, 2, 3]);
});
