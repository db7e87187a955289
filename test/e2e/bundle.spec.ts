/**
 * What a device without a network exports reaches the office, another device and, in the end, nobody
 * twice; and a lost device that is ordered wiped keeps nothing.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import type { OfficeOrder } from '../../domain/review/wire.ts';
import { STORED_FIELD } from '../../domain/sync/record.ts';
import type { FieldState } from '../../domain/sync/wire.ts';
import { type App, expect, goTo, test } from './fixtures.ts';
import { launchChromium, launchElectron } from './rig/engines.ts';
import { startGateway } from './rig/gateway.ts';
import type { ServiceRig } from './rig/service.ts';
import { expectSaved, importFixture, openSection, sealPhoto, signAs } from './steps.ts';

const SIZES = {
  laptop: { width: 1366, height: 768 },
  tablet: { width: 820, height: 1180 },
} as const;
const pictures = fileURLToPath(new URL('../../test-results/screens/', import.meta.url));

/** Keeps what the screen shows for people to look at, at both sizes. */
const look = async (page: Page, engine: App['engine'], name: string) => {
  if (engine !== 'chromium') return;
  mkdirSync(pictures, { recursive: true });
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    await page.waitForTimeout(400);
    const path = join(pictures, `${name}-${size}.png`);
    await page.screenshot({ path, animations: 'disabled' });
  }
  await page.setViewportSize(SIZES.laptop);
};

/** An order with a signature, its PDFs and the photo of a seal, on a device that is offline. */
const signedOrder = async ({ page }: App) => {
  await importFixture(page, 'clinic-21');
  await openSection(page, 'signing');
  await signAs(page, 'customerRepresentative', '张样例', 1);
  await page.getByLabel('选择甲方公章照片').setInputFiles(await sealPhoto(page));
  await expect(page.locator('.seal-photo img').first()).toBeVisible();
  await expectSaved(page);
  await goTo(page, '#/');
};

/** Exports everything that is not uploaded. */
const exportAll = async (app: App, whom: '只有后台' | '知道口令的人') => {
  const { page } = app;
  await page.getByRole('button', { name: '导出到U盘' }).click();
  await page.getByRole('radio', { name: '选择工单' }).check();
  await look(page, app.engine, 'export-choice');
  await page.getByRole('radio', { name: '全部未上传' }).check();
  await page.getByRole('radio', { name: whom }).check();
  const dialog = page.getByRole('dialog');
  await look(page, app.engine, whom === '只有后台' ? 'export-office' : 'export-passphrase');
  const passphrase =
    whom === '只有后台' ? '' : await page.getByLabel('文件口令', { exact: true }).inputValue();
  const bytes = await app.saveAs(() =>
    page.getByRole('button', { name: '选择位置并导出' }).click(),
  );
  await expect(dialog).toContainText('已导出 1 份工单');
  await look(page, app.engine, 'exported');
  await dialog.getByRole('button', { name: '完成' }).click();
  return { buffer: Buffer.from(bytes), passphrase };
};

const onsiteFile = (buffer: Buffer) => ({
  name: '勘签-样例.onsite',
  mimeType: 'application/octet-stream',
  buffer,
});

/** What the service has, but for who noted that bytes arrived, and when: each device that sent them does. */
const received = async (service: ServiceRig) => {
  const { orders } = await service.office<{ orders: OfficeOrder[] }>('/office/orders');
  const [order] = orders;
  if (!order || orders.length > 1) throw new Error(`${orders.length} orders`);
  const { fields } = await service.office<{ fields: FieldState[] }>(`/office/orders/${order.id}`);
  const { receivedAt: _, ...rest } = order;
  return { order: rest, fields: fields.filter(({ field }) => field !== STORED_FIELD) };
};

const unsent = (page: Page) => page.locator('.orders-unsent');

/** Another machine with the same app. */
const another = async (app: App, folder: string, service: ServiceRig, name: string) => {
  const gateway = await startGateway(join(process.cwd(), 'dist/renderer'), service.url);
  const launch = { profile: join(folder, name), page: gateway.url, service: service.url };
  const running = await (app.engine === 'electron'
    ? launchElectron(launch)
    : launchChromium(launch));
  return {
    page: running.page,
    close: async () => {
      await running.close();
      gateway.close();
    },
  };
};

const enrolAt = async (page: Page, code: string) => {
  await goTo(page, '#/settings');
  await page.getByLabel('登记码').fill(code);
  await page.getByRole('button', { name: '登记本设备' }).click();
  await expect(page.getByText('本设备已登记')).toBeVisible();
};

