/** Backups as a person has them: a folder, a stick that is pulled out, another machine, a power cut. */
import { randomInt } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { type App, expect, goTo, test } from './fixtures.ts';
import { randomFrom } from './rig/random.ts';
import { keepRecoveryCode, PIN } from './rig/vault.ts';
import { expectSaved, field, importFixture, openSection, sealPhoto } from './steps.ts';

test.beforeEach(({ engine }) => {
  // A browser's own folder picker cannot be driven; its folder is under test in test/unit/backup.
  test.skip(engine !== 'electron', 'the shell’s folder');
});

/** Begins on an empty profile; gives the recovery code. */
const firstStart = async (app: App): Promise<string> => {
  await app.close();
  await rm(app.profile, { recursive: true, force: true });
  await app.start(null);
  const { page } = app;
  await page.getByLabel('新口令').fill(PIN);
  await page.getByLabel('再输一次').fill(PIN);
  await page.getByRole('button', { name: '设置口令' }).click();
  const code = await keepRecoveryCode(page);
  await page.locator('.vault').waitFor({ state: 'detached' });
  return code;
};

/** What the folder dialog answers from now on. */
const answerDialog = (app: App, folder: string): Promise<void> =>
  app.shell.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [path] });
  }, folder);

const backupsIn = async (folder: string): Promise<string[]> => {
  const [vault = ''] = await readdir(folder).catch(() => []);
  const names = await readdir(join(folder, vault)).catch(() => []);
  return names.filter((name) => name.endsWith('.backup')).sort();
};

/** Chooses the folder in the settings, which makes the first backup. */
const chooseFolder = async (app: App, folder: string): Promise<void> => {
  await answerDialog(app, folder);
  await goTo(app.page, '#/settings');
  await app.page.locator('.settings-line', { hasText: '备份文件夹' }).getByRole('button').click();
  await expect(app.page.getByText('写完后已读回核对')).toBeVisible();
};

const backUpNow = async (page: Page): Promise<void> => {
  await goTo(page, '#/settings');
  await page.getByRole('button', { name: '立即备份' }).click();
};

test('backed up, everything deleted, restored on a fresh profile with the recovery code', async ({
  app,
  folder,
}) => {
  test.setTimeout(240_000);
  const stick = join(folder, 'stick');
  await mkdir(stick);
  const code = await firstStart(app);
  await importFixture(app.page, 'clinic-21');
  const address = new URL(app.page.url()).hash.replace(/\/[a-z]+$/, '');
  const name = await field(app.page, 'customer.name').locator('input').inputValue();
  await openSection(app.page, 'signing');
  await app.page.getByLabel('选择甲方公章照片').setInputFiles(await sealPhoto(app.page));
  await expect(app.page.locator('.seal-photo img').first()).toBeVisible();
  await expectSaved(app.page);
  await chooseFolder(app, stick);
  expect(await backupsIn(stick)).toHaveLength(1);
  await goTo(app.page, '#/');
  await expect(app.page.locator('.backup-line')).toHaveText(/备份：今天/);

  const ownCode = await firstStart(app);
  expect(ownCode).not.toBe(code);
  await expect(app.page.getByText('还没有工单')).toBeVisible();
  await answerDialog(app, stick);
  await goTo(app.page, '#/restore');
  await app.page.getByRole('button', { name: '选择备份所在的文件夹' }).click();
  await app.page.getByRole('button', { name: '查看' }).click();
  await app.page.getByRole('textbox').fill(ownCode);
  await app.page.getByRole('button', { name: '打开备份' }).click();
  await expect(app.page.getByRole('alert')).toContainText('恢复码不对');
  await app.page.getByRole('textbox').fill(code.toLowerCase());
  await app.page.getByRole('button', { name: '打开备份' }).click();
  await expect(app.page.getByText('1 份工单是本机没有的')).toBeVisible();
  await expect(app.page.locator('.restore-changes')).toContainText(name);
  await app.page.getByRole('button', { name: '恢复', exact: true }).click();
  await expect(app.page.getByText('已合并 1 份工单')).toBeVisible();
  await app.page.getByRole('button', { name: '打开工单列表' }).click();
  await expect(app.page.locator('.order-rows')).toContainText(name);

  // And it lasts: the journal has it too.
  await app.restart();
  await goTo(app.page, `${address}/signing`);
  const image = app.page.locator('.seal-photo[data-party="customer"] img');
  await expect(image).toBeVisible();
  await expect
    .poll(() => image.evaluate((img) => (img instanceof HTMLImageElement ? img.naturalWidth : 0)))
    .toBeGreaterThan(100);
  await goTo(app.page, `${address}/customer`);
  await expect(field(app.page, 'customer.name').locator('input')).toHaveValue(name);
});

