/**
 * AES-256-GCM over bytes, without waiting: an IndexedDB transaction ends when a promise of something
 * else is awaited, so what encrypts inside one must answer at once.
 *
 * An encrypted message is `nonce (12 bytes) | ciphertext | tag (16 bytes)`. The context is bound to
 * it: bytes that were moved to another row, file or table do not open there.
 */
import { gcm } from '@noble/ciphers/aes.js';
import { concatBytes, randomBytes, utf8ToBytes } from '@noble/ciphers/utils.js';

const NONCE = 12;
const TAG = 16;

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
export const createCipher = (key: Uint8Array): Cipher => ({
  encrypt: (plain, context) => {
    const nonce = randomBytes(NONCE);
    return concatBytes(nonce, gcm(key, nonce, utf8ToBytes(context)).encrypt(plain));
  },
  decrypt: (message, context) => {
    if (message.length < CIPHER_OVERHEAD) throw new DamagedError(`${context}: too short`);
    const nonce = message.subarray(0, NONCE);
    try {
      return new Uint8Array(gcm(key, nonce, utf8ToBytes(context)).decrypt(message.subarray(NONCE)));
    } catch {
      throw new DamagedError(`${context}: damaged, or encrypted under another key`);
    }
  },
});
