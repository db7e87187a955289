import { expect, it } from 'vitest';
import { searchFor } from '../../../renderer/screens/orders/search.ts';
import type { OrderSummary } from '../../../renderer/store/store.ts';

const clinic: OrderSummary = {
  id: '1',
  orderNumber: 'GD20261122-7K3Q',
  customer: '样例市样例区样例诊所',
  phone: '0477-0000001',
  createdAt: 0,
  updatedAt: 0,
  signed: 0,
  voided: 0,
  unsent: 0,
  unsentAttachments: 0,
  rejected: 0,
};
const finds = (typed: string) => searchFor(typed)(clinic);

it('an order is found by a part of its name, number or phone', () => {
  for (const typed of ['诊所', '7K3Q', '20261122', '0000001', '0477-00'])
    expect(finds(typed)).toBe(true);
  expect(finds('宾馆')).toBe(false);
});

it('letters are found in either case and width, phones with or without their dash', () => {
  for (const typed of ['7k3q', '７Ｋ３Ｑ', '04770000001']) expect(finds(typed)).toBe(true);
});

it('every word must be somewhere, in any order; nothing typed finds everything', () => {
  expect(finds('0477 诊所')).toBe(true);
  expect(finds('诊所 宾馆')).toBe(false);
  expect(finds('  ')).toBe(true);
});

it('a search does not join the end of one field to the start of the next', () => {
  expect(finds('诊所GD')).toBe(false);
});
