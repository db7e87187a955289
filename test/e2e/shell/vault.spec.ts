/** What only the desktop has of the vault: the system's keystore, its lock, several windows. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { expect, goTo, test } from '../fixtures.ts';
import { keepRecoveryCode, openVault, PIN, typePin } from '../rig/vault.ts';
import { expectSaved, field, newOrder } from '../steps.ts';

const locked = (page: Page) => page.locator('.vault[data-step="locked"]');

/** A system with a keystore, of this account; here there is none. */
const giveKeystore = (shell: ElectronApplication, account: number): Promise<void> =>
  shell.evaluate(({ safeStorage }, mask) => {
    const masked = (bytes: Buffer) => Buffer.from(bytes.map((byte) => byte ^ mask));
    Object.assign(safeStorage, {
      isEncryptionAvailable: () => true,
      getSelectedStorageBackend: () => 'gnome_libsecret',
      encryptString: (plain: string) => masked(Buffer.from(`account ${mask} ${plain}`)),
      decryptString: (message: Buffer) => {
        const [, of, plain] = masked(message).toString().split(' ');
        if (of !== String(mask)) throw new Error('another account');
        return plain;
      },
    });
  }, account);

test('with a keystore the PIN alone opens nothing: another account needs the recovery code', async ({
  app,
}) => {
  const keyFile = () => JSON.parse(readFileSync(join(app.profile, 'keys.json'), 'utf8'));
  expect(keyFile().pin.keystore).toBe(false);
  await app.close();

  await app.start(null);
  await giveKeystore(app.shell, 7);
  await openVault(app.page);
  await expect.poll(() => keyFile().pin.keystore).toBe(true);
  await app.close();

  await app.start(null);
  await giveKeystore(app.shell, 7);
  await openVault(app.page);
  await app.close();

  await app.start(null);
  await giveKeystore(app.shell, 8);
  await typePin(app.page);
  await expect(app.page.getByRole('alert')).toContainText('系统账户打不开口令锁');
});

test('the system’s lock screen and sleep lock it, and a reload needs the PIN then', async ({
  app,
}) => {
  await newOrder(app.page);
  await field(app.page, 'customer.name').locator('input').fill('样例诊所');
  await expectSaved(app.page);
  // A reload of an unlocked session goes on.
  await app.page.reload();
  await expect(field(app.page, 'customer.name').locator('input')).toHaveValue('样例诊所');

  for (const event of ['lock-screen', 'suspend']) {
    await app.shell.evaluate(({ powerMonitor }, name) => void powerMonitor.emit(name), event);
    await expect(locked(app.page)).toBeVisible();
    await app.page.reload();
    await expect(locked(app.page)).toBeVisible();
    await openVault(app.page);
    await expect(field(app.page, 'customer.name').locator('input')).toHaveValue('样例诊所');
  }
});

test('a second window needs no PIN, and locking one locks both', async ({ app }) => {
  const [second] = await Promise.all([
    app.shell.waitForEvent('window'),
    app.page.evaluate(() => window.onsite?.openWindow('#/settings')),
  ]);
  await expect(second.getByText('口令与锁定')).toBeVisible();
  await app.page.keyboard.press('Control+l');
  await expect(locked(app.page)).toBeVisible();
  await expect(locked(second)).toBeVisible();
});

test('a damaged key file heals from its copy; with both damaged that is said', async ({ app }) => {
  const [file, copy] = [join(app.profile, 'keys.json'), join(app.profile, 'keys.copy.json')];
  await app.close();
  writeFileSync(file, readFileSync(file).subarray(0, 100));
  await app.start();
  await expect(app.page.getByRole('button', { name: '锁定' })).toBeVisible();
  expect(readFileSync(file, 'utf8')).toBe(readFileSync(copy, 'utf8'));
  await app.close();

  for (const path of [file, copy]) writeFileSync(path, 'noise');
  await app.start(null);
  await expect(app.page.getByRole('heading', { name: '密钥文件损坏' })).toBeVisible();
  expect(readFileSync(file, 'utf8')).toBe('noise');
});

test('a lost key file comes back from a backup, and the recovery code opens what is there', async ({
  app,
  folder,
}) => {
  const { page } = app;
  await newOrder(page);
  await field(page, 'customer.name').locator('input').fill('样例诊所');
  await expectSaved(page);
  await goTo(page, '#/settings');
  await page.getByRole('button', { name: '换一个' }).click();
  await page.getByLabel('现在的口令').fill(PIN);
  await page.getByRole('button', { name: '下一步' }).click();
  const code = await keepRecoveryCode(page, '完成');
  await expect(page.getByText('恢复码已更换')).toBeVisible();

  const stick = join(folder, 'stick');
  mkdirSync(stick);
  await app.shell.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [path] });
  }, stick);
  await page.getByText('备份文件夹').locator('..').getByRole('button').click();
  await expect(page.getByText('已备份，并读回核对')).toBeVisible({ timeout: 30_000 });
  await app.close();

  for (const name of ['keys.json', 'keys.copy.json']) rmSync(join(app.profile, name));
  await app.start(null);
  await expect(app.page.getByRole('heading', { name: '找不到密钥文件' })).toBeVisible();
  const backup = readdirSync(stick, { recursive: true, encoding: 'utf8' }).find((name) =>
    name.endsWith('.backup'),
  );
  await app.page.getByLabel('备份文件').setInputFiles(join(stick, backup ?? ''));
  await app.page.getByRole('textbox', { name: '恢复码' }).fill(code);
  await app.page.getByRole('button', { name: '用恢复码打开' }).click();
  await app.page.getByLabel('新口令').fill(PIN);
  await app.page.getByLabel('再输一次').fill(PIN);
  await app.page.getByRole('button', { name: '设置新口令' }).click();
  await expect(app.page.locator('.order-row')).toContainText('样例诊所');
});
