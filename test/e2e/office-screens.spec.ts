/** Every screen of the people around an order: signing in, office, review, conflict, administration. */
import { expect, goTo, test } from './fixtures.ts';
import {
  ADMINISTRATOR,
  addPerson,
  COLLEAGUE,
  INSTALLER,
  join,
  REVIEWER,
  signIn,
} from './people.ts';
import { look, lookAtEach, SIZES } from './rig/look.ts';
import {
  expectSaved,
  field,
  fillFact,
  importFixture,
  newOrder,
  openSection,
  remark,
  signAs,
} from './steps.ts';

const CLINIC = '样例市样例区样例诊所';

test('every screen of the office, of review and of conflicts fits the laptop and the tablet', async ({
  device,
  service,
  engine,
}) => {
  test.skip(engine !== 'chromium', 'the window of a desktop app cannot be turned like a tablet');
  test.setTimeout(900_000);
  await service.start();

  const reviewer = await device('reviewer');
  const office = reviewer.page;
  await goTo(office, '#/office');
  await expect(office.getByText('先登录，才能看收到的工单')).toBeVisible();
  await lookAtEach(office, 'office-signed-out');
  const password = await addPerson(service, REVIEWER);
  await goTo(office, '#/sign-in');
  await lookAtEach(office, 'sign-in');
  await signIn(office, REVIEWER.username, 'not the password');
  await expect(office.getByRole('alert')).toContainText('用户名或密码不正确');
  await lookAtEach(office, 'sign-in-wrong');
  await signIn(office, REVIEWER.username, password);
  await expect(office.getByText('还没有收到工单')).toBeVisible();
  await lookAtEach(office, 'office-empty');

  const installer = await device('installer');
  const here = installer.page;
  await join(installer, service, INSTALLER);
  await newOrder(here);
  await fillFact(here, 'customer.name', '样例市样例区样例书店');
  await fillFact(here, 'customer.contact.phone', '13900000004');
  await expectSaved(here);
  for (const name of ['cancellation', 'hotel-210', 'clinic-21']) await importFixture(here, name);
  await openSection(here, 'signing');
  await signAs(here, 'customerRepresentative', '张样例', 1);
  await expectSaved(here);
  const clinic = new URL(here.url()).hash.split('/').slice(0, 3).join('/');
  await goTo(here, '#/');
  const row = here.locator('.order-row');
  await expect(row.filter({ hasText: '已上传' })).toHaveCount(4, { timeout: 90_000 });

  // A decision is about what the reviewer has read: all signed files are there before.
  const listed = office.getByRole('row').filter({ hasText: CLINIC });
  await expect(async () => {
    await office.getByRole('button', { name: '刷新' }).click();
    await expect(listed).toContainText('13/13');
    await expect(row.filter({ hasText: '已上传' })).toHaveCount(4);
  }).toPass();
  await office.getByRole('link', { name: CLINIC }).click();
  await expect(office.locator('.office-files')).toBeVisible();
  await lookAtEach(office, 'office-order');
  await office.getByRole('button', { name: '开始审核' }).click();
  await remark(office, '集团名称', '与营业执照不符，请核对');
  await remark(office, '分机第 2 行 · IMS固话号码', '这个号码已停用，请更换');
  await remark(office, '整份工单', '请补拍门头照片');
  await lookAtEach(office, 'review-open');
  await office.getByRole('button', { name: '对“有效资质编号”提意见' }).click();
  await expect(office.getByRole('textbox', { name: '对“有效资质编号”的意见' })).toBeVisible();
  await lookAtEach(office, 'review');
  await office.keyboard.press('Escape');
  await office.getByRole('heading', { name: /审核/ }).first().click();
  await office.getByRole('button', { name: '退回（3 条意见）' }).click();
  await expect(office.getByText('第 1 轮：退回')).toBeVisible();
  await lookAtEach(office, 'review-returned');
  await office.getByRole('link', { name: '返回' }).click();
  for (const [name, decision] of [
    ['样例个体超市', '通过'],
    ['样例大酒店有限责任公司', null],
  ] as const) {
    await office.getByRole('link', { name }).click();
    await office.getByRole('button', { name: '开始审核' }).click();
    await office.getByRole('button', { name: decision ?? '退回', exact: true }).waitFor();
    if (decision) await office.getByRole('button', { name: decision, exact: true }).click();
    if (decision) await expect(office.getByText(`第 1 轮：${decision}`)).toBeVisible();
    await office.getByRole('link', { name: '返回' }).click();
  }
  await office.getByRole('checkbox').nth(1).check();
  await office.getByRole('checkbox').nth(2).check();
  await lookAtEach(office, 'office');
  await office.getByRole('textbox', { name: '搜索' }).fill('没有这一家');
  await expect(office.getByText('没有符合条件的工单')).toBeVisible();
  await lookAtEach(office, 'office-none');
  await office.getByRole('textbox', { name: '搜索' }).fill('');

  // A conflict with a colleague's device, on the returned order.
  const colleague = await device('colleague');
  await join(colleague, service, COLLEAGUE);
  const there = colleague.page;
  await expect(there.locator('.order-row')).toHaveCount(4, { timeout: 90_000 });
  await expect(row.filter({ hasText: CLINIC })).toContainText('退回', { timeout: 60_000 });
  await lookAtEach(here, 'list-returned');
  await here.setViewportSize(SIZES.laptop);
  await goTo(here, `${clinic}/customer`);
  await goTo(there, `${clinic}/customer`);
  await expect(here.locator('.review-panel')).toContainText('退回');
  await lookAtEach(here, 'returned');
  // On the tablet the checklist lies over the form.
  await here.getByRole('button', { name: '清单' }).first().click();
  await expect(here.locator('.review-panel')).toContainText('退回');
  await look(here, 'tablet', 'returned-checklist');
  await here.keyboard.press('Escape');
  await expect(field(there, 'customer.name')).toBeVisible();
  await service.kill();
  await fillFact(here, 'customer.name', `${CLINIC}（有限公司）`);
  await fillFact(here, 'customer.contact.name', '陈样例');
  await expectSaved(here);
  await fillFact(there, 'customer.name', '样例市样例区样例诊所有限公司');
  await fillFact(there, 'customer.contact.name', '陈样历');
  await expectSaved(there);
  await service.start();
  await expect(here.locator('[data-conflict]').first()).toBeVisible({ timeout: 90_000 });
  await lookAtEach(here, 'conflict');
  await here.getByRole('button', { name: '整单对比' }).click();
  await lookAtEach(here, 'conflict-whole');
  await here.keyboard.press('Escape');
  await colleague.close();
  while ((await here.locator('[data-conflict]').count()) > 0) {
    const before = await here.locator('[data-conflict]').count();
    await here.getByRole('button', { name: '保留这个' }).first().click();
    await expect(here.locator('[data-conflict]')).toHaveCount(before - 1);
  }
  await here.setViewportSize(SIZES.laptop);
  await here.getByRole('button', { name: '已改好，再次提交' }).click();
  await expect(here.locator('.review-panel')).toContainText('再次提交');
  await goTo(here, '#/settings');
  await expect(here.getByText('退出登录')).toBeVisible();
  await expect(here.getByText('已再次提交。')).toBeHidden();
  await lookAtEach(here, 'settings-account');
  await goTo(here, '#/');
  await expect(row.filter({ hasText: CLINIC })).toContainText('再次提交', { timeout: 60_000 });

  await goTo(office, `#/office/${clinic.split('/')[2]}`);
  await office.getByRole('button', { name: '刷新' }).click();
  await office.getByRole('button', { name: '开始审核' }).click();
  await office.getByRole('button', { name: '与第 1 轮对比' }).click();
  await expect(office.locator('.ant-drawer tbody tr').first()).toBeVisible();
  await lookAtEach(office, 'comparison');
  await office.keyboard.press('Escape');
  await reviewer.close();

  const administrator = await device('administrator');
  const { page } = administrator;
  await join(administrator, service, ADMINISTRATOR);
  await expect(page.getByRole('row', { name: new RegExp(INSTALLER.name) })).toBeVisible();
  await lookAtEach(page, 'accounts-people');
  await page.getByRole('button', { name: '新增人员' }).click();
  await lookAtEach(page, 'accounts-person');
  await page.getByRole('dialog').getByRole('button', { name: '取消' }).click();
  await page.getByRole('tab', { name: /机构/ }).click();
  await lookAtEach(page, 'accounts-organisations');
  await page.getByRole('tab', { name: /设备/ }).click();
  await expect(page.getByRole('row', { name: new RegExp(INSTALLER.name) })).toBeVisible();
  await lookAtEach(page, 'accounts-devices');
});