test('what a device without a network exports comes in once, by whichever way', async ({
  app,
  service,
  folder,
}) => {
  test.setTimeout(240_000);
  await service.start();
  await app.enrol(await service.enrolmentCode('installer'));
  await service.stop();
  await signedOrder(app);
  await expect(unsent(app.page)).toHaveText('1 份未上传');
  const forOffice = await exportAll(app, '只有后台');
  const forOthers = await exportAll(app, '知道口令的人');
  // Only receipts empty the outbox.
  await expect(unsent(app.page)).toHaveText('1 份未上传');
  await app.close();

  // The office gets the file; done twice it changes nothing.
  await service.start();
  const office = await another(app, folder, service, 'office');
  await enrolAt(office.page, await service.enrolmentCode('reviewer'));
  await goTo(office.page, '#/office');
  await look(office.page, app.engine, 'office-import');
  for (const said of ['后台已收下 1 份工单', '后台都有，没有变化']) {
    await office.page.getByLabel('U盘文件').setInputFiles(onsiteFile(forOffice.buffer));
    await expect(office.page.getByRole('dialog')).toContainText(said, { timeout: 30_000 });
    await look(office.page, app.engine, 'office-imported');
    await office.page.getByRole('button', { name: '关闭' }).last().click();
  }
  await expect(office.page.getByText('样例市样例区样例诊所').first()).toBeVisible();
  await office.close();
  const before = await received(service);
  expect(before.order.attachments.every(({ stored }) => stored)).toBe(true);
  expect(before.order.signatures).toBe(1);

  // Another device takes the other file, with its passphrase, and uploads what it got.
  const other = await another(app, folder, service, 'second');
  await enrolAt(other.page, await service.enrolmentCode('installer'));
  await goTo(other.page, '#/');
  await other.page.getByLabel('工单文件').setInputFiles(onsiteFile(forOthers.buffer));
  await other.page.getByLabel('文件口令', { exact: true }).fill('别的口令别的口令');
  await other.page.getByRole('button', { name: '导入' }).last().click();
  await expect(other.page.getByRole('dialog')).toContainText('口令不对', { timeout: 30_000 });
  await look(other.page, app.engine, 'import-passphrase');
  await other.page.getByLabel('文件口令', { exact: true }).fill(forOthers.passphrase);
  await other.page.getByRole('button', { name: '导入' }).last().click();
  const dialog = other.page.getByRole('dialog');
  await expect(dialog).toContainText('已导入 1 份工单', { timeout: 30_000 });
  await look(other.page, app.engine, 'imported');
  await other.page.getByRole('button', { name: '关闭' }).last().click();
  await expect(other.page.locator('.order-row')).toHaveCount(1);
  await expect(other.page.locator('.order-row')).toContainText('已上传', { timeout: 30_000 });
  await other.close();
  expect(await received(service)).toEqual(before);

  // The device itself comes online: its outbox empties, and nothing is there twice.
  await app.start();
  await expect(app.page.locator('.order-row')).toContainText('已上传', { timeout: 30_000 });
  await expect(unsent(app.page)).toHaveCount(0);
  const after = await received(service);
  expect(after.fields).toEqual(before.fields);
  expect(after.order.attachments).toEqual(before.order.attachments);
});

test('a file that is damaged or for somebody else is refused with a reason, and nothing comes in', async ({
  app,
  service,
}) => {
  await service.start();
  await app.enrol(await service.enrolmentCode('installer'));
  await service.stop();
  await importFixture(app.page, 'clinic-21');
  await goTo(app.page, '#/');
  const { buffer } = await exportAll(app, '知道口令的人');
  const { page } = app;
  const refusal = async (content: Buffer) => {
    await page.getByLabel('工单文件').setInputFiles(onsiteFile(content));
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('没有导入');
    const text = await dialog.textContent();
    await look(page, app.engine, 'import-refused');
    await page.getByRole('button', { name: '关闭' }).last().click();
    return text;
  };
  expect(await refusal(Buffer.from('ONSITE BUNDLE 2\nlater'))).toContain('较新版本');
  const damaged = Buffer.from(buffer);
  damaged[20] = (damaged[20] ?? 0) ^ 1;
  expect(await refusal(damaged)).toContain('已损坏');
  await expect(page.locator('.order-row')).toHaveCount(1);
});

test.describe('a lost device that is ordered wiped', () => {
  const expectWiped = async (app: App, service: ServiceRig) => {
    const { page } = app;
    // A device whose line is dead hears it in its next round, half a minute later.
    await expect(page.getByRole('heading', { name: '这台设备已被清除' })).toBeVisible({
      timeout: 60_000,
    });
    await expect(page.getByRole('status')).toHaveText('后台已收到清除的消息。');
    expect(await service.onsite('devices')).toContain('已清除');
    await look(page, app.engine, 'wiped');
    const databases = await page.evaluate(async () =>
      (await indexedDB.databases()).map(({ name }) => name),
    );
    expect(databases).toEqual([]);
    if (app.engine === 'electron') {
      const left = readdirSync(app.profile);
      for (const name of ['journal', 'attachments']) expect(left).not.toContain(name);
      expect(left.filter((name) => name.startsWith('keys'))).toEqual([]);
    }
    await page.reload();
    await expect(page.getByRole('heading', { name: '这台设备已被清除' })).toBeVisible();
    await expect(page.getByText('样例诊所')).toHaveCount(0);
  };

  test('erases everything at its next contact, and says so', async ({ app, service }) => {
    await service.start();
    await app.enrol(await service.enrolmentCode('installer'));
    await importFixture(app.page, 'clinic-21');
    await service.onsite('wipe', '--device', await service.deviceOf('installer'));
    await expectWiped(app, service);
  });

  test('erases everything when it is locked, too', async ({ app, service }) => {
    await service.start();
    await app.enrol(await service.enrolmentCode('installer'));
    await importFixture(app.page, 'clinic-21');
    await goTo(app.page, '#/');
    await expect(app.page.locator('.order-row')).toContainText('已上传', { timeout: 30_000 });
    await app.page.getByRole('button', { name: '锁定' }).click();
    await app.page.getByLabel('口令', { exact: true }).waitFor();
    await service.onsite('wipe', '--device', await service.deviceOf('installer'));
    await app.page.reload();
    await expectWiped(app, service);
  });
});
