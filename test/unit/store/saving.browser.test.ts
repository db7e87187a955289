import { afterEach, describe, expect, test } from 'vitest';
import { fakePlatform } from './fake-platform.ts';
import { closeStores, fact, openStore } from './stores.ts';

afterEach(closeStores);

describe('what is shown as saved', () => {
  test('is there after the store was closed and opened again', async () => {
    const store = await openStore('reopen');
    const order = await store.createOrder();
    await store.commit([fact(order, 'customer.name', '样例诊所')]);
    await store.close();

    const again = await openStore('reopen');
    expect(again.working.getState().summaries.get(order)?.customer).toBe('样例诊所');
    await again.openOrder(order);
    const record = again.working.getState().records.get(order)?.get(order);
    expect(record?.values['customer.name']).toBe('样例诊所');
  });

  test('is never said before the journal has it', async () => {
    const platform = fakePlatform();
    const store = await openStore('journal-last', platform);
    const order = await store.createOrder();
    let release = () => {};
    platform.hold = () => new Promise((resolve) => (release = resolve));
    const before = platform.entries.length;

    const saved = store.commit([fact(order, 'customer.name', '样例诊所')]);
    expect(store.working.getState().saving.state).toBe('saving');
    await expect
      .poll(() => store.working.getState().summaries.get(order)?.customer)
      .toBe('样例诊所');
    expect(store.working.getState().saving.state).toBe('saving');

    release();
    await saved;
    expect(platform.entries.length).toBe(before + 1);
    await expect.poll(() => store.working.getState().saving.state).toBe('saved');
  });
});
