/**
 * What a person is doing when the app is killed. A deed begins, says for how long a kill may fall into
 * it, and afterwards, in the app started anew, checks that what the screen had acknowledged is there,
 * and that what was not is there whole or not at all.
 */
import type { Page } from '@playwright/test';
import { verifyFile } from '../../domain/evidence/verify.ts';
import { parseOrderFile } from '../../domain/order/file.ts';
import type { Order } from '../../domain/order/order.ts';
import { type App, expect, goTo } from '../e2e/fixtures.ts';
import {
  expectSaved,
  field,
  newOrder,
  openSection,
  paste,
  sealPhoto,
  signAs,
} from '../e2e/steps.ts';

/** A deed that has begun. */
export interface Deed {
  /** ms from now in which a kill may fall. */
  readonly span: number;
  /** Settles when the deed ended, however: the app is killed in its midst. */
  readonly done: Promise<void>;
  /** What was acknowledged so far, for the report of a failure. */
  acknowledged(): unknown;
  /** In the app started anew. */
  check(app: App): Promise<void>;
}

export type Random = () => number;

/** What a deed looks at, in the page: a CSS selector, and what of it. */
type Probe = readonly [selector: string, what: 'value' | 'text' | 'state'];

/**
 * Watches, inside the page, what the screen showed whenever it said 已保存, and tells the test at once:
 * what was shown just before the kill must not get lost on the way here.
 */
const watchSaved = async (page: Page, probe: Probe): Promise<() => string | null> => {
  let shown: string | null = null;
  await page.exposeFunction('shownAsSaved', (value: string | null) => {
    shown = value;
  });
  await page.evaluate(([selector, what]) => {
    const read = (element: Element): string | null => {
      if (what === 'state') return element.getAttribute('data-state');
      return what === 'value' && element instanceof HTMLInputElement
        ? element.value
        : element.textContent;
    };
    const look = () => {
      const element = document.querySelector(selector);
      if (document.querySelector('.saved-state')?.textContent !== '已保存') return;
      Reflect.get(window, 'shownAsSaved')(element && read(element));
    };
    const all = { subtree: true, childList: true, characterData: true, attributes: true };
    new MutationObserver(look).observe(document.body, all);
    look();
  }, probe);
  return () => shown;
};

const addressOf = (page: Page): string => new URL(page.url()).hash;

/** The open order as the app gives it out. */
const exported = async (app: App): Promise<Order> => {
  const bytes = await app.saveAs(async () => {
    await app.page.getByRole('button', { name: '更多操作' }).click();
    await app.page.getByRole('menuitem', { name: '导出工单文件' }).click();
  });
  const read = parseOrderFile(new TextDecoder().decode(bytes));
  if ('errors' in read) throw new Error(JSON.stringify(read.errors));
  return read.order;
};

const importFixture = async (page: Page, name: string): Promise<void> => {
  await goTo(page, '#/');
  await page.getByLabel('工单文件').setInputFiles(`test/fixtures/${name}.json`);
  await expect(field(page, 'customer.name')).toBeVisible();
  await expectSaved(page);
};

const NAME = '[data-field="customer.name"] input';

const typing = async (app: App): Promise<Deed> => {
  const { page } = app;
  await goTo(page, '#/');
  await newOrder(page);
  const address = addressOf(page);
  const shown = await watchSaved(page, [NAME, 'value']);
  const input = page.locator(NAME);
  const [head, rest] = ['样例诊所 ', '甲乙丙丁戊己庚辛'.repeat(7)];
  await input.pressSequentially(head);
  // Every kill falls behind a 已保存 of its own, or the test would watch nothing.
  await expect.poll(shown).toBe(head);
  return {
    span: 2_000,
    done: input.pressSequentially(rest, { delay: 15 }),
    acknowledged: shown,
    check: async ({ page }) => {
      await goTo(page, address);
      const after = await page.locator(NAME).inputValue();
      // More may have been saved than was shown; never less, never something else.
      expect(`${head}${rest}`.startsWith(after), `found “${after}”`).toBe(true);
      expect(after.startsWith(shown() ?? ''), `found “${after}”, shown “${shown()}”`).toBe(true);
    },
  };
};

const MEMBERS = 1_000;

const pasting = async (app: App, random: Random): Promise<Deed> => {
  const { page } = app;
  await goTo(page, '#/');
  await newOrder(page);
  await openSection(page, 'roster');
  const address = addressOf(page);
  const first = 13_900_000_000 + Math.floor(random() * 1e7);
  const rows = Array.from({ length: MEMBERS }, (_, at) => `${first + at}\t张样例${at}`);
  const shown = await watchSaved(page, ['.sheet-status', 'text']);
  return {
    span: 3_000,
    done: paste(page.locator('input[data-slot="1"]'), ['号码\t姓名', ...rows].join('\n')),
    acknowledged: shown,
    check: async (app) => {
      await goTo(app.page, address);
      await expect(app.page.locator('.sheet-status')).toBeVisible();
      const members = (await exported(app)).members.map(({ number, name }) => `${number}\t${name}`);
      if (shown()?.includes(`成员 ${MEMBERS} 个`) || members.length > 0) {
        expect(members).toEqual(rows);
      }
    },
  };
};

const SIGNATORY = '.signatory[data-role="customerRepresentative"]';

const signing = async (app: App): Promise<Deed> => {
  const { page } = app;
  await importFixture(page, 'clinic-21');
  await openSection(page, 'signing');
  const address = addressOf(page);
  const shown = await watchSaved(page, [SIGNATORY, 'state']);
  return {
    span: 8_000,
    done: signAs(page, 'customerRepresentative', '张样例', 1),
    acknowledged: shown,
    check: async (app) => {
      const { page } = app;
      await goTo(page, address);
      const state = await page.locator(SIGNATORY).getAttribute('data-state');
      expect(['standing', 'unsigned']).toContain(state);
      if (shown() === 'standing') expect(state).toBe('standing');
      if (state === 'unsigned') return;
      await expect(page.locator(SIGNATORY).locator('.signature-picture')).toBeVisible();
      // The sealed files came with the signature, whole.
      await openSection(page, 'documents');
      const row = page.locator('[data-document="acceptance"]');
      await expect(row).toContainText('1 页', { timeout: 30_000 });
      const saved = await app.saveAs(() => row.getByRole('button', { name: '另存为' }).click());
      expect(verifyFile(saved)).toMatchObject({ state: 'intact', document: 'acceptance' });
    },
  };
};

const PHOTO = '.seal-photo[data-party="customer"] img';

const photographing = async (app: App): Promise<Deed> => {
  const { page } = app;
  await importFixture(page, 'clinic-21');
  await openSection(page, 'signing');
  const address = addressOf(page);
  const photo = await sealPhoto(page);
  const shown = await watchSaved(page, [PHOTO, 'text']);
  return {
    span: 2_500,
    done: page.getByLabel('选择甲方公章照片').setInputFiles(photo),
    acknowledged: shown,
    check: async ({ page }) => {
      await goTo(page, address);
      await expect(page.locator('.seal-photo').first()).toBeVisible();
      const image = page.locator(PHOTO);
      if (shown() !== null) await expect(image).toBeVisible();
      if (await image.isVisible()) {
        const width = await image.evaluate((img) =>
          img instanceof HTMLImageElement ? img.decode().then(() => img.naturalWidth) : 0,
        );
        expect(width).toBeGreaterThan(100);
      }
    },
  };
};

/** By name; each is as likely as the others. */
export const DEEDS: Readonly<Record<string, (app: App, random: Random) => Promise<Deed>>> = {
  typing,
  pasting,
  signing,
  photographing,
};
