/** The app as electron-builder packed it: `npm run dist -- --test-pack`, in `.ci/run`. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { expect, test } from '../fixtures.ts';
import { launchElectron } from '../rig/engines.ts';
import { expectSaved, field, newOrder } from '../steps.ts';

const BINARY = resolve('release/linux-unpacked/onsite');

test('the packed app starts, knows its shell and takes an order', async ({ folder }) => {
  const profile = join(folder, 'profile');
  const service = 'http://127.0.0.1:9';
  const app = await launchElectron({ profile, page: '', service }, BINARY);
  try {
    const { page, shell } = app;
    await expect(page).toHaveURL(/^app:\/\/onsite\//);
    expect(await shell?.evaluate(({ app: main }) => main.isPackaged)).toBe(true);
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(await page.evaluate(() => window.onsite?.readConfig())).toEqual({
      version,
      service,
      enrolmentCode: null,
    });
    await newOrder(page);
    await field(page, 'customer.name').locator('input').fill('样例诊所');
    await expectSaved(page);
    const journal = await page.evaluate(() => window.onsite?.readJournal(null));
    expect(journal?.entries).not.toEqual([]);
    const menu = await shell?.evaluate(({ Menu }) =>
      Menu.getApplicationMenu()?.items.flatMap(({ submenu }) => submenu?.items.map((i) => i.label)),
    );
    expect(menu).toContain('全屏');
    expect(menu).not.toContain('开发者工具');
  } finally {
    await app.close();
  }
});

test('only what was built is packed', () => {
  const archive = readFileSync(join(BINARY, '../resources/app.asar'));
  // An asar begins with a pickled JSON of its files.
  const length = archive.readUInt32LE(12);
  const { files } = JSON.parse(archive.subarray(16, 16 + length).toString('utf8'));
  expect(Object.keys(files).sort()).toEqual(['dist', 'package.json']);
  expect(Object.keys(files.dist.files).sort()).toEqual(['electron', 'renderer']);
});

test('the packed binary is no Node and runs no other app', async () => {
  const wire = await getCurrentFuseWire(BINARY);
  // The wire holds the characters 0 and 1.
  const isOn = (fuse: FuseV1Options) => String.fromCharCode(Number(wire[fuse])) === '1';
  expect(isOn(FuseV1Options.RunAsNode)).toBe(false);
  expect(isOn(FuseV1Options.EnableNodeOptionsEnvironmentVariable)).toBe(false);
  expect(isOn(FuseV1Options.OnlyLoadAppFromAsar)).toBe(true);
});
