import type { KeyFile } from '../../domain/vault/key-file.ts';

/** What the vault needs of the machine: places for its key file, and the system's keystore. */
export interface VaultPlatform {
  /** The newest whole copy; null where there never was one. @throws {KeyFileDamagedError} */
  readKeyFile(): Promise<KeyFile | null>;
  /**
   * Writes all copies, each whole or not at all; resolves when they are on disk.
   *
   * @returns false, with nothing written, when the file there is not the one before `file.revision`:
   * another window was faster
   */
  writeKeyFile(file: KeyFile): Promise<boolean>;
  /**
   * Puts what is left of a lost or damaged key file aside and writes a backup's in its place.
   *
   * @throws when there is a whole one
   */
  replaceKeyFile(file: KeyFile): Promise<void>;
  /** Whether something encrypted lies here that a key file must have been for. */
  hasData(): Promise<boolean>;
  /** Overwrites and removes every copy: nothing opens what was encrypted any more. */
  eraseKeyFile(): Promise<void>;
  readonly keystore: Keystore;
  /** The data key of the unlocked session, which a reload and further windows go on with. */
  readSessionKey(): Promise<Uint8Array | null>;
  /** @param key null forgets it */
  keepSessionKey(key: Uint8Array | null): Promise<void>;
  /** Resolves when the system asks to lock: its own screen was locked, or it goes to sleep. */
  lockAsked(): Promise<void>;
}

/** Encrypts for this user account on this machine (DPAPI, Keychain, libsecret, KWallet). */
export interface Keystore {
  /** False where there is none, or one that keeps its key in the open. */
  available(): Promise<boolean>;
  encrypt(plain: Uint8Array): Promise<Uint8Array>;
  /** Rejects when the system does not open it: another account, another machine. */
  decrypt(message: Uint8Array): Promise<Uint8Array>;
}
