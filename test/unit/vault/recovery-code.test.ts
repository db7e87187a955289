import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  newRecoveryCode,
  printRecoveryCode,
  readRecoveryCode,
} from '../../../domain/vault/recovery-code.ts';

const secret = fc.uint8Array({ minLength: 16, maxLength: 16 });
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

describe('the recovery code', () => {
  test('is six groups of five characters that are not mistaken for one another', () => {
    expect(newRecoveryCode()).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){5}[0-9A-HJKMNP-TV-Z]{5}$/);
    expect(newRecoveryCode()).not.toBe(newRecoveryCode());
  });

  test('reads back whatever the secret', () => {
    fc.assert(
      fc.property(secret, (bytes) => {
        expect(readRecoveryCode(printRecoveryCode(bytes))).toEqual(new Uint8Array(bytes));
      }),
    );
  });

  test('is read in small letters, without dashes, full width, with O and l for 0 and 1', () => {
    const bytes = new Uint8Array(16);
    const code = printRecoveryCode(bytes);
    expect(code).toContain('0');
    const wide = [...code.replaceAll('-', '')]
      .map((letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0))
      .join('');
    for (const typed of [
      code.toLowerCase(),
      code.replaceAll('-', ' '),
      code.replaceAll('-', ''),
      code.replaceAll('0', 'o'),
      code.replaceAll('1', 'l'),
      wide,
    ]) {
      expect(readRecoveryCode(typed)).toEqual(bytes);
    }
  });

  test('with a wrong character, two swapped ones or one missing is noticed', () => {
    fc.assert(
      fc.property(secret, fc.nat(28), fc.nat(31), (bytes, at, letter) => {
        const code = printRecoveryCode(bytes).replaceAll('-', '');
        const wrong = code.slice(0, at) + ALPHABET[letter] + code.slice(at + 1);
        const swapped = `${code.slice(0, at)}${code[at + 1]}${code[at]}${code.slice(at + 2)}`;
        for (const typed of [wrong, swapped, code.slice(0, at) + code.slice(at + 1)]) {
          if (typed !== code) expect(readRecoveryCode(typed)).toBeNull();
        }
      }),
    );
    expect(readRecoveryCode('')).toBeNull();
    expect(readRecoveryCode('样例')).toBeNull();
  });
});
