/**
 * AES-256-GCM over bytes, without waiting: an IndexedDB transaction ends when a promise of something
 * else is awaited, so what encrypts inside one must answer at once.
 *
 * An encrypted message is `nonce (12 bytes) | ciphertext | tag (16 bytes)`. The context is bound to
 * it: bytes that were moved to another row, file or table do not open there.
 */
import { randomBytes, utf8ToBytes } from '@noble/ciphers/utils.js';
import { createGcm, NONCE, TAG } from './gcm.ts';

/** Bytes that an encrypted message is longer than what it holds. */
export const CIPHER_OVERHEAD: number = NONCE + TAG;

/** The bytes are not what was encrypted under this key for this context. */
export class DamagedError extends Error {
  override readonly name = 'DamagedError';
}

export interface Cipher {
  /** @param context where the message belongs, such as `records/<id>`; no secret */
  encrypt(plain: Uint8Array, context: string): Uint8Array<ArrayBuffer>;
  /** @throws {DamagedError} */
  decrypt(message: Uint8Array, context: string): Uint8Array<ArrayBuffer>;
}

/** @param key 32 bytes */
export const createCipher = (key: Uint8Array): Cipher => {
  const gcm = createGcm(key);
  return {
    encrypt: (plain, context) => gcm.encrypt(plain, randomBytes(NONCE), utf8ToBytes(context)),
    decrypt: (message, context) => {
      const plain = gcm.decrypt(message, utf8ToBytes(context));
      if (!plain) throw new DamagedError(`${context}: damaged, or encrypted under another key`);
      return plain;
    },
  };
};
