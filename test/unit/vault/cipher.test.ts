import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CIPHER_OVERHEAD, createCipher, DamagedError } from '../../../domain/vault/cipher.ts';
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

describe('an encrypted message', () => {
  it('is the platform’s own AES-256-GCM, so that big pieces may be encrypted by either', async () => {
    const secret = new Uint8Array(randomBytes(32));
    const key = await crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['decrypt']);
    const bytes = fc.uint8Array({ maxLength: 300 });
    await fc.assert(
      fc.asyncProperty(bytes, fc.string(), async (plain, context) => {
        const message = createCipher(secret).encrypt(plain, context);
        const opened = await crypto.subtle.decrypt(
          {
            name: 'AES-GCM',
            iv: message.slice(0, 12),
            additionalData: new TextEncoder().encode(context),
          },
          key,
          message.slice(12),
        );
        expect(new Uint8Array(opened)).toEqual(new Uint8Array(plain));
      }),
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
