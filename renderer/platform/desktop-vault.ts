import type { Shell } from '../../domain/shell/contract.ts';
import { newestKeyFile, printKeyFile } from '../../domain/vault/key-file.ts';
import type { VaultPlatform } from './vault.ts';

/** The vault's key file lies in the profile; main keeps the session's key while the app runs. */
export const desktopVault = (shell: Shell): VaultPlatform => ({
  readKeyFile: async () => newestKeyFile(await shell.readKeyFile()),
  writeKeyFile: (file) => shell.writeKeyFile(printKeyFile(file)),
  replaceKeyFile: (file) => shell.replaceKeyFile(printKeyFile(file)),
  hasData: async () => (await shell.readJournal(null)).entries.length > 0,
  eraseKeyFile: () => shell.eraseKeyFile(),
  keystore: {
    available: () => shell.hasKeystore(),
    encrypt: (plain) => shell.keystoreEncrypt(new Uint8Array(plain)),
    decrypt: (message) => shell.keystoreDecrypt(new Uint8Array(message)),
  },
  readSessionKey: () => shell.readSessionKey(),
  keepSessionKey: (key) => shell.keepSessionKey(key && new Uint8Array(key)),
  lockAsked: () => shell.lockAsked(),
});
