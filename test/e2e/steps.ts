/** What a person does in the app, as functions: used by the journey, the kill tests and the pictures. */
import { readFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { expect } from '@playwright/test';
import {
  FACT_KEYS,
  type FactKey,
  type FactValue,
  factDefinition,
} from '../../domain/order/dictionary.ts';
import { parseOrderFile } from '../../domain/order/file.ts';
import type { Order } from '../../domain/order/order.ts';

/** An invented order from `test/fixtures/`. */
export const fixtureOrder = (name: string): Order => {
  const path = new URL(`../fixtures/${name}.json`, import.meta.url);
  const read = parseOrderFile(readFileSync(path, 'utf8'));
  if ('errors' in read) throw new Error(`${name}: ${JSON.stringify(read.errors)}`);
  return read.order;
};

/** The element that carries a fact: a wrapper for the order's own, the input itself in a row. */
export const field = (page: Page, name: string): Locator => page.locator(`[data-field="${name}"]`);

const typed = (page: Page, key: string): Locator =>
  field(page, key).locator('input, textarea').first();

/** Fills one fact through its control, whatever its type. */
export const fillFact = async (page: Page, key: FactKey, value: FactValue): Promise<void> => {
  const { type } = factDefinition(key);
  switch (type.kind) {
    case 'boolean':
      await field(page, key)
        .getByRole('radio', { name: value ? type.yes : type.no, exact: true })
        .check();
      return;
    case 'choice': {
      const label = type.options[String(value)] ?? String(value);
      const radio = field(page, key).getByRole('radio', { name: label, exact: true });
      if ((await radio.count()) > 0) await radio.check();
      else {
        await field(page, key).locator('.ant-select').click();
        await page.locator(`.ant-select-item-option[title="${label}"]`).click();
      }
      return;
    }
    case 'choices':
      for (const each of Array.isArray(value) ? value : []) {
        await field(page, key)
          .getByRole('checkbox', { name: type.options[each] ?? each, exact: true })
          .check();
      }
      return;
    case 'money':
      await typed(page, key).fill((Number(value) / 100).toFixed(2));
      return;
    default:
      await typed(page, key).fill(String(value));
  }
};

/** The facts a person types in one section of the workspace. */
export const factsOfSection = (order: Order, section: string): [FactKey, FactValue][] =>
  FACT_KEYS.flatMap((key): [FactKey, FactValue][] => {
    const definition = factDefinition(key);
    const value = order.facts[key];
    return definition.section === section && definition.source !== 'app' && value !== undefined
      ? [[key, value]]
      : [];
  });

/** Goes to a section of the open order by its navigation entry. */
export const openSection = async (page: Page, section: string): Promise<void> => {
  await page.locator(`a[href$="/${section}"]`).first().click();
  await expect(page).toHaveURL(new RegExp(`/orders/[0-9a-f-]+/${section}`));
};

export const newOrder = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: /新建/ }).first().click();
  await expect(field(page, 'customer.name')).toBeVisible();
};

/** The screen says that everything typed is on disk. */
export const expectSaved = async (page: Page): Promise<void> => {
  await expect(page.locator('.saved-state')).toHaveText('已保存');
};

/** Puts text on the page's clipboard event at the focused element, as Ctrl+V does. */
export const paste = async (target: Locator, text: string): Promise<void> => {
  await target.focus();
  await target.evaluate((element, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    element.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
    );
  }, text);
};

/** Draws a signature on the pad with real pointer strokes: two curves across it. */
export const drawSignature = async (page: Page, seed = 0): Promise<void> => {
  const box = await page.locator('.signature-pad').boundingBox();
  if (!box) throw new Error('no pad on the screen');
  const at = (x: number, y: number): [number, number] => [
    box.x + box.width * x,
    box.y + box.height * y,
  ];
  for (const [from, to] of [
    [0.2, 0.45],
    [0.5, 0.8],
  ] as const) {
    await page.mouse.move(...at(from, 0.35));
    await page.mouse.down();
    for (let step = 1; step <= 24; step++) {
      const share = step / 24;
      const wave = Math.sin(share * Math.PI * (2 + (seed % 3))) * 0.2;
      await page.mouse.move(...at(from + (to - from) * share, 0.4 + wave));
    }
    await page.mouse.up();
  }
};

/** Signs for one role: read, tick, sign, confirm. */
export const signAs = async (page: Page, role: string, name: string, seed = 0): Promise<void> => {
  const place = page.locator(`.signatory[data-role="${role}"]`);
  await place.getByRole('button', { name: /签署/ }).click();
  await page.getByRole('checkbox', { name: '我已阅读以上文书' }).check();
  await page.getByRole('button', { name: '去签名' }).click();
  await page.getByLabel('签署人姓名').fill(name);
  await drawSignature(page, seed);
  await page.getByRole('button', { name: '确认签署' }).click();
  await expect(place).toHaveAttribute('data-state', 'standing');
};

/** A file as Playwright hands it to an input. */
interface ChosenFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** The photo of a seal on grey paper, drawn by the page. */
export const sealPhoto = async (page: Page): Promise<ChosenFile> => {
  const url = await page.evaluate(() => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 900, height: 700 });
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    context.fillStyle = '#e8e6e0';
    context.fillRect(0, 0, 900, 700);
    context.strokeStyle = context.fillStyle = '#d0202a';
    context.lineWidth = 14;
    context.beginPath();
    context.arc(420, 330, 200, 0, Math.PI * 2);
    context.stroke();
    context.font = '48px serif';
    context.textAlign = 'center';
    context.fillText('样例诊所', 420, 270);
    context.fillText('★', 420, 350);
    return canvas.toDataURL('image/png');
  });
  const buffer = Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
  return { name: '公章.png', mimeType: 'image/png', buffer };
};

/** Imports an order of `test/fixtures/` and shows it. */
export const importFixture = async (page: Page, name: string): Promise<void> => {
  await page.evaluate(() => {
    location.hash = '#/';
  });
  await page.getByLabel('工单文件').setInputFiles(`test/fixtures/${name}.json`);
  await expect(field(page, 'customer.name')).toBeVisible();
  await expectSaved(page);
};

/** The open order as the app gives it out. */
export const exportedOrder = async (app: {
  readonly page: Page;
  saveAs(action: () => Promise<void>): Promise<Uint8Array>;
}): Promise<Order> => {
  const bytes = await app.saveAs(async () => {
    await app.page.getByRole('button', { name: '更多操作' }).click();
    await app.page.getByRole('menuitem', { name: '导出工单文件' }).click();
  });
  const read = parseOrderFile(new TextDecoder().decode(bytes));
  if ('errors' in read) throw new Error(JSON.stringify(read.errors));
  return read.order;
};

/** Writes a remark at a field of the order under review. */
export const remark = async (page: Page, label: string, text: string) => {
  await page.getByRole('button', { name: `对“${label}”提意见` }).click();
  // The one before may still be fading away.
  const form = page.getByRole('tooltip', { name: `对“${label}”的意见` });
  await form.getByRole('textbox').fill(text);
  await form.getByRole('button', { name: '添加意见' }).click();
  await expect(page.getByRole('list', { name: '本轮意见' })).toContainText(text);
};
