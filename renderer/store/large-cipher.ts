/**
 * The messages of `domain/vault/cipher.ts`, made and opened by the browser itself: many times faster
 * for attachments and snapshots, but only outside of transactions, since it answers later.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { CIPHER_OVERHEAD, createCipher, DamagedError } from '../../domain/vault/cipher.ts';

const NONCE = 12;
const TAG = CIPHER_OVERHEAD - NONCE;

/** Bytes that no other thread can change, as the browser asks for them. */
const owned = (bytes: Uint8Array): Uint8Array<ArrayBuffer> =>
  bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
    : new Uint8Array(bytes);

const known = new WeakMap<Uint8Array, Promise<CryptoKey>>();

const imported = (key: Uint8Array<ArrayBuffer>): Promise<CryptoKey> => {
  const made =
    known.get(key) ?? crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']);
  known.set(key, made);
  return made;
};

/** Over plain HTTP the browser has no cipher of its own: ours makes the same messages, more slowly. */
export const hasOwnCipher = (): boolean => globalThis.crypto.subtle !== undefined;

/**
 * @param key `keys.key(purpose)`
 * @param context where the message belongs, as of `Cipher.encrypt`
 */
export const encryptLarge = async (
  key: Uint8Array<ArrayBuffer>,
  plain: Uint8Array,
  context: string,
): Promise<Uint8Array<ArrayBuffer>> => {
  if (!hasOwnCipher()) return createCipher(key).encrypt(plain, context);
  const iv = crypto.getRandomValues(new Uint8Array(NONCE));
  const algorithm = { name: 'AES-GCM', iv, additionalData: new Uint8Array(utf8ToBytes(context)) };
  const whole = new Uint8Array(NONCE + plain.length + TAG);
  whole.set(iv);
  const message = await crypto.subtle.encrypt(algorithm, await imported(key), owned(plain));
  whole.set(new Uint8Array(message), NONCE);
  return whole;
};

/** @throws {DamagedError} */
export const decryptLarge = async (
  key: Uint8Array<ArrayBuffer>,
  message: Uint8Array,
  context: string,
): Promise<Uint8Array<ArrayBuffer>> => {
  if (!hasOwnCipher()) return createCipher(key).decrypt(message, context);
  if (message.length < CIPHER_OVERHEAD) throw new DamagedError(`${context}: too short`);
  const algorithm = {
    name: 'AES-GCM',
    iv: message.slice(0, NONCE),
    additionalData: new Uint8Array(utf8ToBytes(context)),
  };
  try {
    return new Uint8Array(
      await crypto.subtle.decrypt(algorithm, await imported(key), owned(message.subarray(NONCE))),
    );
  } catch {
    throw new DamagedError(`${context}: damaged, or encrypted under another key`);
  }
};
