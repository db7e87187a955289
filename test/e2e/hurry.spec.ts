/** A person in a hurry, a full disk, and files and names that nobody should have made. */
import { expect, goTo, test } from './fixtures.ts';
import { drawSignature, expectSaved, field, fillFact, newOrder, openSection } from './steps.ts';

test('two clicks on the button make one order', async ({ app }) => {
  const { page } = app;
  await page.getByRole('button', { name: '新建工单' }).dblclick();
  await expect(field(page, 'customer.name')).toBeVisible();
  await goTo(page, '#/');
  await expect(page.getByRole('button', { name: /^全部/ })).toHaveText('全部 1');
});

test('a file that is not UTF-8 is told and makes no order', async ({ app }) => {
  const { page } = app;
  // “样例” as an old Chinese editor writes it: valid JSON, with names that would come out as �.
  const name = Buffer.from([0xd1, 0xf9, 0xc0, 0xfd]);
  const head = '{"format":"onsite-order","version":1,"order":{"carrier":{"name":"';
  const buffer = Buffer.concat([Buffer.from(head), name, Buffer.from('"}}}')]);
  await page
    .getByLabel('工单文件')
    .setInputFiles({ name: '旧.json', mimeType: 'application/json', buffer });
  await expect(page.getByRole('dialog')).toContainText('不是 UTF-8 编码的文件');
  await expect(page.getByText('还没有工单')).toBeVisible();
});

test('signing with double clicks signs once; a name that no font has is told by its name', async ({
  app,
}) => {
  const { page } = app;
  await page.getByLabel('工单文件').setInputFiles('test/fixtures/clinic-21.json');
  await expect(field(page, 'customer.name')).toBeVisible();
  await openSection(page, 'signing');
  const place = page.locator('.signatory').first();
  await place.getByRole('button', { name: '开始签署' }).dblclick();
  await page.getByRole('checkbox', { name: '我已阅读以上文书' }).check();
  await page.getByRole('button', { name: '去签名' }).click();

  await page.getByLabel('签署人姓名').fill('张样例😀');
  await drawSignature(page);
  await page.getByRole('button', { name: '确认签署' }).click();
  await expect(page.getByRole('alert')).toContainText(
    '“签署人姓名”中的“😀”（U+1F600）没有字体可以打印',
  );

  await page.getByLabel('签署人姓名').fill('张样例');
  await page.getByRole('button', { name: '确认签署' }).dblclick();
  await expect(place).toHaveAttribute('data-state', 'standing');
});

test('a full disk is told on every screen; what was typed is saved once there is room', async ({
  app,
  engine,
}) => {
  test.skip(engine === 'electron', 'DevTools limits the storage of web addresses only');
  const { page } = app;
  await newOrder(page);
  const origin = await page.evaluate(() => location.origin);
  const disk = await page.context().newCDPSession(page);
  // What the browser has granted the journal's file counts as long as it is open: a second.
  await page.waitForTimeout(1_500);
  await disk.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
  await fillFact(page, 'customer.address', '样例路 8 号');

  const told = page.getByRole('alert').filter({ hasText: '磁盘空间不足' });
  await expect(told).toBeInViewport({ ratio: 1 });
  await expect(page.locator('.saved-state')).toHaveText('保存失败');
  await goTo(page, '#/');
  await expect(told).toBeInViewport({ ratio: 1 });
  await page.goBack();
  await expect(field(page, 'customer.address').locator('input')).toHaveValue('样例路 8 号');

  await disk.send('Storage.overrideQuotaForOrigin', { origin });
  await expect(told).toHaveCount(0, { timeout: 30_000 });
  await expectSaved(page);
});
