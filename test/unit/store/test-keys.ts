import { createKeys } from '../../../domain/vault/keys.ts';

/** The keys of every store under test. */
export const TEST_KEYS = createKeys(new Uint8Array(32).fill(7));
