/**
 * The main job, end to end, as a person does it: an order filled offline, signed, printed and
 * uploaded. Runs in Chromium and in the real Electron.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DOCUMENT_TITLES, type DocumentId } from '../../domain/order/dictionary.ts';
import type { Order } from '../../domain/order/order.ts';
import { signatureState } from '../../domain/order/signature.ts';
import type { OfficeOrder } from '../../domain/review/wire.ts';
import type { FieldState } from '../../domain/sync/wire.ts';
import { receivedOrder } from '../../renderer/screens/office/received.ts';
import { expect, test } from './fixtures.ts';
import {
  expectSaved,
  factsOfSection,
  field,
  fillFact,
  fixtureOrder,
  newOrder,
  openSection,
  paste,
  signAs,
} from './steps.ts';

/** What the signatories sign; the evidence page only closes the file. */
const SIGNED = [
  'agreement',
  'access-agreement',
  'commitment',
  'survey',
  'acceptance',
  'roster',
] as const satisfies readonly DocumentId[];

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** What poppler reads in a PDF, spaces and line breaks left out: a cell may wrap anywhere. */
const textOf = (path: string): string =>
  execFileSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' }).replace(/\s+/g, '');

const pagesOf = (path: string): number =>
  Number(/Pages:\s+(\d+)/.exec(execFileSync('pdfinfo', [path], { encoding: 'utf8' }))?.[1]);

/** The extension table keeps the digits of a number and drops its dashes. */
const digits = (number = ''): string => number.replace(/\D/g, '');

/** The facts a person types, without those that the app gives. */
const typedFacts = ({ facts }: Order) => {
  const { orderNumber: _, ...typed } = facts;
  return typed;
};