test('a stick that is pulled out is said to be gone, and tried again; the old backup stays whole', async ({
  app,
  folder,
}) => {
  const stick = join(folder, 'stick');
  await mkdir(stick);
  await importFixture(app.page, 'clinic-21');
  await chooseFolder(app, stick);
  const [first = ''] = await backupsIn(stick);
  const [vault = ''] = await readdir(stick);
  const before = await readFile(join(stick, vault, first));
  await rename(stick, `${stick}-away`);
  await backUpNow(app.page);
  await expect(app.page.getByText('找不到备份文件夹')).toBeVisible();
  await goTo(app.page, '#/');
  await expect(app.page.locator('.backup-line.worry')).toBeVisible();
  await rename(`${stick}-away`, stick);
  await backUpNow(app.page);
  await expect.poll(() => backupsIn(stick)).toHaveLength(2);
  await expect(app.page.getByText('找不到备份文件夹')).toBeHidden();
  expect(await readFile(join(stick, vault, first))).toEqual(before);
});

test('killed while backing up, again and again: every backup with a name is whole', async ({
  app,
  folder,
}) => {
  const kills = Number(process.env.ONSITE_KILLS ?? 6);
  const seed = Number(process.env.ONSITE_SEED ?? randomInt(2 ** 31));
  const random = randomFrom(seed);
  test.setTimeout(kills * 60_000 + 60_000);
  const stick = join(folder, 'stick');
  await mkdir(stick);
  await importFixture(app.page, 'hotel-210');
  await chooseFolder(app, stick);
  for (let kill = 1; kill <= kills; kill += 1) {
    const wait = Math.round(random() * 250);
    await goTo(app.page, '#/settings');
    await app.page.getByRole('button', { name: '立即备份' }).click();
    await new Promise((resolve) => setTimeout(resolve, wait));
    console.log(`${kill}/${kills} ONSITE_SEED=${seed} ${wait} ms after the click`);
    await app.kill();
    await app.start();
  }
  const whole = await backupsIn(stick);
  expect(whole.length).toBeGreaterThanOrEqual(1);
  await goTo(app.page, '#/restore');
  const rows = app.page.locator('.restore-list li');
  await expect(rows).toHaveCount(whole.length);
  for (let row = 0; row < whole.length; row += 1) {
    await goTo(app.page, '#/settings');
    await goTo(app.page, '#/restore');
    await rows.nth(row).getByRole('button', { name: '查看' }).click();
    // Read to its end and compared: it is what the device holds.
    await expect(app.page.getByText('1 份完全相同')).toBeVisible();
  }
  await backUpNow(app.page);
  await expect.poll(() => backupsIn(stick)).toHaveLength(Math.min(whole.length + 1, 3));
  const [vault = ''] = await readdir(stick);
  const left = await readdir(join(stick, vault));
  expect(left.filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('a week without a backup stands over every screen until there is one', async ({
  app,
  folder,
}) => {
  const stick = join(folder, 'stick');
  await mkdir(stick);
  await importFixture(app.page, 'clinic-21');
  const notice = app.page.locator('.backup-notice');
  await expect(notice).toBeHidden();
  await app.page.clock.setFixedTime(Date.now() + 8 * 24 * 60 * 60 * 1000);
  await app.page.reload();
  await expect(notice).toContainText('还没有备份过');
  await answerDialog(app, stick);
  await notice.getByRole('button', { name: '选择备份文件夹' }).click();
  await expect(notice).toBeHidden();
  expect(await backupsIn(stick)).toHaveLength(1);
});
