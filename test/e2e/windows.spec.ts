/**
 * Two windows on one order: each shows what is typed in the other within 200 ms, and neither's typing
 * is lost or torn away.
 */
import type { Page } from '@playwright/test';
import { type App, expect, goTo, test } from './fixtures.ts';
import { randomFrom } from './rig/random.ts';
import { expectSaved, field, newOrder, openSection } from './steps.ts';

/** ms in which the other window must show a keystroke. */
const SOON = 200;

/** Opens another window on the open order, as a person does. */
const openBeside = async (app: App): Promise<Page> => {
  await app.page.getByRole('button', { name: '更多操作' }).click();
  const [other] = await Promise.all([
    app.page.context().waitForEvent('page'),
    app.page.getByRole('menuitem', { name: '在新窗口打开' }).click(),
  ]);
  await expect(field(other, 'customer.name')).toBeVisible();
  return other;
};

const input = (page: Page, name: string) => field(page, name).locator('input, textarea').first();

/** Notes in the page when a field first held each text, ms since 1970. It costs nothing between keystrokes. */
const watch = (page: Page, name: string): Promise<void> =>
  page.evaluate((selector) => {
    const seen = new Map<string, number>();
    Object.assign(window, { seen });
    const look = () => {
      const shown = document.querySelector<HTMLInputElement>(selector)?.value ?? '';
      if (!seen.has(shown)) seen.set(shown, performance.timeOrigin + performance.now());
    };
    document.addEventListener('input', look, true);
    // React writes what an input holds into its attribute too.
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      attributeFilter: ['value'],
    });
  }, `[data-field="${name}"] input`);

const seenBy = (page: Page): Promise<Record<string, number>> =>
  page.evaluate(() => Object.fromEntries(Reflect.get(window, 'seen')));

/** ms from each text's first sight in `typist`'s window to the other's, ascending; skipped ones count with the next. */
const delays = async (typist: Page, other: Page): Promise<number[]> => {
  const [typed, seen] = await Promise.all([seenBy(typist), seenBy(other)]);
  const arrivals = Object.entries(seen);
  return Object.entries(typed)
    .map(([text, at]) => {
      const shown = arrivals.filter(([got]) => got.startsWith(text)).map(([, time]) => time);
      return Math.max(0, Math.min(...shown) - at);
    })
    .sort((a, b) => a - b);
};

test('each window shows within 200 ms what is typed in the other', async ({ app }) => {
  await newOrder(app.page);
  const other = await openBeside(app);
  for (const [name, from, to] of [
    ['customer.name', app.page, other],
    ['customer.address', other, app.page],
  ] as const) {
    await Promise.all([watch(from, name), watch(to, name)]);
    const text = '样例省样例市样例区样例路一百零一号样例诊所';
    await input(from, name).pressSequentially(text, { delay: 60 });
    await expect(input(to, name)).toHaveValue(text);
    const times = await delays(from, to);
    const p95 = times[Math.floor(times.length * 0.95)] ?? Number.NaN;
    const say = (ms: number | undefined) => `${ms?.toFixed(0)} ms`;
    console.log(
      `${name}: shown in the other window after ${say(times[times.length >> 1])} (median), ${say(p95)} (p95), ${say(times.at(-1))} (worst)`,
    );
    expect(p95).toBeLessThanOrEqual(SOON);
  }
});

test('two people type in different fields at once, and both windows have all of it', async ({
  app,
}) => {
  await newOrder(app.page);
  const other = await openBeside(app);
  const address = new URL(app.page.url()).hash;
  const [name, place] = ['样例酒店管理有限公司第一分公司', '样例省样例市样例区样例大道二百号'];
  await Promise.all([
    input(app.page, 'customer.name').pressSequentially(name, { delay: 20 }),
    input(other, 'customer.address').pressSequentially(place, { delay: 25 }),
  ]);
  for (const page of [app.page, other]) {
    await expect(input(page, 'customer.name')).toHaveValue(name);
    await expect(input(page, 'customer.address')).toHaveValue(place);
    await expectSaved(page);
  }
  await app.restart();
  await goTo(app.page, address);
  await expect(input(app.page, 'customer.name')).toHaveValue(name);
  await expect(input(app.page, 'customer.address')).toHaveValue(place);
});