test('an order is filled offline, signed, printed and uploaded', async ({ app, service }) => {
  test.setTimeout(240_000);
  const clinic = fixtureOrder('clinic-21');
  const { page } = app;
  const fillSection = async (section: string) => {
    await openSection(page, section);
    for (const [key, value] of factsOfSection(clinic, section)) await fillFact(page, key, value);
  };

  // Offline: the service has never been reached.
  await newOrder(page);
  await expect(page.locator('.checklist')).toContainText('还缺');
  await fillSection('customer');

  // A wrong code is told in place and in the checklist, whose click leads back to the field.
  await fillFact(page, 'customer.certificateNumber', '91159900MA0000015X');
  await expect(field(page, 'customer.certificateNumber')).toContainText(/校验|有误|不正确/);
  await openSection(page, 'agreement');
  await page
    .locator('.checklist-entry.error')
    .filter({ hasText: /有效资质编号|信用代码/ })
    .first()
    .click();
  await expect(field(page, 'customer.certificateNumber').locator('input')).toBeFocused();
  await fillFact(
    page,
    'customer.certificateNumber',
    clinic.facts['customer.certificateNumber'] ?? '',
  );
  await expect(
    page.locator('.checklist-entry.error').filter({ hasText: /有效资质编号|信用代码/ }),
  ).toHaveCount(0);

  await fillSection('survey');
  const [firstLine] = clinic.extensions;
  await page.getByRole('button', { name: '批量添加' }).click();
  await page.getByLabel('第一个号码').fill(firstLine?.number ?? '');
  await page.getByLabel('第一个短号').fill(firstLine?.shortNumber ?? '');
  await page.getByLabel('第一个端口').fill(firstLine?.port ?? '');
  await page.getByRole('button', { name: '添加 21 行' }).click();
  for (const column of ['place', 'user', 'note'] as const) {
    await field(page, `extensions[0].${column}`).fill(firstLine?.[column] ?? `${column} 1`);
    await page.keyboard.press('Control+d');
  }
  await field(page, 'extensions[0].cabled').check();
  await page.keyboard.press('Control+d');
  await expect(field(page, 'extensions[20].cabled')).toBeChecked();
  await expect(field(page, 'extensions[20].number')).not.toHaveValue('');

  await fillSection('service');
  await fillSection('roster');
  const pasted = ['号码\t姓名\t短号\t备注'].concat(
    clinic.members.map((each) =>
      [each.number, each.name, each.shortNumber, each.note].map((cell) => cell ?? '').join('\t'),
    ),
  );
  expect(clinic.members).toHaveLength(130);
  await paste(page.locator('input[data-slot="1"]'), pasted.join('\n'));
  await expect(page.getByText('成员 130 个')).toBeVisible();
  await fillSection('agreement');
  await expectSaved(page);

  // A number given twice is marked in both places and cleared again.
  await openSection(page, 'roster');
  const second = page.locator('input[data-slot="2"]');
  await second.fill(clinic.members[0]?.number ?? '');
  await expect(page.getByText('与序号 1 重复').first()).toBeVisible();
  await second.fill(clinic.members[1]?.number ?? '');
  await expect(page.getByText('与序号 1 重复')).toHaveCount(0);

  // The documents as saved: their text, their pages.
  await openSection(page, 'documents');
  const folder = mkdtempSync(join(tmpdir(), 'onsite-journey-'));
  const save = async (document: DocumentId) => {
    const bytes = await app.saveAs(async () => {
      await page
        .locator(`[data-document="${document}"]`)
        .getByRole('button', { name: '另存为' })
        .click();
    });
    const path = join(folder, `${document}.pdf`);
    writeFileSync(path, bytes);
    return path;
  };
  await expect(page.locator('[data-document="survey"]')).toContainText('2 页');
  for (const document of SIGNED) {
    const text = textOf(await save(document));
    expect(text).toContain(DOCUMENT_TITLES[document].title.replace(/\s+/g, ''));
    expect(text).toContain(clinic.facts['customer.name']);
  }
  const survey = textOf(join(folder, 'survey.pdf'));
  expect(survey).toContain(clinic.facts['survey.installAddress']?.replace(/\s+/g, ''));
  for (const { number } of clinic.extensions) expect(survey).toContain(digits(number));
  expect(pagesOf(join(folder, 'survey.pdf'))).toBe(2);
  expect(pagesOf(join(folder, 'acceptance.pdf'))).toBe(1);
  expect(pagesOf(join(folder, 'roster.pdf'))).toBe(2);
  const roster = textOf(join(folder, 'roster.pdf'));
  for (const { number } of clinic.members) expect(roster).toContain(number);

  // Three signatures; a change voids them at once, turning it back restores them.
  await openSection(page, 'signing');
  await signAs(page, 'customerRepresentative', '张样例', 0);
  await signAs(page, 'carrierRepresentative', '李样例', 1);
  await signAs(page, 'carrierAgent', '王样例', 2);
  const tariff = clinic.facts['acceptance.tariff'] ?? '';
  await openSection(page, 'service');
  await fillFact(page, 'acceptance.tariff', `${tariff}！`);
  await openSection(page, 'signing');
  await expect(page.locator('.signatory[data-state="void"]')).toHaveCount(3);
  await openSection(page, 'service');
  await fillFact(page, 'acceptance.tariff', tariff);
  await openSection(page, 'signing');
  await expect(page.locator('.signatory[data-state="standing"]')).toHaveCount(3);

  // What was typed is still there after the app was closed and opened again.
  await expectSaved(page);
  await app.restart();
  await expect(app.page.locator('.order-row')).toContainText(clinic.facts['customer.name'] ?? '');
  await expect(app.page.locator('.order-row')).toContainText('待上传');

  // Online: everything arrives by itself.
  await service.start();
  await app.enrol(await service.enrolmentCode('installer'));
  await expect(app.page.locator('.order-row')).toContainText('已上传', { timeout: 60_000 });

  const { orders } = await service.office<{ orders: OfficeOrder[] }>('/office/orders');
  expect(orders).toHaveLength(1);
  const [arrived] = orders;
  if (!arrived) throw new Error('no order arrived');
  const { fields } = await service.office<{ fields: FieldState[] }>(`/office/orders/${arrived.id}`);
  const { order, attachments } = receivedOrder(arrived.id, fields);
  expect(typedFacts(order)).toEqual(typedFacts(clinic));
  expect(order.members.map(({ number }) => number)).toEqual(
    clinic.members.map(({ number }) => number),
  );
  expect(order.extensions.map(({ number }) => number)).toEqual(
    clinic.extensions.map(({ number }) => digits(number)),
  );
  expect(order.signatures.map(({ role }) => role).sort()).toEqual([
    'carrierAgent',
    'carrierRepresentative',
    'customerRepresentative',
  ]);
  for (const signature of order.signatures) {
    expect(signatureState(order, signature)).toBe('standing');
    expect(signature.strokes.length).toBeGreaterThan(0);
  }
  // Every document as it was read and as it was signed, byte for byte.
  for (const document of SIGNED) {
    for (const purpose of ['presented', 'signed']) {
      const attachment = attachments.find(
        (each) => each.document === document && each.purpose === purpose,
      );
      if (!attachment) throw new Error(`no ${purpose} ${document} on the service`);
      const bytes = await service.officeBytes(`/attachments/${attachment.sha256}`);
      expect(sha256(bytes)).toBe(attachment.sha256);
      if (purpose === 'presented') {
        expect(order.signatures[0]?.pdfs[document]).toBe(attachment.sha256);
      }
    }
  }
});
