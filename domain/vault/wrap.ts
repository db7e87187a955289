/** Wrapping the data key: it is encrypted under a key that something outside of the device gives. */
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { createCipher, DamagedError } from './cipher.ts';
import type { KeyFile } from './key-file.ts';
import { readRecoveryCode } from './recovery-code.ts';

/** What a wrap opens with. */
export type WrapKind = 'pin' | 'recovery' | 'office';

/** @param vault the key file's id; @param under 32 bytes; hex */
export const wrapKey = (
  dataKey: Uint8Array,
  under: Uint8Array,
  vault: string,
  kind: WrapKind,
): string => bytesToHex(createCipher(under).encrypt(dataKey, `onsite vault ${vault} ${kind}`));

/** @throws {DamagedError} when `under` is not the key it was wrapped with */
export const unwrapKey = (
  wrap: string,
  under: Uint8Array,
  vault: string,
  kind: WrapKind,
): Uint8Array<ArrayBuffer> =>
  createCipher(under).decrypt(hexToBytes(wrap), `onsite vault ${vault} ${kind}`);

/** The wrapping key of a secret that is long and random: it needs no stretching. */
export const keyOfSecret = (secret: Uint8Array, vault: string, kind: WrapKind): Uint8Array =>
  hkdf(sha256, secret, utf8ToBytes(vault), utf8ToBytes(`onsite ${kind} 1`), 32);

/** The data key under a long secret's wrap; null when the secret is another one. */
const openSecret = (
  file: KeyFile,
  secret: Uint8Array,
  kind: 'recovery' | 'office',
): Uint8Array<ArrayBuffer> | null => {
  const wrap = file[kind]?.wrap;
  if (!wrap) return null;
  try {
    return unwrapKey(wrap, keyOfSecret(secret, file.id, kind), file.id, kind);
  } catch (error) {
    if (error instanceof DamagedError) return null;
    throw error;
  }
};

/** The data key of a key file, such as a backup's, by its recovery code; null when it is another one's. */
export const openByRecoveryCode = (
  file: KeyFile,
  typed: string,
): Uint8Array<ArrayBuffer> | null => {
  const secret = readRecoveryCode(typed);
  return secret && openSecret(file, secret, 'recovery');
};

/** The same by the secret that the office keeps; hex. */
export const openByOffice = (file: KeyFile, secret: string): Uint8Array<ArrayBuffer> | null =>
  openSecret(file, hexToBytes(secret), 'office');