test('of the same field, the later value shows in both windows and the other is in the change log', async ({
  app,
  service,
}) => {
  await newOrder(app.page);
  const other = await openBeside(app);
  const [first, second] = [input(app.page, 'customer.name'), input(other, 'customer.name')];
  await first.pressSequentially('样例诊所', { delay: 30 });
  await expect(second).toHaveValue('样例诊所');
  await second.selectText();
  await second.pressSequentially('样例门诊部', { delay: 30 });
  await expectSaved(other);
  // The first window's cursor is still in the field: its text stays until it is left.
  await expect(first).toHaveValue('样例诊所');
  await first.blur();
  for (const each of [first, second]) await expect(each).toHaveValue('样例门诊部');

  await service.start();
  await app.enrol(await service.enrolmentCode('installer'));
  await goTo(app.page, '#/');
  await expect(app.page.locator('.order-row')).toContainText('已上传', { timeout: 30_000 });
  const log = await service.valuesOf('customer.name');
  expect(log.slice(log.indexOf('样例诊所'))).toEqual(['样例诊所', '样例门诊部']);
});

test('a cell that somebody types in keeps what they typed until they leave it', async ({ app }) => {
  await newOrder(app.page);
  const other = await openBeside(app);
  for (const page of [app.page, other]) await openSection(page, 'survey');
  const cell = (page: Page) => field(page, 'extensions[0].place');
  const spare = (page: Page) => page.locator('input[data-row="0"][data-column="place"]');
  await spare(app.page).pressSequentially('一楼前');
  await expect(cell(other)).toHaveValue('一楼前');
  await cell(other).selectText();
  await cell(other).pressSequentially('二楼');
  await expectSaved(other);
  await expect(cell(app.page)).toHaveValue('一楼前');
  await cell(app.page).press('Tab');
  await expect(cell(app.page)).toHaveValue('二楼');
});

test('what cannot be read yet survives in both windows', async ({ app }) => {
  await newOrder(app.page);
  const other = await openBeside(app);
  for (const page of [app.page, other]) await openSection(page, 'survey');
  await input(app.page, 'survey.lineCount').pressSequentially('12-');
  await input(other, 'survey.deviceCount').pressSequentially('3x');
  await input(app.page, 'survey.lineCount').blur();
  await input(other, 'survey.deviceCount').blur();
  for (const page of [app.page, other]) {
    await expect(page.locator('.saved-state')).toHaveText('2 处未保存');
  }
  await app.restart();
  await app.page.locator('.order-row').first().click();
  await openSection(app.page, 'survey');
  await expect(input(app.page, 'survey.lineCount')).toHaveValue('12-');
  await expect(input(app.page, 'survey.deviceCount')).toHaveValue('3x');
});

test('random typing of two people in one order ends alike in both windows and on the disk', async ({
  app,
}) => {
  const seed = Number(process.env.ONSITE_SEED ?? 20_261_122);
  console.log(`ONSITE_SEED=${seed}`);
  const random = randomFrom(seed);
  await newOrder(app.page);
  const other = await openBeside(app);
  const address = new URL(app.page.url()).hash;
  const names = ['customer.name', 'customer.address', 'customer.contact.name'] as const;
  const typing = async (page: Page, who: string) => {
    for (let word = 0; word < 6; word += 1) {
      const name = names[Math.floor(random() * names.length)] ?? names[0];
      await input(page, name).selectText();
      await input(page, name).pressSequentially(`${who}${word}样例`, { delay: random() * 30 });
      await input(page, name).blur();
    }
  };
  await Promise.all([typing(app.page, '甲'), typing(other, '乙')]);
  for (const page of [app.page, other]) await expectSaved(page);
  const values = (page: Page) => Promise.all(names.map((name) => input(page, name).inputValue()));
  await expect.poll(() => values(app.page)).toEqual(await values(other));
  const ended = await values(app.page);
  for (const value of ended) expect(value).toMatch(/^([甲乙]\d样例)?$/);
  await app.restart();
  await goTo(app.page, address);
  await expect(input(app.page, names[0])).toBeVisible();
  expect(await values(app.page)).toEqual(ended);
});

test('one window talks to the service; when it closes, the other one does', async ({
  app,
  service,
}) => {
  await service.start();
  await app.enrol(await service.enrolmentCode('installer'));
  await newOrder(app.page);
  const other = await openBeside(app);
  const loops = (page: Page) =>
    page.evaluate(async () => {
      const { held = [], pending = [] } = await navigator.locks.query();
      const ours = (locks: readonly LockInfo[]) =>
        locks.filter(({ name }) => name?.startsWith('onsite-sync:')).length;
      return { held: ours(held), pending: ours(pending) };
    });
  await expect.poll(() => loops(other)).toEqual({ held: 1, pending: 1 });
  // The first window had the lock.
  await app.page.close();
  await expect.poll(() => loops(other)).toEqual({ held: 1, pending: 0 });
  await input(other, 'customer.name').fill('样例诊所');
  await expectSaved(other);
  await goTo(other, '#/');
  await expect(other.locator('.order-row')).toContainText('已上传', { timeout: 30_000 });
  const { orders } = await service.office<{ orders: { customer: string }[] }>('/office/orders');
  expect(orders.map(({ customer }) => customer)).toEqual(['样例诊所']);
});
