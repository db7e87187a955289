/** What the first version left on a device: a plain database with many orders, planted as it lay there. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { z } from 'zod';

const storesSchema = z.record(
  z.string(),
  z.object({
    keyPath: z.string(),
    indexes: z.array(
      z.object({
        name: z.string(),
        keyPath: z.union([z.string(), z.array(z.string())]),
        multiEntry: z.boolean(),
      }),
    ),
    rows: z.array(z.unknown()),
  }),
);
const fixtureSchema = z.object({ version: z.int(), order: z.string(), stores: storesSchema });

/** Tables whose rows are the orders' own. */
const OWN = ['records', 'outbox', 'receipts', 'numbers', 'summaries'] as const;

export interface PlainStore {
  readonly version: number;
  readonly stores: z.infer<typeof storesSchema>;
  /** The order whose copies these are, and how many of it there are. */
  readonly orders: readonly string[];
}

/** @param copies of the fixture's order, each under ids of its own */
export const plainStore = (copies: number): PlainStore => {
  const text = readFileSync('test/fixtures/store/v2.json', 'utf8');
  const { version, order, stores } = fixtureSchema.parse(JSON.parse(text));
  const device = /"device": ?"([^"]+)"/.exec(text)?.[1];
  const copied = <T>(value: T, copy: number): T =>
    JSON.parse(
      JSON.stringify(value).replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f-]{21}/g, (id) =>
        id === device ? id : id.slice(0, -4) + copy.toString(16).padStart(4, '0'),
      ),
    );
  const every = Array.from({ length: copies }, (_, copy) => copy);
  const many: Record<string, PlainStore['stores'][string]> = {};
  for (const [name, store] of Object.entries(stores)) {
    const own = OWN.some((table) => table === name);
    const rows = own ? every.flatMap((copy) => copied(store.rows, copy)) : [];
    many[name] = { ...store, rows };
  }
  return { version, stores: many, orders: every.map((copy) => copied(order, copy)) };
};

/** Puts it into the page's origin; nobody may have it open. */
export const plant = (page: Page, plain: PlainStore): Promise<void> =>
  page.evaluate(
    ({ version, stores }) =>
      new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open('onsite', version);
        opening.onupgradeneeded = () => {
          for (const [name, { keyPath, indexes }] of Object.entries(stores)) {
            const store = opening.result.createObjectStore(name, { keyPath });
            for (const { name, keyPath, multiEntry } of indexes) {
              store.createIndex(name, keyPath, { multiEntry });
            }
          }
        };
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const names = Object.keys(stores);
          const transaction = opening.result.transaction(names, 'readwrite');
          for (const name of names) {
            for (const row of stores[name]?.rows ?? []) transaction.objectStore(name).put(row);
          }
          transaction.onabort = () => reject(transaction.error);
          transaction.oncomplete = () => {
            opening.result.close();
            resolve();
          };
        };
      }),
    plain,
  );
