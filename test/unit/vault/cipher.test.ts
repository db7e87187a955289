import { randomBytes } from 'node:crypto';
import { gcm } from '@noble/ciphers/aes.js';
import { bytesToHex } from '@noble/ciphers/utils.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CIPHER_OVERHEAD, createCipher, DamagedError } from '../../../domain/vault/cipher.ts';
import { createGcm } from '../../../domain/vault/gcm.ts';
import { createKeys } from '../../../domain/vault/keys.ts';

const cipher = createCipher(new Uint8Array(randomBytes(32)));

describe('the cipher', () => {
  it('gives back what was encrypted, in its own context only', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), fc.string(), (plain, context) => {
        const message = cipher.encrypt(plain, context);
        expect(message.length).toBe(plain.length + CIPHER_OVERHEAD);
        expect(cipher.decrypt(message, context)).toEqual(plain);
        expect(() => cipher.decrypt(message, `${context}x`)).toThrow(DamagedError);
      }),
    );
  });

  it('refuses a message in which any one bit was changed, or that was cut', () => {
    const message = cipher.encrypt(new TextEncoder().encode('样例诊所'), 'records/1');
    for (let bit = 0; bit < message.length * 8; bit += 1) {
      const damaged = new Uint8Array(message);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => cipher.decrypt(damaged, 'records/1')).toThrow(DamagedError);
    }
    for (let length = 0; length < message.length; length += 1) {
      expect(() => cipher.decrypt(message.subarray(0, length), 'records/1')).toThrow(DamagedError);
    }
  });

  it('never gives the same bytes twice', () => {
    const plain = new TextEncoder().encode('样例诊所');
    expect(cipher.encrypt(plain, 'a')).not.toEqual(cipher.encrypt(plain, 'a'));
  });
});

describe('AES-256-GCM under a prepared key', () => {
  it('makes the messages of the well-kept library and of the platform, and opens theirs', async () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    const exact = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    await fc.assert(
      fc.asyncProperty(exact(32), exact(12), bytes, bytes, async (secret, nonce, aad, plain) => {
        const [key, iv, additionalData] = [secret, nonce, aad].map((each) => new Uint8Array(each));
        if (!key || !iv || !additionalData) throw new Error('unreachable');
        const mine = createGcm(key).encrypt(plain, iv, additionalData);
        expect(mine.slice(12)).toEqual(gcm(key, iv, additionalData).encrypt(plain));
        const imported = await crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt']);
        const theirs = await crypto.subtle.encrypt(
          { name: 'AES-GCM', iv, additionalData },
          imported,
          new Uint8Array(plain),
        );
        expect(mine.slice(12)).toEqual(new Uint8Array(theirs));
        // A message may lie anywhere in a larger piece of memory.
        const shifted = new Uint8Array(mine.length + 1);
        shifted.set(mine, 1);
        expect(createGcm(key).decrypt(shifted.subarray(1), additionalData)).toEqual(
          new Uint8Array(plain),
        );
      }),
    );
  });

  it('makes what SP 800-38D gives as an example (test case 14)', () => {
    const message = createGcm(new Uint8Array(32)).encrypt(
      new Uint8Array(16),
      new Uint8Array(12),
      new Uint8Array(0),
    );
    expect(bytesToHex(message.slice(12))).toBe(
      'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919',
    );
  });
});

describe('the keys', () => {
  it('are another one for each purpose and each data key', () => {
    const [one, other] = [randomBytes(32), randomBytes(32)].map((key) => createKeys(key));
    const all = [one, other].flatMap((keys) =>
      (['store', 'journal', 'attachments', 'backup', 'draft', 'index'] as const).map((purpose) =>
        keys?.key(purpose).join(),
      ),
    );
    expect(new Set(all).size).toBe(12);
  });

  it('blind a text to the same answer each time, and another under another key', () => {
    const [one, other] = [createKeys(randomBytes(32)), createKeys(randomBytes(32))];
    expect(one.blind('04770000001')).toBe(one.blind('04770000001'));
    expect(one.blind('04770000001')).not.toBe(one.blind('04770000002'));
    expect(one.blind('04770000001')).not.toBe(other.blind('04770000001'));
  });
});
