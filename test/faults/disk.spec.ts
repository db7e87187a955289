/**
 * A profile on a disk of 64 MB that fills while somebody works: the screen says so early, photos stop
 * before text, and what the disk refuses stays on the screen. When there is room again the work goes on
 * by itself; when the app is killed on the full disk, nothing that was acknowledged is lost.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { type App, expect, goTo, test } from '../e2e/fixtures.ts';
import {
  expectSaved,
  field,
  importFixture,
  newOrder,
  openSection,
  sealPhoto,
} from '../e2e/steps.ts';
import { recover } from './recover.ts';

// A loss that happens once in a while is a loss.
test.describe.configure({ retries: 0 });

const MB = 1024 * 1024;

/** Whether this machine lets us mount a disk of our own; containers without rights do not. */
const mount = (folder: string): boolean => {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** Writes a file until the disk takes no byte more. */
const fill = (path: string): void => {
  const file = openSync(path, 'a');
  for (const size of [MB, 4096, 512, 1]) {
    const bytes = new Uint8Array(size);
    try {
      while (writeSync(file, bytes) === size);
    } catch {
      // Full, for a piece of this size.
    }
  }
  closeSync(file);
};

/** The app on a disk of its own; skips where there can be none. */
const onSmallDisk = async (app: App, work: (filler: string) => Promise<void>): Promise<void> => {
  await app.close();
  rmSync(app.profile, { recursive: true, force: true });
  test.skip(!mount(app.profile), 'this machine does not let us mount a tmpfs');
  try {
    await app.start();
    await work(join(app.profile, 'filler'));
  } finally {
    await app.close();
    execFileSync('umount', [app.profile]);
  }
};

const name = (page: Page) => field(page, 'customer.name').locator('input');
const failed = (page: Page) => page.locator('.saved-state.failed');
const diskNotice = (page: Page) => page.getByRole('alert').filter({ hasText: '磁盘快满了' });

/** Types until the disk refuses. @returns what was acknowledged last, and what was refused */
const typeUntilRefused = async (page: Page, filler: string) => {
  const before = await name(page).inputValue();
  let [typed, acknowledged] = [before, before];
  fill(filler);
  // What was opened has room of its own, so typing may go on for a while before the disk refuses.
  for (let word = 0; word < 2_000 && !(await failed(page).isVisible()); word += 1) {
    typed = `样例诊所第${word}分部`.padEnd(60, '长');
    await name(page).fill(typed);
    const state = page.locator('.saved-state');
    await expect(state).not.toHaveText('正在保存', { timeout: 30_000 });
    if ((await state.textContent()) === '已保存') acknowledged = typed;
    else fill(filler);
  }
  await expect(failed(page)).toBeVisible();
  await expect(page.getByText(/保存失败：.*磁盘/)).toBeVisible();
  await expect(name(page)).toHaveValue(typed);
  console.log(`acknowledged ${acknowledged.slice(0, 12)}, refused ${typed.slice(0, 12)}`);
  return { acknowledged, typed };
};

/** Comes back to the order, over the page of an emptied database if there is one. */
const comeBack = async (page: Page, address: string): Promise<void> => {
  console.log(`came back: ${(await recover(page)).join() || 'opened'}`);
  await goTo(page, address);
};

test('a disk that is nearly full is told, and takes no photos while it takes text', async ({
  app,
}) => {
  await onSmallDisk(app, async () => {
    const { page } = app;
    await expect(diskNotice(page)).toContainText('暂时不能加照片');
    await importFixture(page, 'clinic-21');
    await openSection(page, 'signing');
    await page.getByLabel('选择甲方公章照片').setInputFiles(await sealPhoto(page));
    await expect(page.getByText(/磁盘只剩 \d+ MB.*暂时不能加照片/)).toBeVisible();
    await expect(page.locator('.seal-photo img')).toHaveCount(0);
    await openSection(page, 'customer');
    await name(page).fill('样例学校');
    await expectSaved(page);
  });
});

test('when there is room again, what a full disk refused is saved and the work goes on', async ({
  app,
}) => {
  test.setTimeout(240_000);
  await onSmallDisk(app, async (filler) => {
    const { page } = app;
    await newOrder(page);
    const address = new URL(page.url()).hash;
    await name(page).fill('样例诊所');
    await expectSaved(page);
    const { typed } = await typeUntilRefused(page, filler);
    await expect(diskNotice(page)).toContainText('还剩 0 MB');
    // What is typed on the full disk is kept, too.
    await name(page).fill(`${typed}后门`);
    await expect(failed(page)).toBeVisible();

    rmSync(filler);
    await expect(diskNotice(page)).not.toContainText('还剩 0 MB');
    const trouble = page.locator('.recovery');
    const saved = page.locator('.saved-state').filter({ hasText: '已保存' });
    await expect(saved.or(trouble)).toBeVisible({ timeout: 90_000 });
    // Chromium may put an empty database in the place of one that a full disk spoilt: one button then.
    if (await trouble.isVisible()) await comeBack(page, address);
    await expect(name(page)).toHaveValue(`${typed}后门`);
    await name(page).fill('样例学校');
    await expectSaved(page);
    await app.kill();
    await app.start();
    await comeBack(app.page, address);
    await expect(name(app.page)).toHaveValue('样例学校');
  });
});

test('killed on the full disk, nothing that was acknowledged is lost', async ({ app }) => {
  test.setTimeout(240_000);
  await onSmallDisk(app, async (filler) => {
    await newOrder(app.page);
    const address = new URL(app.page.url()).hash;
    await name(app.page).fill('样例诊所');
    await expectSaved(app.page);
    const { acknowledged, typed } = await typeUntilRefused(app.page, filler);
    await app.kill();
    rmSync(filler);
    await app.start();
    await comeBack(app.page, address);
    // What was refused may be there all the same; what was acknowledged must be, or what replaced it.
    await expect(name(app.page)).toHaveValue(new RegExp(`^(${acknowledged}|${typed})$`));
    await name(app.page).fill('样例学校');
    await expectSaved(app.page);
    await app.restart();
    await comeBack(app.page, address);
    await expect(name(app.page)).toHaveValue('样例学校');
  });
});
