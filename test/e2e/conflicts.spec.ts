/** Two devices of one team on the same order: what differs is asked for once, in a small panel. */
import type { Page } from '@playwright/test';
import { type App, expect, goTo, test } from './fixtures.ts';
import { COLLEAGUE, INSTALLER, join } from './people.ts';
import type { ServiceRig } from './rig/service.ts';
import { expectSaved, field, fillFact, newOrder } from './steps.ts';

const input = (page: Page, name: string) => field(page, name).locator('input, textarea').first();
const panel = (page: Page) => page.locator('.conflicts');
const row = (page: Page) => page.locator('.order-row');

/** Both devices signed in, and one order open on both. */
const shareOrder = async (
  first: App,
  second: App,
  service: ServiceRig,
): Promise<readonly [Page, Page]> => {
  await service.start();
  await join(first, service, INSTALLER);
  await join(second, service, COLLEAGUE);
  await newOrder(first.page);
  await fillFact(first.page, 'customer.name', '样例诊所');
  await expectSaved(first.page);
  await expect(row(second.page)).toContainText('样例诊所', { timeout: 60_000 });
  await row(second.page).click();
  await expect(input(second.page, 'customer.name')).toHaveValue('样例诊所');
  return [first.page, second.page];
};

/** Everything of the order on this device has arrived at the service. */
const expectUploaded = async (page: Page) => {
  const back = new URL(page.url()).hash;
  await goTo(page, '#/');
  await expect(row(page)).toContainText('已上传', { timeout: 90_000 });
  await goTo(page, back);
};

test('two devices write the same field unknown to each other: both values, who, when, where, one tap', async ({
  device,
  service,
}) => {
  test.setTimeout(480_000);
  const [first, second] = await shareOrder(await device('first'), await device('second'), service);

  // Without a network: one field twice, and two fields that only one of them writes.
  await service.kill();
  await fillFact(first, 'customer.contact.name', '陈样例');
  await fillFact(first, 'customer.address', '样例省样例市样例路一号');
  await expectSaved(first);
  await fillFact(second, 'customer.contact.name', '陈样历');
  await fillFact(second, 'customer.postcode', '017000');
  await expectSaved(second);
  await service.start();

  // Both are asked about the one field, and only about that.
  for (const page of [first, second]) {
    await expect(panel(page).locator('[data-conflict]')).toHaveCount(1, { timeout: 90_000 });
    await expect(panel(page)).toContainText('有 1 项两边写得不同');
    await expect(input(page, 'customer.address')).toHaveValue('样例省样例市样例路一号');
    await expect(input(page, 'customer.postcode')).toHaveValue('017000');
    // Both have the same one in the form meanwhile.
    await expect(input(page, 'customer.contact.name')).toHaveValue('陈样历');
  }
  const choices = panel(first).locator('.conflict-choice');
  await expect(choices).toHaveCount(2);
  const [shown, other] = [
    choices.filter({ hasText: '陈样历' }),
    choices.filter({ hasText: '陈样例' }),
  ];
  const when = /\d+[/月]\d+.*\d{2}:\d{2}/;
  await expect(shown).toHaveAttribute('data-shown', 'true');
  await expect(shown).toContainText(COLLEAGUE.name);
  await expect(shown).toContainText(when);
  await expect(shown).toContainText(/设备 \w{4}/);
  await expect(other).toContainText(INSTALLER.name);
  await expect(other).toContainText(when);
  await expect(other).toContainText('本机');
  const own = panel(second).locator('.conflict-choice').filter({ hasText: '陈样历' });
  await expect(own).toContainText('本机');

  // The whole order, side by side.
  await panel(first).getByRole('button', { name: '整单对比' }).click();
  const lines = first.getByRole('dialog').locator('tbody tr');
  await expect(lines.filter({ hasText: '陈样历' })).toContainText('陈样例');
  await expect(lines.filter({ hasText: '017000' })).toHaveAttribute('data-differs', 'false');
  await expect(first.getByRole('dialog').locator('tr[data-differs="true"]')).toHaveCount(1);
  await first.keyboard.press('Escape');

  // One tap on one device settles it on both.
  await other.getByRole('button', { name: '改用这个' }).click();
  await expect(panel(first)).toHaveCount(0);
  await expect(panel(second)).toHaveCount(0, { timeout: 60_000 });
  for (const page of [first, second]) {
    await expect(input(page, 'customer.contact.name')).toHaveValue('陈样例');
    await expectUploaded(page);
  }
});

test('two people who type in different fields of one order are never asked', async ({
  device,
  service,
}) => {
  test.setTimeout(480_000);
  const [first, second] = await shareOrder(await device('first'), await device('second'), service);
  await Promise.all(
    [first, second].map((page) =>
      page.evaluate(() => {
        // Whether the panel was ever there, however short.
        new MutationObserver(() => {
          if (document.querySelector('.conflicts')) Object.assign(window, { asked: true });
        }).observe(document.body, { subtree: true, childList: true });
      }),
    ),
  );
  const typed = {
    'customer.address': '样例省样例市样例区样例路一百零一号',
    'customer.contact.name': '陈样例',
    'customer.postcode': '017000',
    'customer.contact.phone': '13900000001',
  };
  const type = async (page: Page, names: readonly (keyof typeof typed)[]) => {
    for (const name of names) {
      await input(page, name).pressSequentially(typed[name], { delay: 40 });
      await input(page, name).blur();
    }
  };
  await Promise.all([
    type(first, ['customer.address', 'customer.contact.name']),
    type(second, ['customer.postcode', 'customer.contact.phone']),
  ]);
  for (const page of [first, second]) {
    for (const [name, value] of Object.entries(typed)) {
      await expect(input(page, name)).toHaveValue(value, { timeout: 60_000 });
    }
    await expectUploaded(page);
    expect(await page.evaluate(() => Reflect.has(window, 'asked'))).toBe(false);
  }
});
