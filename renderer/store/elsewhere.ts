/** Which numbers of the open orders stand in other orders of the device too. */
import type { StoreApi } from 'zustand/vanilla';
import type { Blind, OnsiteDatabase } from './database.ts';
import { memberDigits } from './numbers.ts';
import type { OrderSummary, WorkingSet } from './store.ts';
import type { OrderRecords } from './working-set.ts';

/** The keys of all numbers that an order's members hold. */
export const keysOf = (records: OrderRecords, blind: Blind): string[] => [
  ...digitsByKey(records, blind).keys(),
];

const digitsByKey = (records: OrderRecords, blind: Blind): ReadonlyMap<string, string> => {
  const byKey = new Map<string, string>();
  for (const record of records.values()) {
    const digits = memberDigits(record);
    if (digits) byKey.set(blind(digits), digits);
  }
  return byKey;
};

/** A number's digits → the other orders that hold it, removed ones included, oldest member first. */
type Elsewhere = ReadonlyMap<string, readonly string[]>;
const NOWHERE: Elsewhere = new Map();

/**
 * Answers into the working set, behind the typing: only numbers that came, went or moved are looked
 * up, only where an open order holds them, and what changes during a look-up waits for the next one.
 *
 * @returns `ask`: the numbers of these keys may stand elsewhere than they did
 */
export const createElsewhere = (
  db: OnsiteDatabase,
  working: StoreApi<WorkingSet>,
): ((keys: Iterable<string>) => void) => {
  const stale = new Set<string>();
  let running = false;

  const answer = async (keys: ReadonlySet<string>) => {
    // Open order → key → digits, of its own numbers.
    const held = new Map<string, ReadonlyMap<string, string>>();
    const wanted = new Set<string>();
    for (const [order, records] of working.getState().records) {
      const mine = new Map([...digitsByKey(records, db.blind)].filter(([key]) => keys.has(key)));
      held.set(order, mine);
      for (const key of mine.keys()) wanted.add(key);
    }
    if (held.size === 0) return;
    const holders = new Map<string, Set<string>>();
    // Asked all at once: a cursor that steps from key to key waits for each.
    const found = await db.transaction('r', db.numbers, () =>
      Promise.all([...wanted].map((key) => db.numbers.where('key').equals(key).toArray())),
    );
    for (const { key, order } of found.flat()) {
      holders.set(key, (holders.get(key) ?? new Set()).add(order));
    }

    working.setState(({ records, elsewhere }) => {
      const answers = new Map(elsewhere);
      for (const [order, mine] of held) {
        if (!records.has(order)) continue;
        const known = elsewhere.get(order) ?? NOWHERE;
        const found = new Map([...known].filter(([digits]) => !keys.has(db.blind(digits))));
        for (const [key, digits] of mine) {
          const others = [...(holders.get(key) ?? [])].filter((other) => other !== order);
          if (others.length > 0) found.set(digits, others);
        }
        if (known.size + found.size > 0) answers.set(order, found);
      }
      return { elsewhere: answers };
    });
  };

  const run = async () => {
    running = true;
    while (stale.size > 0) {
      const keys = new Set(stale);
      stale.clear();
      try {
        await answer(keys);
      } catch {
        // A database that cannot be read now is asked again with the next change.
        for (const key of keys) stale.add(key);
        break;
      }
    }
    running = false;
  };

  return (keys) => {
    for (const key of keys) stale.add(key);
    if (!running && stale.size > 0) void run();
  };
};

const nameOf = ({ customer, orderNumber }: OrderSummary): string =>
  customer && orderNumber ? `“${customer}”（${orderNumber}）` : `“${customer || orderNumber}”`;

/** The names of the other orders on the list that hold a number of this one, by the number's digits. */
export const namesElsewhere = (
  { elsewhere, summaries }: WorkingSet,
  order: string,
): ReadonlyMap<string, string> => {
  const names = new Map<string, string>();
  for (const [digits, orders] of elsewhere.get(order) ?? NOWHERE) {
    const listed = orders.flatMap((other) => summaries.get(other) ?? []);
    const [first] = listed;
    if (!first) continue;
    names.set(
      digits,
      `工单${nameOf(first)}${listed.length > 1 ? `等 ${listed.length} 份工单` : ''}`,
    );
  }
  return names;
};
