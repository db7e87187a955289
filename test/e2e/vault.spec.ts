/** The PIN, in both engines: what is saved opens with it, and without it nothing is shown. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { type App, expect, goTo, test } from './fixtures.ts';
import { keepRecoveryCode, openVault, PIN, typePin } from './rig/vault.ts';
import { expectSaved, field, newOrder } from './steps.ts';

const NAME = '样例诊所';

const name = (page: Page) => field(page, 'customer.name').locator('input');

/** A half-filled order on the screen, saved. */
const fillHalf = async (page: Page) => {
  await newOrder(page);
  await name(page).fill(NAME);
  await expectSaved(page);
};

const expectLocked = async (page: Page) => {
  await expect(page.locator('.vault[data-step="locked"]')).toBeVisible();
  expect(await page.content()).not.toContain(NAME);
};

/** Lets the time of the page's clock, not of its waits, jump. */
const passTime = (page: Page, minutes: number) =>
  page.evaluate((ms) => {
    const now = Date.now;
    Date.now = () => now() + ms;
  }, minutes * 60_000);

/** Types wrong PINs; each is answered before the next. */
const typeWrong = async (page: Page, times: number) => {
  for (let i = 0; i < times; i += 1) {
    await typePin(page, `00000${i}x`);
    await expect(page.getByLabel('口令', { exact: true })).toHaveValue('');
    await expect(page.getByRole('alert')).toBeVisible();
  }
};

/** Starts the app again and leaves its vault closed. */
const startLocked = async (app: App) => {
  await app.start(null);
  await expectLocked(app.page);
};

test('the PIN is asked at every start, and the order is there behind it', async ({ app }) => {
  await fillHalf(app.page);
  const address = new URL(app.page.url()).hash;
  await app.close();
  await startLocked(app);
  await typePin(app.page, '314159');
  await expect(app.page.getByRole('alert')).toHaveText(/口令不对。再错 4 次就要等/);
  await typePin(app.page);
  await expect(app.page.locator('.order-row')).toContainText(NAME);
  await goTo(app.page, address);
  await expect(name(app.page)).toHaveValue(NAME);
});

test('after a kill too', async ({ app }) => {
  await fillHalf(app.page);
  await app.kill();
  await startLocked(app);
  await openVault(app.page);
  await expect(app.page.locator('.order-row')).toContainText(NAME);
});

test('five wrong PINs wait, after a restart as well; nothing is lost', async ({ app }) => {
  test.setTimeout(180_000);
  await fillHalf(app.page);
  await app.close();
  await startLocked(app);
  await typeWrong(app.page, 5);
  const wait = () => app.page.locator('.vault-wait');
  await expect(wait()).toContainText('口令错了 5 次');
  await expect(app.page.getByLabel('口令', { exact: true })).toBeDisabled();

  await app.close();
  await startLocked(app);
  await expect(wait()).toContainText(/请等 0:[0-5]\d/);
  // The recovery code does not wait, and neither does time.
  await expect(app.page.getByRole('button', { name: '忘记口令' })).toBeEnabled();
  await expect(wait()).toBeHidden({ timeout: 60_000 });
  await openVault(app.page);
  await expect(app.page.locator('.order-row')).toContainText(NAME);
});

test('locking hides everything, and the half-filled order is there after it', async ({ app }) => {
  const { page } = app;
  await fillHalf(page);
  // Still in the field, not left yet.
  await name(page).pressSequentially('二部');
  await page.keyboard.press('Control+l');
  await expectLocked(page);
  await page.reload();
  await expectLocked(page);
  await openVault(page);
  await expect(name(page)).toHaveValue(`${NAME}二部`);

  await page.getByRole('button', { name: '锁定' }).click();
  await expectLocked(page);
  await openVault(page);
  await expect(name(page)).toHaveValue(`${NAME}二部`);
});

test('it locks by itself when nobody touches it for the set time', async ({ app }) => {
  const { page } = app;
  await fillHalf(page);
  await passTime(page, 9);
  await page.waitForTimeout(1_500);
  await expect(name(page)).toBeVisible();
  await passTime(page, 1.1);
  await expectLocked(page);
  await openVault(page);

  const address = new URL(page.url()).hash;
  await goTo(page, '#/settings');
  const lockAfter = page.locator('.settings-line', { hasText: '空闲锁定' }).locator('.ant-select');
  await lockAfter.click();
  await page.getByTitle('30 分钟没有操作就锁定').click();
  // It says so once the key file does.
  await expect(lockAfter).toContainText('30 分钟');
  await goTo(page, address);
  await name(page).click();
  await passTime(page, 29);
  await page.waitForTimeout(1_500);
  await expect(name(page)).toHaveValue(NAME);
  await passTime(page, 1.1);
  await expectLocked(page);
});

test('the recovery code opens it, and a new PIN takes the place of the forgotten one', async ({
  app,
}) => {
  const { page } = app;
  await fillHalf(page);
  await goTo(page, '#/settings');
  await page.getByRole('button', { name: '换一个' }).click();
  await page.getByLabel('现在的口令').fill(PIN);
  await page.getByRole('button', { name: '下一步' }).click();
  const code = await keepRecoveryCode(page, '完成');
  await expect(page.getByText('恢复码已更换')).toBeVisible();

  await app.close();
  await startLocked(app);
  const after = app.page;
  await after.getByRole('button', { name: '忘记口令' }).click();
  await after.getByRole('textbox', { name: '恢复码' }).fill(`${code.slice(0, -1)}*`);
  await after.getByRole('button', { name: '用恢复码打开' }).click();
  await expect(after.getByRole('alert')).toContainText('恢复码不对');
  await after
    .getByRole('textbox', { name: '恢复码' })
    .fill(code.toLowerCase().replaceAll('-', ' '));
  await after.getByRole('button', { name: '用恢复码打开' }).click();
  await after.getByLabel('新口令').fill('314159');
  await after.getByLabel('再输一次').fill('314159');
  await after.getByRole('button', { name: '设置新口令' }).click();
  await expect(after.locator('.order-row')).toContainText(NAME);

  await app.close();
  await startLocked(app);
  await typePin(app.page);
  await expect(app.page.getByRole('alert')).toContainText('口令不对');
  await typePin(app.page, '314159');
  await expect(app.page.locator('.order-row')).toContainText(NAME);
});

