import type { FieldValue } from '../../../domain/sync/change.ts';
import type { Edit } from '../../../domain/sync/record.ts';
import { createStore, type OnsiteStore } from '../../../renderer/store/index.ts';
import type { Renewing } from '../../../renderer/store/renewal.ts';
import { fakePlatform } from './fake-platform.ts';
import { TEST_KEYS } from './test-keys.ts';

const opened: OnsiteStore[] = [];

/** Opens a store in a real IndexedDB, which the browser forgets with its session. */
export const openStore = async (
  name: string,
  platform = fakePlatform(),
  { renewing, ...options }: { rebuild?: boolean; renewing?: Renewing } = {},
): Promise<OnsiteStore> => {
  const store = createStore({
    platform,
    keys: TEST_KEYS,
    name: `test-${name}`,
    ...(renewing && { renewing }),
  });
  opened.push(store);
  await store.open(options);
  return store;
};

export const closeStores = async (): Promise<void> => {
  for (const store of opened.splice(0)) await store.close();
};

/** An edit of one of the order's own facts. */
export const fact = (order: string, field: string, value: FieldValue): Edit => ({
  record: order,
  order,
  field,
  value,
});
