import { readFileSync } from 'node:fs';
import { parseOrderFile } from '../../../domain/order/file.ts';
import type { Order } from '../../../domain/order/order.ts';

export const FIXTURES = ['clinic-21', 'hotel-210', 'cancellation', 'mistakes', 'empty'] as const;
export type FixtureName = (typeof FIXTURES)[number];

export const fixtureText = (name: FixtureName): string =>
  readFileSync(new URL(`../../fixtures/${name}.json`, import.meta.url), 'utf8');

/** An order of `test/fixtures/`. */
export function fixture(name: FixtureName): Order {
  const parsed = parseOrderFile(fixtureText(name));
  if ('errors' in parsed) throw new Error(JSON.stringify(parsed.errors));
  return parsed.order;
}
