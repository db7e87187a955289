/** Review, from the installer's device to the reviewer's screen and back, round by round. */
import { expect, goTo, test } from './fixtures.ts';
import { INSTALLER, join, REVIEWER } from './people.ts';
import {
  expectSaved,
  field,
  fillFact,
  importFixture,
  openSection,
  remark,
  signAs,
} from './steps.ts';

const CUSTOMER = '样例市样例区样例诊所';
const NAME_REMARK = '与营业执照不符，请核对';
const ROW_REMARK = '这个号码已停用，请更换';
const WHOLE_REMARK = '请补拍门头照片';

test('an order is returned with remarks at its fields, corrected, submitted again, compared and passed', async ({
  device,
  service,
}) => {
  test.setTimeout(480_000);
  await service.start();
  const [installer, reviewer] = [await device('installer'), await device('reviewer')];
  await join(installer, service, INSTALLER);
  await join(reviewer, service, REVIEWER);
  const [{ page: here }, { page: office }] = [installer, reviewer];

  // 已上传: signed at the customer's, sent by itself.
  await importFixture(here, 'clinic-21');
  const order = new URL(here.url()).hash.split('/').slice(0, 3).join('/');
  await openSection(here, 'signing');
  await signAs(here, 'customerRepresentative', '张样例');
  await goTo(here, '#/');
  const row = here.locator('.order-row');
  await expect(row).toContainText('已签署 1/3');
  await expect(row).toContainText('已上传', { timeout: 60_000 });

  // 审核中: the reviewer reads it and what was signed.
  await office.getByRole('button', { name: '刷新' }).click();
  const listed = office.getByRole('row').filter({ hasText: CUSTOMER });
  await expect(listed).toContainText('已上传');
  await listed.getByRole('link').click();
  await office.getByRole('button', { name: '开始审核' }).click();
  await expect(row).toContainText('审核中', { timeout: 45_000 });
  const signed = office.locator('.office-files li').filter({ hasText: '已签' }).first();
  await signed.getByRole('button', { name: '查看' }).click();
  await expect(office.locator('.ant-drawer canvas').first()).toBeVisible();
  await office.keyboard.press('Escape');

  // 退回: at a fact, at a row's cell, and of the whole order.
  await expect(office.getByRole('button', { name: '退回' })).toBeDisabled();
  await remark(office, '集团名称', NAME_REMARK);
  await remark(office, '分机第 2 行 · IMS固话号码', ROW_REMARK);
  await remark(office, '整份工单', WHOLE_REMARK);
  await office.getByRole('button', { name: '退回（3 条意见）' }).click();
  await expect(office.getByText('第 1 轮：退回')).toBeVisible();

  // It says so in the list, in the checklist and at the fields; a click leads there.
  await expect(row).toContainText('退回', { timeout: 45_000 });
  await row.click();
  const panel = here.locator('.review-panel');
  await expect(panel).toContainText('第 1 轮审核：退回');
  await expect(panel).toContainText(WHOLE_REMARK);
  await expect(field(here, 'customer.name')).toContainText(NAME_REMARK);
  await openSection(here, 'agreement');
  await panel.getByRole('button', { name: new RegExp(ROW_REMARK) }).click();
  await expect(here).toHaveURL(/\/survey$/);
  await expect(field(here, 'extensions[1].number')).toBeFocused();
  await panel.getByRole('button', { name: new RegExp(NAME_REMARK) }).click();
  await expect(field(here, 'customer.name').locator('input')).toBeFocused();

  // 再次提交, without a network: corrected, said so, sent when the service is back.
  await service.kill();
  await fillFact(here, 'customer.name', '样例市样例区样例医院');
  await panel.getByRole('button', { name: '已改好，再次提交' }).click();
  await expect(panel).toContainText('再次提交');
  await expectSaved(here);
  await goTo(here, '#/');
  await expect(row).toContainText('待上传');
  await service.start();
  await expect(row).toContainText('再次提交', { timeout: 90_000 });

  // The second round shows what has changed since the first, and passes.
  await office.getByRole('button', { name: '刷新' }).click();
  await expect(office.getByRole('heading', { name: /样例医院/ })).toBeVisible();
  await office.getByRole('button', { name: '开始审核' }).click();
  await office.getByRole('button', { name: '与第 1 轮对比' }).click();
  const changes = office.locator('.ant-drawer tbody tr');
  await expect(changes.filter({ hasText: '集团名称' })).toContainText(CUSTOMER);
  await expect(changes.filter({ hasText: '集团名称' })).toContainText('样例市样例区样例医院');
  await office.keyboard.press('Escape');
  await office.getByRole('button', { name: '通过', exact: true }).click();
  await expect(office.getByText('第 2 轮：通过')).toBeVisible();
  await expect(row).toContainText('通过', { timeout: 45_000 });
  await goTo(here, order);
  await expect(panel).toContainText('后台已审核通过');
  await expect(here.locator('.checklist-entry').filter({ hasText: NAME_REMARK })).toHaveCount(0);
});
