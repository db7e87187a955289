import { beforeEach, expect, test } from 'vitest';
import { createKeys } from '../../../domain/vault/keys.ts';
import {
  halfTypedText,
  keepHalfTyped,
  keepHalfTypedUnder,
} from '../../../renderer/screens/order/half-typed.ts';

const cipher = createKeys(new Uint8Array(32).fill(7)).cipher('draft');
const PLACE = ['order-1', 'survey.lineCount', '12-样例'] as const;
const stored = () => JSON.stringify({ ...localStorage });

/** A page that opens the vault; `stop` is its end. */
const page = (under = cipher) => ({ stop: keepHalfTypedUnder(under) });

beforeEach(() => localStorage.clear());

test('what is half typed is there after a restart, and no storage shows it', () => {
  const first = page();
  keepHalfTyped(...PLACE);
  expect(stored()).not.toContain('样例');
  first.stop();
  expect(halfTypedText('order-1', 'survey.lineCount')).toBeUndefined();
  const next = page();
  expect(halfTypedText('order-1', 'survey.lineCount')).toBe('12-样例');
  keepHalfTyped('order-1', 'survey.lineCount', null);
  next.stop();
  page().stop();
  expect(stored()).toBe('{}');
});

test('what an older version left in the clear is taken up and encrypted', () => {
  const texts = { 'order-1/survey.lineCount': '12-样例' };
  localStorage.setItem('onsite-half-typed', JSON.stringify({ state: { texts }, version: 0 }));
  const first = page();
  expect(stored()).not.toContain('样例');
  first.stop();
  const next = page();
  expect(halfTypedText('order-1', 'survey.lineCount')).toBe('12-样例');
  next.stop();
});

test('under another key there is nothing, and no error', () => {
  const first = page();
  keepHalfTyped(...PLACE);
  first.stop();
  const other = page(createKeys(new Uint8Array(32).fill(8)).cipher('draft'));
  expect(halfTypedText('order-1', 'survey.lineCount')).toBeUndefined();
  other.stop();
});
