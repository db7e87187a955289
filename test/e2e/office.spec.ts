/** The office's list in use: searching, filtering, sorting, and the chosen orders as files. */

import type { Locator, Page } from '@playwright/test';
import { strFromU8, unzipSync } from 'fflate';
import { type App, expect, goTo, test } from './fixtures.ts';
import { ADMINISTRATOR, COLLEAGUE, INSTALLER, join, OTHER_BRANCH, REVIEWER } from './people.ts';
import type { ServiceRig } from './rig/service.ts';
import { expectSaved, fillFact, importFixture, newOrder, openSection, signAs } from './steps.ts';

/** What a spreadsheet would run. */
const FORMULA = '=HYPERLINK("http://invalid.example/","样例宾馆")';
const CLINIC = '样例市样例区样例诊所';

/** Orders of the installer's at the service: a clinic that was signed, one with a formula for a name. */
const uploadOrders = async (installer: App, service: ServiceRig) => {
  await join(installer, service, INSTALLER);
  const { page } = installer;
  await importFixture(page, 'clinic-21');
  await openSection(page, 'signing');
  await signAs(page, 'customerRepresentative', '张样例');
  await goTo(page, '#/');
  await newOrder(page);
  await fillFact(page, 'customer.name', FORMULA);
  await expectSaved(page);
  await goTo(page, '#/');
  await expect(page.locator('.order-row').filter({ hasText: '已上传' })).toHaveCount(2, {
    timeout: 90_000,
  });
};

const names = (page: Page): Locator => page.locator('.office-name');
const choose = async (page: Page, filter: string, option: string) => {
  await page.getByRole('combobox', { name: filter }).click();
  await page.locator('.ant-select-item-option').filter({ hasText: option }).click();
};

