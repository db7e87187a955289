import type { SafeStorage } from 'electron';

/** The system's keystore, as Electron offers it. */
export interface Keystore {
  available(): boolean;
  encrypt(plain: Uint8Array): Uint8Array<ArrayBuffer>;
  /** @throws when another account or machine encrypted it */
  decrypt(message: Uint8Array): Uint8Array<ArrayBuffer>;
}

/**
 * DPAPI on Windows, the Keychain on macOS, libsecret or KWallet on Linux. Without one of these, Linux
 * has `basic_text`: a key that is the same for everybody, which is none. Electron 25 does not say which
 * of them it uses, so it counts as none on Linux too.
 */
export const createKeystore = (safeStorage: SafeStorage, system = process.platform): Keystore => ({
  available: () => {
    if (!safeStorage.isEncryptionAvailable()) return false;
    if (system !== 'linux') return true;
    const backend: unknown = Reflect.get(safeStorage, 'getSelectedStorageBackend');
    if (typeof backend !== 'function') return false;
    return !['basic_text', 'unknown'].includes(String(backend.call(safeStorage)));
  },
  encrypt: (plain) =>
    new Uint8Array(safeStorage.encryptString(Buffer.from(plain).toString('base64'))),
  decrypt: (message) =>
    new Uint8Array(Buffer.from(safeStorage.decryptString(Buffer.from(message)), 'base64')),
});
