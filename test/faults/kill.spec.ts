/**
 * Saved means saved (invariants 1, 2 and 3): the real Electron is killed, again and again, at random
 * moments, while a person types and while the outbox is being sent. What was shown as 已保存 is still
 * there after the next start; what the service holds, it holds once.
 */
import { randomInt } from 'node:crypto';
import type { Page, TestInfo } from '@playwright/test';
import type { OfficeOrder } from '../../domain/review/wire.ts';
import type { FieldState } from '../../domain/sync/wire.ts';
import { expect, goTo, test } from '../e2e/fixtures.ts';
import { expectSaved, field, newOrder, openSection } from '../e2e/steps.ts';

const KILLS = Number(process.env.ONSITE_KILLS ?? 20);
/** Rows that are added before each kill while uploading. */
const ROWS = 5;

/**
 * Random numbers in [0, 1) from a seed that is printed; `ONSITE_SEED` replays it. Mulberry32: small,
 * and the same everywhere.
 */
const seededRandom = (info: TestInfo) => {
  const seed = Number(process.env.ONSITE_SEED ?? randomInt(2 ** 31));
  console.log(`ONSITE_SEED=${seed} (${info.title})`);
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const NAME = '[data-field="customer.name"] input';

/**
 * Watches, inside the page, what the name field held whenever the screen said 已保存, and tells the
 * test at once: what was shown just before the kill must not get lost on the way here.
 */
const watchSaved = async (page: Page): Promise<() => string> => {
  let shown = '';
  await page.exposeFunction('shownAsSaved', (value: string) => {
    shown = value;
  });
  await page.evaluate((selector) => {
    const look = () => {
      const input = document.querySelector<HTMLInputElement>(selector);
      const state = document.querySelector('.saved-state')?.textContent;
      if (input && state === '已保存') {
        Reflect.get(window, 'shownAsSaved')(input.value);
      }
    };
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
    look();
  }, NAME);
  return () => shown;
};

test(`killed ${KILLS} times while typing`, async ({ app }, info) => {
  test.setTimeout(KILLS * 20_000 + 60_000);
  const random = seededRandom(info);
  await newOrder(app.page);
  const address = new URL(app.page.url()).hash;

  for (let kill = 1; kill <= KILLS; kill += 1) {
    const shown = await watchSaved(app.page);
    const input = app.page.locator(NAME);
    const head = `${kill} 样例诊所 `;
    const rest = '甲乙丙丁戊己庚辛'.repeat(12);
    await input.selectText();
    await input.pressSequentially(head, { delay: 15 });
    // Every kill falls behind a 已保存 of its own, or the test would watch nothing.
    await expect.poll(shown).toBe(head);
    const typing = input.pressSequentially(rest, { delay: 15 }).catch(() => {});
    await wait(random() * 2_000);
    await app.kill();
    await typing;
    const saved = shown();

    await app.start();
    await goTo(app.page, address);
    const after = await app.page.locator(NAME).inputValue();
    // More may have been saved than was shown; never less, never something else.
    const kept = `${head}${rest}`.startsWith(after) && after.startsWith(saved);
    expect(kept, `kill ${kill}: shown “${saved}”, found “${after}”`).toBe(true);
  }
});

test(`killed ${KILLS} times while uploading`, async ({ app, service }, info) => {
  test.setTimeout(KILLS * 20_000 + 180_000);
  const random = seededRandom(info);
  await service.start();
  await app.enrol(await service.enrolmentCode('installer'));
  await newOrder(app.page);
  await openSection(app.page, 'survey');
  const address = new URL(app.page.url()).hash;
  const numbers: string[] = [];

  for (let kill = 1; kill <= KILLS; kill += 1) {
    const first = 4_770_000_000 + kill * 100;
    for (let row = 0; row < ROWS; row += 1) numbers.push(`0${first + row}`);
    await app.page.getByRole('button', { name: '批量添加' }).click();
    await app.page.locator('#batch-count').fill(String(ROWS));
    await app.page.getByLabel('第一个号码').fill(`0${first}`);
    await app.page.getByRole('button', { name: `添加 ${ROWS} 行` }).click();
    await expect(field(app.page, `extensions[${kill * ROWS - 1}].number`)).not.toHaveValue('');
    await expectSaved(app.page);
    // The upload begins a moment after the last change; the kill falls before, in or behind it.
    await wait(random() * 900);
    await app.kill();

    await app.start();
    await goTo(app.page, address);
    await expect(field(app.page, `extensions[${kill * ROWS - 1}].number`)).toHaveValue(
      new RegExp(`${String(first + ROWS - 1).slice(-7)}$`),
    );
  }
  await goTo(app.page, '#/');
  await expect(app.page.locator('.order-row')).toContainText('已上传', { timeout: 60_000 });

  const { orders } = await service.office<{ orders: OfficeOrder[] }>('/office/orders');
  expect(orders).toHaveLength(1);
  const { fields } = await service.office<{ fields: FieldState[] }>(
    `/office/orders/${orders[0]?.id}`,
  );
  const arrived = fields.filter((state) => state.field === 'extension.number');
  expect(arrived.map(({ value }) => String(value).replace('-', '')).sort()).toEqual(numbers.sort());
});
