import { afterEach, expect, test } from 'vitest';
import { closeStores, openStore } from '../store/stores.ts';

afterEach(closeStores);

test('the device keeps one key over restarts, which signs but can never be read', async () => {
  const first = await (await openStore('sealing-key')).sealingKey();
  await closeStores();
  const store = await openStore('sealing-key');
  const again = await store.sealingKey();
  if (!first || !again) throw new Error('this browser gives no key');
  expect(again.fingerprint).toBe(first.fingerprint);
  expect(again.privateKey.extractable).toBe(false);
  await expect(crypto.subtle.exportKey('pkcs8', again.privateKey)).rejects.toThrow();
  const signature = await crypto.subtle.sign(
    { name: 'ECDSA', hash: 'SHA-256' },
    again.privateKey,
    new Uint8Array([1, 2, 3]),
  );
  expect(signature.byteLength).toBe(64);
});

test('two tabs that ask at once get the same key', async () => {
  const store = await openStore('sealing-key-tabs');
  const other = await openStore('sealing-key-tabs');
  const [one, two] = await Promise.all([store.sealingKey(), other.sealingKey()]);
  expect(one?.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  expect(two?.fingerprint).toBe(one?.fingerprint);
});
