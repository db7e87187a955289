/**
 * The app as electron-builder packed it (`node build/dist.mjs --test-pack`), driven from outside
 * through the page's own debugging port: the packed app takes no debugger of main.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { expect, test } from '../fixtures.ts';
import { shellEnvironment } from '../rig/engines.ts';
import { freePort, killTree } from '../rig/processes.ts';
import { expectSaved, field, newOrder } from '../steps.ts';

const FOLDER = 'release/linux-unpacked';

test('the packed app starts, knows its shell and takes an order', async ({ folder }) => {
  const port = await freePort();
  const app = spawn(
    join(FOLDER, 'onsite'),
    [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), `--remote-debugging-port=${port}`],
    {
      env: shellEnvironment({ profile: join(folder, 'profile'), service: 'http://127.0.0.1:9' }),
      stdio: 'ignore',
    },
  );
  try {
    const address = `http://127.0.0.1:${port}`;
    await expect
      .poll(
        () =>
          fetch(`${address}/json/version`).then(
            (answer) => answer.ok,
            () => false,
          ),
        {
          timeout: 30_000,
        },
      )
      .toBe(true);
    const browser = await chromium.connectOverCDP(address);
    const find = () => browser.contexts()[0]?.pages()[0] ?? null;
    await expect.poll(() => find()?.url() ?? '').toMatch(/^app:\/\/onsite\//);
    const page = find();
    if (!page) throw new Error('no page');
    const config = await page.evaluate(() => window.onsite?.readConfig());
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(config).toMatchObject({ version, service: 'http://127.0.0.1:9' });
    await newOrder(page);
    await field(page, 'customer.name').locator('input').fill('样例诊所');
    await expectSaved(page);
    expect(await page.evaluate(async () => (await window.onsite?.readJournal())?.length)).not.toBe(
      0,
    );
    await browser.close();
  } finally {
    if (app.pid) killTree(app.pid);
  }
});

test('only what was built is packed', () => {
  const archive = readFileSync(join(FOLDER, 'resources/app.asar'));
  // An asar begins with a pickled JSON of its files.
  const length = archive.readUInt32LE(12);
  const { files } = JSON.parse(archive.subarray(16, 16 + length).toString('utf8'));
  expect(Object.keys(files).sort()).toEqual(['dist', 'package.json']);
  expect(Object.keys(files.dist.files).sort()).toEqual(['electron', 'renderer']);
});
