import {
  EXTENSION_FACTS,
  EXTENSION_KEYS,
  FACT_KEYS,
  type FactValue,
  factDefinition,
  MEMBER_FACTS,
  MEMBER_KEYS,
  type RowFactDefinition,
} from './dictionary.ts';
import type { Order } from './order.ts';
import { extensionPlace, factPlace, memberPlace, type Place } from './problem.ts';
import { isFilled } from './value.ts';

/** Visits every filled value of an order with its definition; its place is made only when asked for. */
export function forEachValue(
  { facts, extensions, members }: Order,
  visit: (value: FactValue, definition: RowFactDefinition, place: () => Place) => void,
): void {
  for (const key of FACT_KEYS) {
    const value = facts[key];
    if (value !== undefined && isFilled(value)) {
      visit(value, factDefinition(key), () => factPlace(key));
    }
  }
  for (const [index, row] of extensions.entries()) {
    for (const key of EXTENSION_KEYS) {
      const value = row[key];
      if (value !== undefined && isFilled(value)) {
        visit(value, EXTENSION_FACTS[key], () => extensionPlace(index, key));
      }
    }
  }
  for (const [index, row] of members.entries()) {
    for (const key of MEMBER_KEYS) {
      const value = row[key];
      if (value !== undefined && isFilled(value)) {
        visit(value, MEMBER_FACTS[key], () => memberPlace(index, key, row.slot));
      }
    }
  }
}
