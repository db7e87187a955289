/** The vault as the person at the laptop opens it. */
import type { Page } from '@playwright/test';

/** The PIN of every test's profile. */
export const PIN = '271828';

/** Sets the PIN of a profile that has none, and says that the recovery code is kept. */
const setPin = async (page: Page, pin: string): Promise<void> => {
  await page.getByLabel('新口令').fill(pin);
  await page.getByLabel('再输一次').fill(pin);
  await page.getByRole('button', { name: '设置口令' }).click();
  await keepRecoveryCode(page);
};

/** Says that the code on the screen is kept; gives it. */
export const keepRecoveryCode = async (page: Page, action = '开始使用'): Promise<string> => {
  await page.getByLabel('恢复码', { exact: true }).waitFor();
  const groups = await page.getByLabel('恢复码', { exact: true }).locator('span').allTextContents();
  await page.getByRole('checkbox', { name: '我已打印或抄好恢复码' }).check();
  await page.getByRole('button', { name: action }).click();
  return groups.join('-');
};

export const typePin = async (page: Page, pin = PIN): Promise<void> => {
  await page.getByLabel('口令', { exact: true }).fill(pin);
  await page.getByRole('button', { name: '打开' }).click();
};

/** Opens the vault, new or locked, of a page that has just been loaded. @param pin null leaves it closed */
export const openVault = async (page: Page, pin: string | null = PIN): Promise<void> => {
  const vault = page.locator('.vault');
  if (pin === null) {
    await vault.or(page.locator('.notice')).waitFor({ timeout: 30_000 });
    return;
  }
  await vault.waitFor({ timeout: 30_000 });
  if ((await vault.getAttribute('data-step')) === 'new') await setPin(page, pin);
  else await typePin(page, pin);
  await vault.waitFor({ state: 'detached' });
};
