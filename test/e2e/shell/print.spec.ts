/**
 * Paper from the real Electron: four collated copies on a real virtual printer, page by page the
 * picture of the preview.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { test as base, expect, goTo } from '../fixtures.ts';
import { type Cups, startCups, whyNoCups } from '../rig/cups.ts';
import { expectSaved, fillFact, newOrder, openSection, signAs } from '../steps.ts';

const missing = whyNoCups();

const test = base.extend<{ cups: Cups }>({
  // The app finds its printers by the environment, so CUPS is there before it starts.
  cups: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from it.
    async ({}, use, info) => {
      info.skip(missing !== null, `no virtual printer: ${missing}`);
      const cups = await startCups();
      process.env.CUPS_SERVER = cups.server;
      await use(cups);
      delete process.env.CUPS_SERVER;
      await cups.stop();
    },
    { auto: true },
  ],
  app: async ({ cups, app }, use) => {
    expect(cups.printer).not.toBe('');
    await use(app);
  },
});
test.skip(missing !== null, `no virtual printer: ${missing}`);
test.setTimeout(180_000);

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly grey: Uint8Array;
}

/** The pages of a PDF as grey pictures. */
const pictures = (folder: string, pdf: string, dpi: number): Picture[] => {
  mkdirSync(folder, { recursive: true });
  execFileSync('pdftoppm', ['-r', String(dpi), '-gray', pdf, join(folder, 'page')], {
    stdio: 'ignore', // Ghostscript's fonts make poppler talk
  });
  return readdirSync(folder)
    .filter((name) => name.endsWith('.pgm'))
    .sort()
    .map((name) => {
      const bytes = readFileSync(join(folder, name));
      const [head = '', width, height] = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(
        bytes.toString('latin1', 0, 30),
      ) ?? [''];
      return { width: Number(width), height: Number(height), grey: bytes.subarray(head.length) };
    });
};

/** Mean ink (0–1) in each cell of a grid over the page: what the eye compares, not single pixels. */
const inkOf = ({ width, height, grey }: Picture, columns = 40, rows = 56): number[] => {
  const ink = Array.from({ length: columns * rows }, () => 0);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = Math.floor((y * rows) / height) * columns + Math.floor((x * columns) / width);
      ink[cell] = (ink[cell] ?? 0) + (255 - (grey[y * width + x] ?? 255)) / 255;
    }
  }
  return ink.map((sum) => (sum * columns * rows) / (width * height));
};

/** Largest difference of ink in any cell; a line of text moved by its height makes 0.15 and more. */
const difference = (a: Picture, b: Picture): number => {
  const other = inkOf(b);
  return Math.max(...inkOf(a).map((ink, index) => Math.abs(ink - (other[index] ?? 1))));
};
const TOLERANCE = 0.08;

/** The order's documents as the screen saves them: the bytes that the preview shows. */
const savedPdfs = async (
  page: Page,
  saveAs: (action: () => Promise<void>) => Promise<Uint8Array>,
) => {
  const rows = page.locator('.document-row');
  const pdfs: Uint8Array[] = [];
  for (const name of ['survey', 'acceptance']) {
    const save = rows.and(page.locator(`[data-document="${name}"]`)).getByRole('button', {
      name: '另存为',
    });
    await expect(save).toBeEnabled({ timeout: 30_000 });
    pdfs.push(await saveAs(() => save.click()));
  }
  return pdfs;
};

const openPanel = async (page: Page) => {
  await page.locator('[data-document="survey"]').getByRole('button', { name: '打印' }).click();
  const panel = page.getByRole('dialog', { name: '打印' });
  await panel
    .getByRole('checkbox', { name: /受理\/变更单/ })
    .first()
    .check();
  return panel;
};

const choosePrinter = async (page: Page, name: string) => {
  await page.getByRole('dialog', { name: '打印' }).getByLabel('打印到').click();
  await page.locator('.ant-select-item-option', { hasText: name }).click();
};

test.beforeEach(async ({ app }) => {
  const { page } = app;
  await newOrder(page);
  await fillFact(page, 'customer.name', '样例诊所');
  await fillFact(page, 'customer.representative', '张样例');
  await expectSaved(page);
  await openSection(page, 'documents');
});

test('prints four whole sets that look like the preview, on the printer it is told and remembers', async ({
  app,
  cups,
  folder,
}) => {
  const { page } = app;
  const pdfs = await savedPdfs(page, app.saveAs);
  const preview = pdfs.flatMap((bytes, index) => {
    const path = join(folder, `preview-${index}.pdf`);
    writeFileSync(path, bytes);
    return pictures(join(folder, `preview-${index}`), path, 60);
  });

  const panel = await openPanel(page);
  await expect(panel.getByLabel('份数')).toHaveValue('4');
  await choosePrinter(page, cups.printer);
  await panel.getByRole('button', { name: /打印 4 份/ }).click();
  await expect(page.getByText(`已交给打印机“${cups.printer}”`)).toBeVisible({ timeout: 60_000 });

  await expect.poll(() => cups.printed().length, { timeout: 30_000 }).toBe(1);
  const paper = pictures(join(folder, 'paper'), cups.printed()[0] ?? '', 60);
  expect(paper).toHaveLength(4 * preview.length);
  paper.forEach((sheet, index) => {
    const shown = preview[index % preview.length];
    expect(shown && difference(sheet, shown), `sheet ${index + 1}`).toBeLessThan(TOLERANCE);
  });
  // The comparison can tell pages apart: a set's first page is not its last.
  const [first, last] = [preview[0], preview.at(-1)];
  expect(first && last && difference(first, last)).toBeGreaterThan(TOLERANCE);

  await openPanel(page);
  await expect(page.getByRole('dialog').getByText(`直接打印：${cups.printer}`)).toBeVisible();
});

