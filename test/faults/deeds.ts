/**
 * What a person is doing when the app is killed. A deed begins, says for how long a kill may fall into
 * it, and afterwards, in the app started anew, checks that what the screen had acknowledged is there,
 * and that what was not is there whole or not at all.
 */
import { mkdir, rm } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { z } from 'zod';
import { verifyFile } from '../../domain/evidence/verify.ts';
import { assembleOrder } from '../../domain/sync/assemble.ts';
import type { StoredRecord } from '../../domain/sync/record.ts';
import { type App, expect, goTo } from '../e2e/fixtures.ts';
import { openVault } from '../e2e/rig/vault.ts';
import {
  exportedOrder,
  importFixture,
  newOrder,
  openSection,
  paste,
  sealPhoto,
  signAs,
} from '../e2e/steps.ts';
import { plainStore, plant } from './plain-profile.ts';

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
      const after = () => page.locator(NAME).inputValue();
      // More may have been saved than was shown; never less, never something else.
      await expect.poll(async () => (await after()).startsWith(shown() ?? '')).toBe(true);
      expect(`${head}${rest}`.startsWith(await after()), `found “${await after()}”`).toBe(true);
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
      const members = (await exportedOrder(app)).members.map(
        ({ number, name }) => `${number}\t${name}`,
      );
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

/** Orders of the plain database that is taken over. */
const PLAIN_ORDERS = 150;

/** The folder of backups: of one profile's vault, no other opens them without its code. */
const backupsOf = ({ profile }: App): string => `${profile}-backups`;

/** The first start of this version on what the first one left. */
const migrating = async (app: App): Promise<Deed> => {
  const plain = plainStore(PLAIN_ORDERS);
  await app.close();
  for (const folder of [app.profile, backupsOf(app)]) {
    await rm(folder, { recursive: true, force: true });
  }
  await app.start();
  await app.close();
  await app.start(null);
  await plant(app.page, plain);
  return {
    span: 3_000,
    done: openVault(app.page),
    acknowledged: () => `${PLAIN_ORDERS} orders`,
    check: async (app) => {
      const listed = plain.stores.summaries?.rows.length;
      await expect(app.page.getByRole('button', { name: /^全部/ })).toHaveText(`全部 ${listed}`, {
        timeout: 60_000,
      });
      for (const id of [plain.orders[0], plain.orders.at(-1)]) {
        await goTo(app.page, `#/orders/${id}/customer`);
        const rows = z
          .array(z.custom<StoredRecord>())
          .parse(plain.stores.records?.rows)
          .filter(({ order }) => order === id);
        const { order } = assembleOrder(rows);
        await expect(app.page.locator(NAME)).toHaveValue(order.facts['customer.name'] ?? '');
        const { facts, members, extensions } = await exportedOrder(app);
        expect({ facts, members, extensions }).toEqual({
          facts: order.facts,
          members: order.members,
          extensions: order.extensions,
        });
      }
      // Nothing plain stays behind.
      const names = await app.page.evaluate(async () =>
        (await indexedDB.databases()).map(({ name, version }) => `${name} ${version}`),
      );
      expect(names).not.toContain(`onsite ${plain.version}`);
    },
  };
};

const BACKED_UP = '已备份，并读回核对';

const backingUp = async (app: App): Promise<Deed> => {
  const { page } = app;
  const folder = backupsOf(app);
  await mkdir(folder, { recursive: true });
  await app.shell.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [chosen] });
  }, folder);
  await importFixture(page, 'hotel-210');
  await goTo(page, '#/settings');
  const choose = page.locator('.settings-line').getByRole('button', { name: /选择$/ });
  const again = page.getByRole('button', { name: /立即备份$/ }).last();
  // Until there is a folder, choosing one makes the first backup.
  await expect(choose.or(again).first()).toBeVisible();
  const button = (await choose.isVisible()) ? choose : again;
  await expect(button).toBeEnabled();
  let acknowledged = false;
  return {
    span: 2_500,
    done: button.click().then(async () => {
      await page.getByText(BACKED_UP).waitFor({ timeout: 30_000 });
      acknowledged = true;
    }),
    acknowledged: () => acknowledged,
    check: async ({ page }) => {
      await goTo(page, '#/restore');
      const rows = page.locator('.restore-list > li');
      if (acknowledged) await expect(rows.first()).toBeVisible();
      await page.waitForTimeout(500);
      // What has a backup's name is a whole backup.
      await expect(page.getByText('打不开的文件')).toHaveCount(0);
      if ((await rows.count()) === 0) return;
      await rows.first().getByRole('button', { name: '查看' }).click();
      await expect(page.getByText('会改动什么')).toBeVisible();
    },
  };
};

/** By name; each is as likely as the others. */
export const DEEDS: Readonly<Record<string, (app: App, random: Random) => Promise<Deed>>> = {
  typing,
  pasting,
  signing,
  photographing,
  migrating,
  backingUp,
};
