import { afterEach, describe, expect, test, vi } from 'vitest';
import { decodeEntry } from '../../../renderer/store/journal.ts';
import { fakePlatform } from './fake-platform.ts';
import { closeStores, fact, openStore } from './stores.ts';
import { TEST_KEYS } from './test-keys.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  await closeStores();
});

const MB = 1024 * 1024;

const deleted = (name: string) =>
  new Promise<void>((resolve, reject) => {
    const deletion = indexedDB.deleteDatabase(name);
    deletion.onsuccess = () => resolve();
    deletion.onerror = () => reject(deletion.error);
  });

/** A store with one order whose database is gone, and whose browser no longer answers. */
const withoutAnswer = async (name: string) => {
  const platform = fakePlatform();
  const reload = vi.fn();
  const renewing = { patience: 100, quiet: 100, reload };
  const store = await openStore(name, platform, { renewing });
  const order = await store.createOrder();
  await store.openOrder(order);
  await store.commit([
    fact(order, 'customer.name', '样例诊所'),
    fact(order, 'customer.address', '样例路 8 号'),
  ]);
  await deleted(`test-${name}`);
  const databases = vi.spyOn(indexedDB, 'databases').mockReturnValue(new Promise(() => {}));
  const journalled = () =>
    platform.entries.flatMap((bytes) => {
      const entry = decodeEntry(bytes, TEST_KEYS.cipher('journal'));
      return entry?.kind === 'changes' ? entry.changes : [];
    });
  return { platform, reload, store, order, databases, journalled };
};

describe('a database that never answers again', () => {
  test('has the page loaded anew, which finds what was typed, and what was emptied', async () => {
    const { platform, reload, store, order, databases } = await withoutAnswer('no-answer');
    void store.commit([fact(order, 'customer.name', '样例学校')]);
    void store.commit([
      fact(order, 'customer.address', null),
      { record: 'row', order, field: 'extension.place', value: '一楼' },
    ]);
    await expect.poll(() => reload.mock.calls.length, { timeout: 5_000 }).toBeGreaterThan(0);
    expect(store.working.getState().saving).toMatchObject({ state: 'failed' });

    // The page loaded anew is answered again.
    databases.mockRestore();
    const again = await openStore('no-answer', fakePlatform([...platform.entries]), {
      rebuild: true,
    });
    await again.openOrder(order);
    const shown = () => again.working.getState().records.get(order);
    await expect.poll(() => shown()?.get(order)?.values['customer.name']).toBe('样例学校');
    expect(shown()?.get(order)?.values['customer.address'] ?? null).toBeNull();
    expect(shown()?.get('row')).toMatchObject({ order, values: { 'extension.place': '一楼' } });
  });

  test('waits for room and for whoever is typing, and keeps each keystroke once', async () => {
    const { platform, reload, store, order, journalled } = await withoutAnswer('no-room');
    platform.space = { free: 1 * MB, total: 64 * MB };
    const names = () =>
      journalled().flatMap(({ field, value }) => (field === 'customer.name' ? [value] : []));
    const before = names().length;
    void store.commit([fact(order, 'customer.name', '样例学校')]);
    await expect.poll(() => names().length, { timeout: 5_000 }).toBe(before + 1);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(names()).toHaveLength(before + 1);
    expect(reload).not.toHaveBeenCalled();

    platform.space = { free: 50 * MB, total: 64 * MB };
    const typing = setInterval(() => window.dispatchEvent(new KeyboardEvent('keydown')), 20);
    void store.commit([fact(order, 'customer.name', '样例学校东门')]);
    await expect.poll(() => names().at(-1), { timeout: 5_000 }).toBe('样例学校东门');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(reload).not.toHaveBeenCalled();
    clearInterval(typing);
    await expect.poll(() => reload.mock.calls.length, { timeout: 5_000 }).toBeGreaterThan(0);
  });
});
