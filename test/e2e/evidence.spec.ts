/** A file is closed: signed, stamped, sealed with this device's key, uploaded, and verified offline. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyFile } from '../../domain/evidence/verify.ts';
import { printOrderFile } from '../../domain/order/file.ts';
import type { OfficeOrder } from '../../domain/review/wire.ts';
import type { FieldState } from '../../domain/sync/wire.ts';
import { receivedOrder } from '../../renderer/screens/office/received.ts';
import { expect, goTo, test } from './fixtures.ts';
import { expectSaved, field, openSection, sealPhoto, signAs } from './steps.ts';

const PICTURES = 'test-results/evidence';

test('a signed file is stamped, sealed, uploaded and verified', async ({ app, service }) => {
  test.setTimeout(180_000);
  const { page } = app;
  mkdirSync(PICTURES, { recursive: true });
  await page.getByLabel('工单文件').setInputFiles('test/fixtures/clinic-21.json');
  await openSection(page, 'signing');
  await signAs(page, 'customerRepresentative', '张样例', 1);

  await page.getByLabel('选择甲方公章照片').setInputFiles(await sealPhoto(page));
  await expect(page.getByAltText('甲方公章照片')).toBeVisible();
  await page.getByLabel('选择乙方公章照片').setInputFiles({
    name: '不是照片.png',
    mimeType: 'image/png',
    buffer: Buffer.from('no picture'),
  });
  await expect(page.getByText('不是能读的照片')).toBeVisible();
  await page.locator('.seal-photos').scrollIntoViewIfNeeded();
  await page.screenshot({ path: join(PICTURES, `seals-${app.engine}.png`) });
  await expectSaved(page);

  // What is saved from 文书 are the sealed bytes themselves.
  await openSection(page, 'documents');
  const row = page.locator('[data-document="acceptance"]');
  await expect(row).toContainText('1 页', { timeout: 30_000 });
  const saved = await app.saveAs(() => row.getByRole('button', { name: '另存为' }).click());
  expect(verifyFile(saved)).toMatchObject({ state: 'intact', document: 'acceptance' });

  await service.start();
  await app.enrol(await service.enrolmentCode('installer'));
  await goTo(page, '#/');
  await expect(page.locator('.order-row')).toContainText('已上传', { timeout: 60_000 });
  const { orders } = await service.office<{ orders: OfficeOrder[] }>('/office/orders');
  const id = orders[0]?.id ?? '';
  const { fields } = await service.office<{ fields: FieldState[] }>(`/office/orders/${id}`);
  const { order, attachments } = receivedOrder(id, fields);
  const files = new Map<string, Buffer>();
  for (const { purpose, document, sha256 } of attachments) {
    if (purpose !== 'signed') continue;
    files.set(document, Buffer.from(await service.officeBytes(`/attachments/${sha256}`)));
  }
  await service.stop();
  expect([...files.keys()].sort()).toEqual([
    'acceptance',
    'access-agreement',
    'agreement',
    'commitment',
    'evidence',
    'roster',
    'survey',
  ]);
  expect(files.get('acceptance')).toEqual(Buffer.from(saved));
  for (const [document, bytes] of files) {
    expect(verifyFile(bytes, order), document).toMatchObject({ state: 'intact', document });
    const path = join(PICTURES, `${document}-${app.engine}.pdf`);
    writeFileSync(path, bytes);
    const said = execFileSync('pdfsig', [path], { encoding: 'utf8' });
    expect(said).toContain('Signature is Valid');
    expect(said).toContain('Total document signed');
  }
  // The seal's photo is where it belongs, and nowhere else.
  for (const [document, stamped] of [
    ['acceptance', true],
    ['agreement', true],
    ['survey', false],
  ] as const) {
    const images = execFileSync(
      'pdfimages',
      ['-list', join(PICTURES, `${document}-${app.engine}.pdf`)],
      { encoding: 'utf8' },
    );
    expect(images.includes('image'), document).toBe(stamped);
  }

  // The same verdicts on the screen, without a service.
  const acceptance = files.get('acceptance') ?? Buffer.alloc(0);
  const flipped = Buffer.from(acceptance);
  flipped[4000] = (flipped[4000] ?? 0) ^ 1;
  const pdf = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/pdf', buffer });
  await page.getByRole('link', { name: '验证' }).click();
  await page.getByLabel('要验证的文件').setInputFiles([
    pdf('完整.pdf', acceptance),
    pdf('改动.pdf', flipped),
    pdf('追加.pdf', Buffer.concat([acceptance, Buffer.from('\n')])),
    {
      name: '工单.json',
      mimeType: 'application/json',
      buffer: Buffer.from(printOrderFile(order)),
    },
  ]);
  const states = page.locator('.verdict');
  await expect(states).toHaveCount(3);
  expect(
    await states.evaluateAll((all) => all.map((one) => one.getAttribute('data-state'))),
  ).toEqual(['intact', 'changed', 'extended']);
  for (const verdict of await states.all()) {
    await expect(verdict).toContainText('附件4 集团客户业务受理/变更单');
  }
  await page.screenshot({ path: join(PICTURES, `verify-${app.engine}.png`) });
});

test('what is half typed stops signing, also where nothing need be typed', async ({ app }) => {
  const { page } = app;
  await page.getByLabel('工单文件').setInputFiles('test/fixtures/clinic-21.json');
  await openSection(page, 'agreement');
  await field(page, 'agreement.totalFee').locator('input').fill('12-');
  await openSection(page, 'signing');
  const place = page.locator('.signatory[data-role="customerRepresentative"]');
  await place.getByRole('button', { name: /签署/ }).click();
  await expect(page.getByText('先解决以下 1 项，再签署')).toBeVisible();
  await expect(page.getByText('填的是“12-”')).toBeVisible();
});
