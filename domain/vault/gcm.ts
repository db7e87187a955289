/**
 * AES-256-GCM (NIST SP 800-38D) under a key that is prepared once.
 *
 * `gcm` of @noble/ciphers expands the key and makes the tables of GHASH anew for each message, which
 * takes many times longer than a row of the store itself. AES stays theirs; what is made from the key
 * is kept here, and GHASH reads it. The messages are the same, as the tests hold against the library
 * and the browser's own cipher.
 */
import { unsafe } from '@noble/ciphers/aes.js';

const BLOCK = 16;
export const NONCE = 12;
export const TAG = 16;

export interface Gcm {
  /**
   * @param nonce 12 bytes, never used before under this key
   * @returns `nonce | ciphertext | tag`
   */
  encrypt(plain: Uint8Array, nonce: Uint8Array, aad: Uint8Array): Uint8Array<ArrayBuffer>;
  /** What `encrypt` was given; null when the message is not whole, or not of this key and context. */
  decrypt(message: Uint8Array, aad: Uint8Array): Uint8Array<ArrayBuffer> | null;
}

/** Multiples of H: for each of a block's 32 half bytes, its 16 values, four words each. */
const tableOf = (h: Uint8Array): Int32Array => {
  const table = new Int32Array(32 * 16 * 4);
  const view = new DataView(h.buffer, h.byteOffset);
  let [a, b, c, d] = [view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12)];
  for (let bit = 0; bit < 128; bit += 1) {
    for (let value = 0; value < 16; value += 1) {
      if ((value & (8 >> (bit & 3))) === 0) continue;
      const at = ((bit >> 2) * 16 + value) * 4;
      table[at] = (table[at] ?? 0) ^ a;
      table[at + 1] = (table[at + 1] ?? 0) ^ b;
      table[at + 2] = (table[at + 2] ?? 0) ^ c;
      table[at + 3] = (table[at + 3] ?? 0) ^ d;
    }
    // Times x: the bits of a block go from the highest to the lowest.
    const carry = d & 1;
    d = (c << 31) | (d >>> 1);
    c = (b << 31) | (c >>> 1);
    b = (a << 31) | (b >>> 1);
    a = (a >>> 1) ^ (carry * 0xe1000000);
  }
  return table;
};

/** Takes bytes, filled up with zeros to whole blocks, into GHASH's state. */
const absorb = (state: Int32Array, table: Int32Array, bytes: Uint8Array): void => {
  for (let at = 0; at < bytes.length; at += BLOCK) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let word = 0; word < 4; word += 1) {
      const from = at + word * 4;
      const x =
        (state[word] ?? 0) ^
        (((bytes[from] ?? 0) << 24) |
          ((bytes[from + 1] ?? 0) << 16) |
          ((bytes[from + 2] ?? 0) << 8) |
          (bytes[from + 3] ?? 0));
      for (let half = 0; half < 8; half += 1) {
        const entry = ((word * 8 + half) * 16 + ((x >>> (28 - half * 4)) & 15)) * 4;
        a ^= table[entry] ?? 0;
        b ^= table[entry + 1] ?? 0;
        c ^= table[entry + 2] ?? 0;
        d ^= table[entry + 3] ?? 0;
      }
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = d;
  }
};

/** AES reads words: bytes that do not begin at one are copied. */
const aligned = (bytes: Uint8Array): Uint8Array =>
  bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);

/** @param key 32 bytes */
export const createGcm = (key: Uint8Array): Gcm => {
  const roundKeys = unsafe.expandKeyLE(key);
  const zero = new Uint8Array(BLOCK);
  const table = tableOf(unsafe.ctr32(roundKeys, false, new Uint8Array(BLOCK), zero));

  /** The first counter block of a nonce. */
  const counterOf = (nonce: Uint8Array): Uint8Array => {
    const counter = new Uint8Array(BLOCK);
    counter.set(nonce);
    counter[BLOCK - 1] = 1;
    return counter;
  };

  /** @param mask the first counter block, encrypted */
  const tagOf = (mask: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): Uint8Array => {
    const state = new Int32Array(4);
    absorb(state, table, aad);
    absorb(state, table, ciphertext);
    const lengths = new DataView(new ArrayBuffer(BLOCK));
    lengths.setBigUint64(0, BigInt(aad.length) * 8n);
    lengths.setBigUint64(8, BigInt(ciphertext.length) * 8n);
    absorb(state, table, new Uint8Array(lengths.buffer));
    return mask.map((byte, i) => byte ^ ((state[i >> 2] ?? 0) >>> (24 - (i & 3) * 8)));
  };

  return {
    encrypt: (plain, nonce, aad) => {
      const message = new Uint8Array(NONCE + plain.length + TAG);
      message.set(nonce);
      const ciphertext = message.subarray(NONCE, NONCE + plain.length);
      const counter = counterOf(nonce);
      const mask = unsafe.ctr32(roundKeys, false, counter, zero);
      unsafe.ctr32(roundKeys, false, counter, aligned(plain), ciphertext);
      message.set(tagOf(mask, aad, ciphertext), NONCE + plain.length);
      return message;
    },
    decrypt: (message, aad) => {
      if (message.length < NONCE + TAG) return null;
      const ciphertext = message.subarray(NONCE, -TAG);
      const counter = counterOf(message.subarray(0, NONCE));
      const mask = unsafe.ctr32(roundKeys, false, counter, zero);
      const tag = tagOf(mask, aad, ciphertext);
      const given = message.subarray(-TAG);
      // Every byte is looked at, wherever the first difference is.
      if (tag.reduce((differing, byte, i) => differing | (byte ^ (given[i] ?? 0)), 0)) return null;
      const plain = new Uint8Array(ciphertext.length);
      unsafe.ctr32(roundKeys, false, counter, aligned(ciphertext), plain);
      return plain;
    },
  };
};
