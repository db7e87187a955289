import { beforeEach, expect, test, vi } from 'vitest';
import { createKeys } from '../../../domain/vault/keys.ts';

const cipher = createKeys(new Uint8Array(32).fill(7)).cipher('draft');
const PLACE = ['order-1', 'survey.lineCount', '12-样例'] as const;
const stored = () => JSON.stringify({ ...localStorage });

/** The module as a page loads it anew. */
const page = async (under = cipher) => {
  vi.resetModules();
  const module = await import('../../../renderer/screens/order/half-typed.ts');
  return { ...module, stop: module.keepHalfTypedUnder(under) };
};

beforeEach(() => localStorage.clear());

test('what is half typed is there after a restart, and no storage shows it', async () => {
  const first = await page();
  first.keepHalfTyped(...PLACE);
  first.stop();
  expect(stored()).not.toContain('样例');
  const next = await page();
  expect(next.halfTypedText('order-1', 'survey.lineCount')).toBe('12-样例');
  next.keepHalfTyped('order-1', 'survey.lineCount', null);
  next.stop();
  expect((await page()).halfTypedText('order-1', 'survey.lineCount')).toBeUndefined();
});

test('what an older version left in the clear is taken up and encrypted', async () => {
  const texts = { 'order-1/survey.lineCount': '12-样例' };
  localStorage.setItem('onsite-half-typed', JSON.stringify({ state: { texts }, version: 0 }));
  const { halfTypedText, stop } = await page();
  expect(halfTypedText('order-1', 'survey.lineCount')).toBe('12-样例');
  stop();
  expect(stored()).not.toContain('样例');
  expect((await page()).halfTypedText('order-1', 'survey.lineCount')).toBe('12-样例');
});

test('under another key there is nothing, and no error', async () => {
  const first = await page();
  first.keepHalfTyped(...PLACE);
  first.stop();
  const other = await page(createKeys(new Uint8Array(32).fill(8)).cipher('draft'));
  expect(other.halfTypedText('order-1', 'survey.lineCount')).toBeUndefined();
});
