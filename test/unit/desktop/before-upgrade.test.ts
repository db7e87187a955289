import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keepBeforeUpgrade } from '../../../electron/before-upgrade.ts';

const profile = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'onsite-upgrade-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const store = join(folder, 'IndexedDB', 'app_onsite_0.indexeddb.leveldb');
  await mkdir(store, { recursive: true });
  await writeFile(join(store, '000003.log'), 'as it was');
  return { folder, store };
};

test('another version keeps the databases as the former one left them', async () => {
  const { folder, store } = await profile();
  expect(await keepBeforeUpgrade(folder, '1.0.0', '1.1.0')).toBe(true);
  await writeFile(join(store, '000003.log'), 'changed by 1.1.0');
  const kept = join(folder, 'before-upgrade', '1.0.0', 'app_onsite_0.indexeddb.leveldb');
  expect(await readFile(join(kept, '000003.log'), 'utf8')).toBe('as it was');
  // The next one takes its place.
  expect(await keepBeforeUpgrade(folder, '1.1.0', '1.2.0')).toBe(true);
  expect(await readdir(join(folder, 'before-upgrade'))).toEqual(['1.1.0']);
});

test('the same version, and the first start, copy nothing', async () => {
  const { folder } = await profile();
  expect(await keepBeforeUpgrade(folder, '1.0.0', '1.0.0')).toBe(false);
  expect(await keepBeforeUpgrade(folder, null, '1.0.0')).toBe(false);
  expect(await readdir(folder)).toEqual(['IndexedDB']);
});

test('a copy that cannot be made keeps nobody from working, and the last one stays', async () => {
  const { folder } = await profile();
  await keepBeforeUpgrade(folder, '1.0.0', '1.1.0');
  await rm(join(folder, 'IndexedDB'), { recursive: true });
  expect(await keepBeforeUpgrade(folder, '1.1.0', '1.2.0')).toBe(false);
  expect(await readdir(join(folder, 'before-upgrade'))).toEqual(['1.0.0']);
});
