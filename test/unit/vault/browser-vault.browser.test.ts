import { afterEach, beforeEach, expect, test } from 'vitest';
import { browserVault } from '../../../renderer/platform/browser-vault.ts';
import { createStretcher, LEAST_TIME } from '../../../renderer/vault/stretch.ts';
import { createVault } from '../../../renderer/vault/vault.ts';

const PIN = '271828';

const outside = async (): Promise<FileSystemFileHandle> =>
  (await navigator.storage.getDirectory()).getFileHandle('keys.json', { create: true });
const writeOutside = async (text: string) => {
  const file = await (await outside()).createWritable();
  await file.write(text);
  await file.close();
};
const dropDatabase = () =>
  new Promise<void>((resolve, reject) => {
    const request = indexedDB.deleteDatabase('onsite-keys');
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error);
  });

const fast = {
  leastTime: 0,
  stretch: async () => new Uint8Array(32),
  stretchAnew: async () => ({
    key: new Uint8Array(32),
    stretching: { salt: 'ab', memory: 8 * 1024, passes: 1 },
  }),
};
/** A tab of the app. */
const openTab = async () => {
  const platform = browserVault(async () => false);
  const vault = createVault(platform, fast);
  await vault.start();
  return { platform, vault, step: () => vault.state.getState().step };
};

beforeEach(() => browserVault(async () => false).eraseKeyFile());
afterEach(() => browserVault(async () => false).eraseKeyFile());

test('a PIN costs at least a quarter of a second here, with its parameters in the key file', async () => {
  const stretcher = createStretcher();
  const { key, stretching } = await stretcher.stretchAnew(PIN);
  expect(stretching.memory).toBe(64 * 1024);
  const start = performance.now();
  expect(await stretcher.stretch(PIN, stretching)).toEqual(key);
  const took = performance.now() - start;
  console.log(`argon2id: ${stretching.passes} passes over 64 MiB took ${Math.round(took)} ms`);
  // The machine may be a little faster now than when it was calibrated.
  expect(took).toBeGreaterThan(LEAST_TIME * 0.8);
  expect(await stretcher.stretch('314159', stretching)).not.toEqual(key);
});

test('the key file outlives the loss of either copy', async () => {
  const { vault } = await openTab();
  await vault.create(PIN);
  await vault.lock();

  await dropDatabase();
  expect((await openTab()).step()).toBe('locked');
  // The lost copy is back.
  await (await navigator.storage.getDirectory()).removeEntry('keys.json');
  expect((await openTab()).step()).toBe('locked');
  await writeOutside('noise');
  expect((await openTab()).step()).toBe('locked');
  expect(await (await (await outside()).getFile()).text()).toContain('"digest"');
});

test('two tabs that set a PIN at once make one vault', async () => {
  const [first, second] = await Promise.all([openTab(), openTab()]);
  const made = await Promise.allSettled([first.vault.create(PIN), second.vault.create('314159')]);
  expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await Promise.all([first.vault.lock(), second.vault.lock()]);
});

test('a new tab is open while another one is, and locked when none is', async () => {
  const first = await openTab();
  await first.vault.create(PIN);
  const second = await openTab();
  expect(second.step()).toBe('open');
  await first.vault.lock();
  const third = await openTab();
  expect(third.step()).toBe('open');
  await second.vault.lock();
  await third.vault.lock();
  expect((await openTab()).step()).toBe('locked');
});

test('what was erased is found in neither place', async () => {
  const before = { ...localStorage };
  const { vault } = await openTab();
  await vault.create(PIN);
  await vault.erase();
  expect((await openTab()).step()).toBe('new');
  expect({ ...localStorage }).toEqual(before);
  await expect(
    (await navigator.storage.getDirectory()).getFileHandle('keys.json'),
  ).rejects.toThrow();
});