test('a changed PIN changes no data', async ({ app }) => {
  const { page } = app;
  await fillHalf(page);
  await goTo(page, '#/settings');
  await page.getByRole('button', { name: '修改口令' }).click();
  await page.getByLabel('现在的口令').fill(PIN);
  await page.getByRole('button', { name: '下一步' }).click();
  await page.getByLabel('新口令').fill('314159');
  await page.getByLabel('再输一次').fill('314159');
  await page.getByRole('dialog').getByRole('button', { name: '修改口令' }).click();
  await expect(page.getByText('口令已修改')).toBeVisible();
  await app.close();
  await startLocked(app);
  await typePin(app.page, '314159');
  await expect(app.page.locator('.order-row')).toContainText(NAME);
});

test('neither PIN nor recovery code nor a bare key lies in the profile', async ({ app }) => {
  const { page } = app;
  await fillHalf(page);
  await goTo(page, '#/settings');
  await page.getByRole('button', { name: '换一个' }).click();
  await page.getByLabel('现在的口令').fill(PIN);
  await page.getByRole('button', { name: '下一步' }).click();
  const code = await keepRecoveryCode(page, '完成');
  await expect(page.getByText('恢复码已更换')).toBeVisible();
  await page.keyboard.press('Control+l');
  await expectLocked(page);
  await app.kill();

  const wanted = [code, code.replaceAll('-', ''), code.slice(0, 11)];
  const found: string[] = [];
  for (const file of await readdir(app.profile, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const bytes = await readFile(join(file.parentPath, file.name)).catch(() => Buffer.alloc(0));
    for (const text of wanted) {
      for (const encoding of ['utf8', 'utf16le'] as const) {
        if (bytes.includes(Buffer.from(text, encoding))) found.push(`${file.name}: ${text}`);
      }
    }
  }
  expect(found).toEqual([]);
});

test('the office resets a forgotten PIN with a code that is good once', async ({
  app,
  service,
}) => {
  test.setTimeout(120_000);
  await service.start();
  await app.enrol(await service.enrolmentCode('installer'));
  await fillHalf(app.page);
  await goTo(app.page, '#/settings');
  await expect(app.page.getByText('可以由后台重置口令', { exact: true })).toBeVisible({
    timeout: 30_000,
  });
  await app.close();

  const code = await service.onsite('reset-pin', '--device', await service.deviceOf('installer'));
  await startLocked(app);
  const { page } = app;
  await page.getByRole('button', { name: '忘记口令' }).click();
  await page.getByText('后台重置').click();
  const typeCode = async (typed: string) => {
    await page.getByLabel('重置码').fill(typed);
    await page.getByRole('button', { name: '用重置码打开' }).click();
  };
  await typeCode('0000-0000');
  await expect(page.getByRole('alert')).toContainText('没有打开');
  await typeCode(code);
  await page.getByLabel('新口令').fill('314159');
  await page.getByLabel('再输一次').fill('314159');
  await page.getByRole('button', { name: '设置新口令' }).click();
  await expect(page.locator('.order-row')).toContainText(NAME);
  await app.close();
  await startLocked(app);
  await typePin(app.page, '314159');
  await expect(app.page.locator('.order-row')).toContainText(NAME);
});

test('over plain HTTP, where the browser offers no cryptography, the vault works too', async ({
  app,
  engine,
  folder,
}) => {
  test.skip(engine === 'electron', 'the shell’s page is always a secure context');
  const { port } = new URL(app.page.url());
  const launch = async (use: (page: Page) => Promise<void>) => {
    const context = await chromium.launchPersistentContext(join(folder, 'plain'), {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--host-resolver-rules=MAP plain.example 127.0.0.1'],
    });
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(`http://plain.example:${port}/`);
    expect(await page.evaluate(() => window.isSecureContext)).toBe(false);
    await use(page);
    await context.close();
  };
  await launch(async (page) => {
    await openVault(page);
    await fillHalf(page);
    await page.keyboard.press('Control+l');
    await expectLocked(page);
    await openVault(page);
    await expect(name(page)).toHaveValue(NAME);
  });
  await launch(async (page) => {
    await expectLocked(page);
    await typePin(page, '314159');
    await expect(page.getByRole('alert')).toContainText('口令不对');
    await openVault(page);
    await expect(page.locator('.order-row')).toContainText(NAME);
    // There is no journal: what is lost here is told, and nothing promises to bring it back.
    await page.evaluate(async () => {
      indexedDB.deleteDatabase('onsite-1');
      await new Promise((resolve) => setTimeout(resolve, 500));
    });
    await page.reload();
    await openVault(page);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('本机的工单不见了');
    await expect(page.getByRole('button', { name: /日志/ })).toHaveCount(0);
    await page.getByRole('button', { name: '重新开始' }).click();
    await openVault(page);
    await expect(page.getByText('原来的工单要从备份恢复')).toBeVisible();
    await page.reload();
    await openVault(page);
    await expect(page.getByRole('button', { name: '新建工单' })).toBeVisible();
  });
});
