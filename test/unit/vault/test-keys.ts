import { createKeys, type Keys } from '../../../domain/vault/keys.ts';

/** The keys of a fixed data key, for tests of what is encrypted. */
export const TEST_KEYS: Keys = createKeys(new Uint8Array(32).fill(7));

/** Those of another vault. */
export const OTHER_KEYS: Keys = createKeys(new Uint8Array(32).fill(8));
