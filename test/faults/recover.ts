/** The way back that the pages of trouble offer, as a person goes it. */
import type { Page } from '@playwright/test';
import { expect } from '../e2e/fixtures.ts';
import { openVault } from '../e2e/rig/vault.ts';

/** Presses what the pages of trouble offer until the work is on the screen. @returns the pages that were shown */
export const recover = async (page: Page): Promise<string[]> => {
  const troubles: string[] = [];
  const trouble = page.locator('.recovery');
  const usable = page.getByRole('button', { name: '新建工单' });
  for (;;) {
    await expect(trouble.or(usable).or(page.locator('.vault')).first()).toBeVisible({
      timeout: 60_000,
    });
    if (await page.locator('.vault').isVisible()) {
      await openVault(page);
      continue;
    }
    if (!(await trouble.isVisible())) return troubles;
    if (troubles.length === 4) throw new Error(`no way out of ${troubles.join(', ')}`);
    troubles.push((await trouble.getAttribute('data-trouble')) ?? '');
    await Promise.all([
      page.waitForEvent('load'),
      page.getByRole('button', { name: /^(从日志重建|重建能读的部分)$/ }).click(),
    ]);
  }
};
