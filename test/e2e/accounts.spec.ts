/** People: an administrator makes them on the screen, they sign in, lose their session and get it back. */
import type { OfficeOrder } from '../../domain/review/wire.ts';
import { expect, goTo, test } from './fixtures.ts';
import { ADMINISTRATOR, INSTALLER, join, signIn } from './people.ts';
import { expectSaved, fillFact, newOrder } from './steps.ts';

const PASSWORD = 'abcd-1234-efgh';

test('an administrator adds a team and an installer, who signs in and uploads', async ({
  app,
  service,
}) => {
  test.setTimeout(180_000);
  const { page } = app;
  await service.start();
  await app.enrol(await service.enrolmentCode('administrator'));

  await goTo(page, '#/accounts');
  await page.getByRole('tab', { name: /机构/ }).click();
  await page.getByRole('button', { name: '新增班组' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('名称').fill('样例二班');
  await dialog.getByRole('button', { name: '保存' }).click();
  await expect(page.getByRole('cell', { name: '样例二班' })).toBeVisible();

  await page.getByRole('tab', { name: /人员/ }).click();
  await page.getByRole('button', { name: '新增人员' }).click();
  await dialog.getByLabel('姓名').fill('李样例');
  await dialog.getByLabel('用户名').fill('lisi');
  await dialog.getByLabel('班组').click();
  await page.locator('.ant-select-item-option').filter({ hasText: '样例二班' }).click();
  await dialog.getByLabel('初始密码').fill(PASSWORD);
  await dialog.getByRole('button', { name: '保存' }).click();
  await expect(page.getByRole('row', { name: /李样例/ })).toBeVisible();

  const arrived = async () => {
    const { orders } = await service.office<{ orders: OfficeOrder[] }>('/office/orders');
    return orders.map(({ owner, customer }) => [owner, customer]);
  };
  await signIn(page, 'lisi', 'not the password');
  await expect(page.getByRole('alert').first()).toContainText('用户名或密码不正确');
  await signIn(page, 'lisi', PASSWORD);
  await expect(page.getByRole('button', { name: '新建第一份工单' })).toBeVisible();
  await newOrder(page);
  await fillFact(page, 'customer.name', '样例诊所');
  await expectSaved(page);
  await expect.poll(arrived).toEqual([['李样例', '样例诊所']]);

  // A new password ends the session. What is typed is saved all the same, and sent after signing in.
  const password = await service.onsite('users', 'password', '--username', 'lisi');
  await fillFact(page, 'customer.name', '样例宾馆');
  await expectSaved(page);
  await goTo(page, '#/');
  await expect(page.getByText('登录已失效，请重新登录')).toBeVisible();
  await expect(page.getByText('1 份未上传')).toBeVisible();
  await signIn(page, 'lisi', password);
  await expect.poll(arrived).toEqual([['李样例', '样例宾馆']]);
  expect(await service.onsite('audit', 'verify')).toContain('审计记录完整');
});

test('an administrator ends the session of a device, which keeps what is on it and asks to sign in', async ({
  device,
  service,
}) => {
  test.setTimeout(240_000);
  await service.start();
  const [installer, office] = [await device('installer'), await device('office')];
  await join(installer, service, INSTALLER);
  await newOrder(installer.page);
  await fillFact(installer.page, 'customer.name', '样例诊所');
  await expectSaved(installer.page);
  await goTo(installer.page, '#/');
  const row = installer.page.locator('.order-row');
  await expect(row).toContainText('已上传', { timeout: 60_000 });

  await join(office, service, ADMINISTRATOR);
  const { page } = office;
  await page.getByRole('tab', { name: /设备/ }).click();
  const listed = page.getByRole('row').filter({ hasText: INSTALLER.name });
  await expect(listed).toContainText('正常');
  await listed.getByRole('button', { name: '停用登录' }).click();
  await page.getByRole('dialog').getByRole('button', { name: '停用', exact: true }).click();
  await expect(listed).toContainText('没有登录');

  // Told by the next request: a typed word is enough.
  await row.click();
  await fillFact(installer.page, 'customer.name', '样例宾馆');
  await expectSaved(installer.page);
  await goTo(installer.page, '#/');
  await expect(installer.page.locator('.connection')).toHaveText('登录已失效，请重新登录');
  await expect(row).toContainText('样例宾馆');
  await expect(row).toContainText('待上传');
  const password = await service.onsite('users', 'password', '--username', INSTALLER.username);
  await signIn(installer.page, INSTALLER.username, password);
  await expect(row).toContainText('已上传', { timeout: 60_000 });
});
