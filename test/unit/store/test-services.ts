import { createBackups } from '../../../renderer/backup/index.ts';
import type { Services } from '../../../renderer/services.tsx';
import { createVault } from '../../../renderer/vault/vault.ts';
import { TEST_KEYS } from './test-keys.ts';

/** What screens may use, over a store that is open; backups do not run, and nothing locks. */
export const servicesOf = ({
  platform,
  store,
  sync,
}: Pick<Services, 'platform' | 'store' | 'sync'>): Services => {
  const vault = createVault(platform.vault);
  return {
    ...{ platform, vault, store, sync },
    locking: { lock: async () => {}, stop: () => {} },
    backups: createBackups({ platform, store, keys: TEST_KEYS, vault }),
    opened: Promise.resolve(),
  };
};
