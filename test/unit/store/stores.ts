import Dexie from 'dexie';
import type { FieldValue } from '../../../domain/sync/change.ts';
import type { Edit } from '../../../domain/sync/record.ts';
import { createStore, type OnsiteStore } from '../../../renderer/store/index.ts';
import { fakePlatform } from './fake-platform.ts';

const opened: { store: OnsiteStore; name: string }[] = [];

/** Opens a store in a real IndexedDB; `closeStores` closes and deletes it after the test. */
export const openStore = async (name: string, platform = fakePlatform()): Promise<OnsiteStore> => {
  const store = createStore({ platform, name: `test-${name}` });
  opened.push({ store, name: `test-${name}` });
  await store.open();
  return store;
};

export const closeStores = async (): Promise<void> => {
  for (const { store } of opened) await store.close();
  for (const { name } of opened) await Dexie.delete(name);
  opened.length = 0;
};

/** An edit of one of the order's own facts. */
export const fact = (order: string, field: string, value: FieldValue): Edit => ({
  record: order,
  order,
  field,
  value,
});
