/** What is derived from the data key: one key for each purpose, so that none serves two. */
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Cipher, createCipher } from './cipher.ts';

/** What a derived key is for. */
export type KeyPurpose =
  /** Rows of the local store. */
  | 'store'
  /** Entries of the journal. */
  | 'journal'
  /** Attachments kept as files. */
  | 'attachments'
  /** Backups. */
  | 'backup'
  /** Values that were typed but not committed. */
  | 'draft'
  /** Index entries: see `Keys.blind`. */
  | 'index';

export interface Keys {
  /** 32 bytes. */
  key(purpose: KeyPurpose): Uint8Array<ArrayBuffer>;
  cipher(purpose: KeyPurpose): Cipher;
  /** What an index may hold of a text: equal texts give equal answers, which say nothing else. Hex. */
  blind(text: string): string;
}

/** Tells a data key from others. Hex. */
export const fingerprintOf = (keys: Keys): string => keys.blind('fingerprint');

/** @param dataKey 32 random bytes */
export const createKeys = (dataKey: Uint8Array): Keys => {
  const derived = new Map<KeyPurpose, Uint8Array<ArrayBuffer>>();
  const key = (purpose: KeyPurpose) => {
    const known = derived.get(purpose);
    if (known) return known;
    const made = new Uint8Array(
      hkdf(sha256, dataKey, undefined, utf8ToBytes(`onsite ${purpose} 1`), 32),
    );
    derived.set(purpose, made);
    return made;
  };
  const ciphers = new Map<KeyPurpose, Cipher>();
  const cipher = (purpose: KeyPurpose) => {
    const known = ciphers.get(purpose) ?? createCipher(key(purpose));
    ciphers.set(purpose, known);
    return known;
  };
  // Prepared once: a roster has a thousand numbers.
  const mac = hmac.create(sha256, key('index'));
  return {
    key,
    cipher,
    blind: (text) => bytesToHex(mac.clone().update(utf8ToBytes(text)).digest()).slice(0, 32),
  };
};
