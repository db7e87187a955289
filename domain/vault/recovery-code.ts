/**
 * The printed recovery code: 128 random bits and a check of 22 bits, in thirty characters that are
 * not mistaken for one another on paper (Crockford's base 32), in six groups.
 */
import { randomBytes } from '@noble/ciphers/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const LENGTH = 30;
const SECRET_BITS = 128n;
const CHECK_BITS = 22n;

const checkOf = (secret: bigint): bigint => {
  const [a = 0, b = 0, c = 0] = sha256(bytesOf(secret));
  return BigInt((a << 16) | (b << 8) | c) >> 2n;
};

const bytesOf = (secret: bigint): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: 16 }, (_, i) => Number((secret >> BigInt(8 * (15 - i))) & 0xffn));

/** A new code, as it is printed. */
export const newRecoveryCode = (): string => printRecoveryCode(randomBytes(16));

/** @param secret 16 bytes */
export const printRecoveryCode = (secret: Uint8Array): string => {
  const value = secret.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  let rest = (value << CHECK_BITS) | checkOf(value);
  let code = '';
  for (let i = 0; i < LENGTH; i += 1) {
    code = `${i % 5 === 0 && i > 0 ? '-' : ''}${code}`;
    code = `${ALPHABET[Number(rest & 31n)]}${code}`;
    rest >>= 5n;
  }
  return code;
};

/**
 * The secret of a typed code, whatever its case, dashes and spaces; O is read as 0, I and L as 1.
 * Null when it was mistyped.
 */
export const readRecoveryCode = (typed: string): Uint8Array<ArrayBuffer> | null => {
  const code = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\-—–_.]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1');
  if (code.length !== LENGTH) return null;
  let value = 0n;
  for (const letter of code) {
    const digit = ALPHABET.indexOf(letter);
    if (digit < 0) return null;
    value = (value << 5n) | BigInt(digit);
  }
  const secret = value >> CHECK_BITS;
  if (secret >> SECRET_BITS !== 0n) return null;
  return checkOf(secret) === (value & ((1n << CHECK_BITS) - 1n)) ? bytesOf(secret) : null;
};
