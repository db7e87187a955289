import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type KeyFile,
  KeyFileDamagedError,
  newestKeyFile,
  parseKeyFile,
  printKeyFile,
} from '../../../domain/vault/key-file.ts';

const KEY_FILE: KeyFile = {
  version: 1,
  id: '00000000-0000-4000-8000-000000000001',
  fingerprint: 'ab'.repeat(16),
  revision: 3,
  pin: {
    stretching: { salt: '00112233445566778899aabbccddeeff', memory: 65_536, passes: 4 },
    keystore: true,
    wrap: 'ab'.repeat(60),
  },
  recovery: { wrap: 'cd'.repeat(60) },
  office: { device: 'device', epoch: 'epoch', undelivered: null, wrap: 'ef'.repeat(60) },
  wrongPins: { count: 2, at: 1_700_000_000_000.5 },
  lockAfter: 10,
};

describe('the key file', () => {
  test('reads back as it was written', () => {
    expect(parseKeyFile(printKeyFile(KEY_FILE))).toEqual(KEY_FILE);
  });

  test('is never read as something else, whatever character of it is damaged', () => {
    const text = printKeyFile(KEY_FILE);
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), (at, noise) => {
        const read = parseKeyFile(text.slice(0, at) + noise + text.slice(at + 1));
        if (read !== null) expect(read).toEqual(KEY_FILE);
      }),
      { numRuns: 500 },
    );
  });

  test('is never read from a part of it', () => {
    const text = printKeyFile(KEY_FILE).trimEnd();
    for (let length = 0; length < text.length; length += 7) {
      expect(parseKeyFile(text.slice(0, length))).toBeNull();
    }
  });

  test('in two copies: the whole one counts, of two whole ones the newer', () => {
    const old = printKeyFile({ ...KEY_FILE, revision: 2 });
    const text = printKeyFile(KEY_FILE);
    expect(newestKeyFile([old, text])?.revision).toBe(3);
    expect(newestKeyFile([text, old])?.revision).toBe(3);
    expect(newestKeyFile([text.slice(9), old])?.revision).toBe(2);
    expect(newestKeyFile([null, text])?.revision).toBe(3);
  });

  test('that was never written is told from one whose copies are both damaged', () => {
    expect(newestKeyFile([null, null])).toBeNull();
    expect(() => newestKeyFile(['', null])).toThrow(KeyFileDamagedError);
    expect(() => newestKeyFile(['noise', '{}'])).toThrow(KeyFileDamagedError);
  });
});
