/** Every screen of an order and of the device, on a laptop and on an upright tablet. */
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, goTo, test } from './fixtures.ts';
import { look, SIZE_NAMES, SIZES } from './rig/look.ts';
import { drawSignature, expectSaved, field, openSection, signAs } from './steps.ts';

const importFixture = async (page: Page, name: string) => {
  const path = fileURLToPath(new URL(`../fixtures/${name}.json`, import.meta.url));
  await page.getByLabel('工单文件').setInputFiles(path);
  await expect(page).toHaveURL(/\/orders\/.*\/customer/);
};

test('every screen fits the laptop and the upright tablet', async ({ app, service, engine }) => {
  test.skip(engine !== 'chromium', 'the window of a desktop app cannot be turned like a tablet');
  test.setTimeout(180_000);
  await service.start();
  await app.enrol(await service.enrolmentCode('installer'));
  const { page } = app;
  await goTo(page, '#/');
  for (const name of ['cancellation', 'mistakes', 'hotel-210', 'clinic-21']) {
    await importFixture(page, name);
    await expectSaved(page);
    if (name !== 'clinic-21') await goTo(page, '#/');
  }
  await openSection(page, 'signing');
  await signAs(page, 'customerRepresentative', '张样例', 1);
  await expectSaved(page);
  await expect(page.getByText('已签署并保存')).toHaveCount(0);
  const clinic = page.url().slice(page.url().indexOf('#'), page.url().lastIndexOf('/'));

  for (const size of SIZE_NAMES) {
    await page.setViewportSize(SIZES[size]);
    await goTo(page, '#/');
    await expect(page.locator('.order-row')).toHaveCount(4);
    await look(page, size, 'list');
    for (const section of ['customer', 'survey', 'service', 'roster', 'agreement', 'upload']) {
      await goTo(page, `${clinic}/${section}`);
      await expect(page.locator('main.section')).not.toContainText('正在打开');
      if (section === 'survey' || section === 'roster') await page.locator('.sheet').waitFor();
      await look(page, size, section);
    }
    await goTo(page, `${clinic}/documents`);
    await expect(page.locator('[data-document="survey"]')).toContainText('2 页');
    await expect(page.locator('canvas').first()).toBeVisible();
    await page.waitForTimeout(800);
    await look(page, size, 'documents');

    await goTo(page, `${clinic}/signing`);
    await expect(page.locator('.signatory')).toHaveCount(3);
    await look(page, size, 'signatories');
    await page.locator('.signatory[data-role="carrierAgent"]').getByRole('button').last().click();
    await page.getByRole('checkbox', { name: '我已阅读以上文书' }).waitFor();
    await page.waitForTimeout(800);
    await look(page, size, 'reading');
    await page.getByRole('checkbox', { name: '我已阅读以上文书' }).check();
    await page.getByRole('button', { name: '去签名' }).click();
    await drawSignature(page, 2);
    await look(page, size, 'signing');
    await page.getByRole('button', { name: '退出签署' }).click();

    await goTo(page, '#/settings');
    await expect(page.getByText('样例装维').first()).toBeVisible();
    await look(page, size, 'settings');
  }

  // An order full of mistakes: the checklist as a drawer on the tablet, beside the form on the laptop.
  await goTo(page, '#/');
  await page.locator('.order-row').filter({ hasText: 'YL' }).nth(2).click();
  await expect(field(page, 'customer.name')).toBeVisible();
  await page.locator('.checklist-button').click();
  await look(page, 'tablet', 'checklist');
});
