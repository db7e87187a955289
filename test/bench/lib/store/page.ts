/** One contender in a page of its own origin; the driver (`test/bench/store.ts`) calls `window.bench`. */
import type { Contender } from './contender.ts';
import { allOrders, membersOf, ORDERS } from './data.ts';

/** Makes every writing transaction of the page strict, for libraries that cannot ask for it. */
const forceStrict = (): void => {
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function strictly(stores, mode, options) {
    return transaction.call(this, stores, mode, { ...options, durability: 'strict' });
  };
};

/** Only the contender's own code is loaded. */
const CONTENDERS: Readonly<Record<string, () => Promise<Contender>>> = {
  onsite: async () => (await import('./onsite.ts')).onsite(),
  raw: async () => (await import('./raw.ts')).raw(false),
  'raw-rows': async () => (await import('./raw.ts')).raw(true),
  least: async () => (await import('./least.ts')).least(),
  dexie: async () => (await import('./dexie.ts')).dexie(),
  rxdb: async () => (await import('./rxdb.ts')).rxdb(),
  pouchdb: async () => (await import('./pouchdb.ts')).pouchdb(),
  tinybase: async () => (await import('./tinybase.ts')).tinybase(),
};

const query = new URLSearchParams(location.search);
if (query.has('strict')) forceStrict();
const contender = await CONTENDERS[query.get('store') ?? '']?.();
if (!contender) throw new Error(`no contender ${location.search}`);

/** ms that `work` takes. */
const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

const bench = {
  fill: async () => {
    await contender.fill(allOrders());
    await contender.close();
  },
  openList: async () => {
    let shown: unknown[] = [];
    const ms = await timed(async () => {
      shown = await contender.openList();
    });
    const newest = JSON.stringify(shown[0]);
    if (shown.length !== ORDERS || !newest.includes('样例')) throw new Error(`list: ${newest}`);
    // What a screen that shows the list holds on to.
    Object.assign(window, { shown });
    return ms;
  },
  openOrder: (id: string) => contender.openOrder(id),
  save: (id: string, value: string) => timed(() => contender.save(id, value)),
  paste: (id: string, paste: number) => {
    const members = membersOf(id, paste);
    return timed(() => contender.paste(members));
  },
  kept: (id: string) => contender.kept(id),
};
export type Bench = typeof bench;

declare global {
  interface Window {
    bench?: Bench;
  }
}
window.bench = bench;