test('the list is searched, filtered and sorted, and the chosen orders come as XLSX, CSV and ZIP', async ({
  device,
  service,
}) => {
  test.setTimeout(480_000);
  await service.start();
  const installer = await device('installer');
  await uploadOrders(installer, service);
  await installer.close();
  const reviewer = await device('reviewer');
  await join(reviewer, service, REVIEWER);
  const { page } = reviewer;
  await expect(names(page)).toHaveCount(2);

  await page.getByRole('textbox', { name: '搜索' }).fill('样例诊所');
  await expect(names(page)).toHaveCount(1);
  await page.getByRole('textbox', { name: '搜索' }).fill('没有这一家');
  await expect(page.getByText('没有符合条件的工单')).toBeVisible();
  await page.getByRole('textbox', { name: '搜索' }).fill('');
  await expect(names(page)).toHaveCount(2);

  await names(page).filter({ hasText: CLINIC }).click();
  await page.getByRole('button', { name: '开始审核' }).click();
  await expect(page.getByRole('button', { name: '通过', exact: true })).toBeVisible();
  await page.getByRole('link', { name: '返回' }).click();
  await choose(page, '全部状态', '审核中');
  await expect(names(page)).toHaveText([new RegExp(CLINIC)]);
  await choose(page, '全部状态', '已上传');
  await expect(names(page)).not.toContainText([CLINIC]);
  // Its cross takes clicks while the pointer is over the filter.
  await page.getByRole('combobox', { name: '全部状态' }).hover();
  await page.locator('.office-filters .ant-select-clear').click();
  await expect(names(page)).toHaveCount(2);
  await choose(page, '全部班组', '样例一班');
  await expect(names(page)).toHaveCount(2);

  const byName = page.getByRole('columnheader', { name: '集团名称' });
  await byName.click();
  await expect(byName).toHaveAttribute('aria-sort', 'ascending');
  const ascending = [/HYPERLINK/, new RegExp(CLINIC)];
  await expect(names(page)).toHaveText(ascending);
  await byName.click();
  await expect(byName).toHaveAttribute('aria-sort', 'descending');
  await expect(names(page)).toHaveText([...ascending].reverse());

  // Nothing chosen, nothing to export.
  await expect(page.getByRole('button', { name: '导出' })).toBeDisabled();
  await page.getByRole('checkbox', { name: '全选' }).check();
  const exportAs = (format: string) =>
    reviewer.saveAs(async () => {
      await page.getByRole('button', { name: '导出 2 份' }).click();
      await page.getByRole('menuitem', { name: format }).click();
    });

  const csv = Buffer.from(await exportAs('CSV'));
  expect([...csv.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  const text = csv.toString('utf8');
  expect(text).toContain(`"'=HYPERLINK(""http://invalid.example/"",""样例宾馆"")"`);
  expect(text).not.toMatch(/(^|,)"?[=+\-@]/m);
  expect(text).toContain(CLINIC);

  const workbook = Object.entries(unzipSync(await exportAs('Excel')));
  const parts = workbook.map(([name, bytes]) => [name, strFromU8(bytes)] as const);
  const sheet = parts.find(([name]) => name.endsWith('sheet1.xml'))?.[1] ?? '';
  const all = parts.map(([, part]) => part).join('');
  expect(sheet).not.toMatch(/<f[ >]/);
  expect(all).toMatch(/(&apos;|')=HYPERLINK/);
  expect(all).toContain(CLINIC);

  // The ZIP says how far it is: the second file is held until somebody has seen it say so.
  let asked = 0;
  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route('**/attachments/*', async (route) => {
    asked += 1;
    if (asked === 2) await held;
    await route.continue();
  });
  const zipped = exportAs('PDF');
  const progress = page.getByRole('dialog').filter({ hasText: '正在导出' });
  await expect(progress).toContainText(/^.*1\/\d+/);
  letGo();
  const files = Object.entries(unzipSync(await zipped));
  await expect(progress).toBeHidden();
  expect(files.length).toBeGreaterThan(3);
  for (const [path, bytes] of files) {
    expect(path).toMatch(/^\S+ 样例市样例区样例诊所\/[^/]+\.pdf$/);
    expect(strFromU8(bytes.subarray(0, 5))).toBe('%PDF-');
  }
  expect(asked).toBe(files.length);

  // Cancelled half way, also while a file does not come, nothing is saved and it can be begun again.
  asked = 1;
  await page.unroute('**/attachments/*');
  await page.route('**/attachments/*', () => undefined);
  await page.getByRole('button', { name: '导出 2 份' }).click();
  await page.getByRole('menuitem', { name: 'PDF' }).click();
  await progress.getByRole('button', { name: '取消' }).click();
  await expect(page.getByText('已取消导出')).toBeVisible({ timeout: 15_000 });
  await expect(progress).toBeHidden();
});

test('nobody sees an order of another branch, in no list and by no address', async ({
  device,
  service,
}) => {
  test.setTimeout(480_000);
  await service.start();
  const installer = await device('installer');
  await join(installer, service, INSTALLER);
  await newOrder(installer.page);
  await fillFact(installer.page, 'customer.name', '样例诊所');
  await expectSaved(installer.page);
  const id = new URL(installer.page.url()).hash.split('/')[2] ?? '';
  await goTo(installer.page, '#/');
  await expect(installer.page.locator('.order-row')).toContainText('已上传', { timeout: 60_000 });
  await installer.close();

  const reviewer = await device('reviewer');
  await join(reviewer, service, { ...REVIEWER, organisation: OTHER_BRANCH });
  await expect(reviewer.page.getByText('还没有收到工单')).toBeVisible();
  await goTo(reviewer.page, `#/office/${id}`);
  await expect(reviewer.page.getByText('没有这份工单')).toBeVisible();
  await reviewer.close();

  const other = await device('other');
  const team = `${OTHER_BRANCH}/邻市一班`;
  await join(other, service, { ...COLLEAGUE, organisation: team });
  await expect(other.page.locator('.connection')).toHaveText('已连接');
  await expect(other.page.getByText('还没有工单')).toBeVisible();
  for (const address of [`#/office/${id}`, `#/orders/${id}`]) {
    await goTo(other.page, address);
    await expect(other.page.getByText('没有这份工单')).toBeVisible();
  }
  await other.close();

  // Whoever looks after people reads no order, not even of the own branch.
  const administrator = await device('administrator');
  await join(administrator, service, ADMINISTRATOR);
  for (const address of ['#/office', `#/office/${id}`]) {
    await goTo(administrator.page, address);
    await expect(administrator.page.getByText('这个账号不能看工单')).toBeVisible();
  }
});