test('says so when the printer is gone, and the dialog is still there', async ({ app, cups }) => {
  const { page } = app;
  const panel = await openPanel(page);
  await choosePrinter(page, cups.printer);
  cups.run('lpadmin', '-x', cups.printer);
  await panel.getByRole('button', { name: /打印 4 份/ }).click();
  await expect(panel.getByText(`找不到打印机“${cups.printer}”，什么也没有打印`)).toBeVisible({
    timeout: 30_000,
  });
  await expect(panel.getByText('系统打印对话框').first()).toBeVisible();
});

test('says so when the printer is stopped, and leaves nothing in its queue', async ({
  app,
  cups,
}) => {
  const { page } = app;
  cups.run('cupsdisable', cups.printer);
  const panel = await openPanel(page);
  await choosePrinter(page, cups.printer);
  await panel.getByRole('button', { name: /打印 4 份/ }).click();
  await expect(panel.getByText(/没有打印：打印机已停用/)).toBeVisible({ timeout: 30_000 });
  expect(cups.run('lpstat', '-o').trim()).toBe('');
});

test('where no system part takes a PDF, a hidden window lays out pictures of the same pages', async ({
  app,
  cups,
  folder,
}) => {
  const [bytes] = await savedPdfs(app.page, app.saveAs);
  const path = join(folder, 'preview.pdf');
  writeFileSync(path, bytes ?? new Uint8Array());
  // At the pictures' own resolution: poppler thins a picture's lines when it makes it smaller.
  const preview = pictures(join(folder, 'preview'), path, 300);
  execFileSync('pdftoppm', ['-r', '300', '-png', path, join(folder, 'image')]);
  const images = readdirSync(folder)
    .filter((name) => /^image.*\.png$/.test(name))
    .sort()
    .map((name) => readFileSync(join(folder, name)).toString('base64'));
  // The last step belongs to the system; here the window prints to a PDF instead.
  await app.shell.evaluate(({ app: main }) => {
    main.once('browser-window-created', (_event, { webContents }) => {
      webContents.print = (options, done) => {
        void webContents
          .printToPDF({
            preferCSSPageSize: true,
            margins: { top: 0, bottom: 0, left: 0, right: 0 },
          })
          .then((pdf) => {
            Object.assign(globalThis, { printing: { options, pdf: pdf.toString('base64') } });
            done?.(true, '');
          });
      };
    });
  });
  await app.page.evaluate(
    ([printer, files]) => {
      const decoded = files.map((file) =>
        Uint8Array.from(atob(file), (character) => character.charCodeAt(0)),
      );
      const sides = [...decoded.keys(), null, ...decoded.keys()];
      const content = { images: decoded, sides };
      return window.onsite?.printDirectly({ printer, title: '样例', doubleSided: true, content });
    },
    [cups.printer, images] as const,
  );
  const { options, pdf } = await app.shell.evaluate(
    () => Reflect.get(globalThis, 'printing') as { options: unknown; pdf: string },
  );
  expect(options).toMatchObject({
    silent: true,
    deviceName: cups.printer,
    pageSize: 'A4',
    margins: { marginType: 'none' },
    duplexMode: 'longEdge',
    copies: 1,
  });
  writeFileSync(join(folder, 'paper.pdf'), Buffer.from(pdf, 'base64'));
  const paper = pictures(join(folder, 'paper'), join(folder, 'paper.pdf'), 300);
  const shown = [...preview, null, ...preview];
  expect(paper).toHaveLength(shown.length);
  paper.forEach((sheet, index) => {
    const page = shown[index];
    if (page) expect(difference(sheet, page), `sheet ${index + 1}`).toBeLessThan(TOLERANCE);
    else expect(Math.max(...inkOf(sheet))).toBe(0);
  });
  // The window that printed is gone.
  expect(
    await app.shell.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length),
  ).toBe(1);
});

test('prints what was signed from the archive, with no service, after the order has changed', async ({
  app,
  cups,
  folder,
}) => {
  const { page } = app;
  await goTo(page, '#/');
  await page.getByLabel('工单文件').setInputFiles('test/fixtures/clinic-21.json');
  await openSection(page, 'signing');
  await signAs(page, 'customerRepresentative', '张样例', 1);
  await openSection(page, 'documents');
  const [signed = new Uint8Array()] = await savedPdfs(page, app.saveAs);
  await openSection(page, 'customer');
  await fillFact(page, 'customer.address', '样例路 999 号，与签署时不同');
  await expectSaved(page);
  await openSection(page, 'documents');

  await page.locator('[data-document="survey"]').getByRole('button', { name: '打印' }).click();
  const panel = page.getByRole('dialog', { name: '打印' });
  await panel.getByText('签署时存档的文件').click();
  await panel.getByLabel('份数').fill('1');
  await choosePrinter(page, cups.printer);
  await panel.getByRole('button', { name: /打印 1 份/ }).click();
  await expect(page.getByText(`已交给打印机“${cups.printer}”`)).toBeVisible({ timeout: 60_000 });
  await expect.poll(() => cups.printed().length, { timeout: 30_000 }).toBe(1);

  const path = join(folder, 'signed.pdf');
  writeFileSync(path, signed);
  const then = pictures(join(folder, 'signed'), path, 60);
  const paper = pictures(join(folder, 'paper'), cups.printed()[0] ?? '', 60);
  expect(paper).toHaveLength(then.length);
  paper.forEach((sheet, index) => {
    const page = then[index];
    expect(page && difference(sheet, page), `sheet ${index + 1}`).toBeLessThan(TOLERANCE);
  });
});
