import { newestKeyFile, printKeyFile } from '../../../domain/vault/key-file.ts';
import type { VaultPlatform } from '../../../renderer/platform/vault.ts';

/** A machine whose key file the test holds in its hands. */
export interface FakeVaultPlatform extends VaultPlatform {
  copies: (string | null)[];
  /** The system's account: its keystore opens only what it encrypted itself; null has none. */
  account: number | null;
  session: Uint8Array | null;
  /** Whether something encrypted lies here. */
  data: boolean;
  /** Fails each write with this; null writes. */
  full: Error | null;
  writes: number;
  lock: () => void;
}

export const fakeVaultPlatform = (): FakeVaultPlatform => {
  const mask = (bytes: Uint8Array) => bytes.map((byte) => byte ^ (platform.account ?? 0));
  const platform: FakeVaultPlatform = {
    copies: [null, null],
    account: null,
    session: null,
    data: false,
    full: null,
    writes: 0,
    lock: () => {},
    readKeyFile: async () => newestKeyFile(platform.copies),
    writeKeyFile: async (file) => {
      if (platform.full) throw platform.full;
      if ((newestKeyFile(platform.copies)?.revision ?? 0) !== file.revision - 1) return false;
      platform.copies = [printKeyFile(file), printKeyFile(file)];
      platform.writes += 1;
      return true;
    },
    replaceKeyFile: async (file) => {
      platform.copies = [printKeyFile(file), printKeyFile(file)];
    },
    hasData: async () => platform.data,
    eraseKeyFile: async () => {
      platform.copies = [null, null];
    },
    keystore: {
      available: async () => platform.account !== null,
      encrypt: async (plain) => Uint8Array.from([platform.account ?? 0, ...mask(plain)]),
      decrypt: async (message) => {
        if (message[0] !== platform.account) throw new Error('another account');
        return mask(message.slice(1));
      },
    },
    readSessionKey: async () => platform.session && new Uint8Array(platform.session),
    keepSessionKey: async (key) => {
      platform.session = key && new Uint8Array(key);
    },
    lockAsked: () =>
      new Promise((resolve) => {
        platform.lock = resolve;
      }),
  };
  return platform;
};
