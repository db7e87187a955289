/**
 * The device cannot leak: after a full session, and after a kill, nothing that a person typed or signed
 * is found in any file under the profile: no name, number or ID number of the fixtures, whole or in
 * pieces, in UTF-8 or UTF-16LE, nor a stretch of a document or photo. The same search finds what is
 * planted, so that it is known to look.
 */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, expect, goTo, test } from '../e2e/fixtures.ts';
import { openVault } from '../e2e/rig/vault.ts';
import {
  expectSaved,
  exportedOrder,
  field,
  fixtureOrder,
  importFixture,
  newOrder,
  openSection,
  paste,
  sealPhoto,
  signAs,
} from '../e2e/steps.ts';
import { filesIn, type Needle, needlesOf, piecesOf, searchFolder } from './search.ts';

// A loss that happens once in a while is a loss.
test.describe.configure({ retries: 0 });

/** Typed by hand and found nowhere else. */
const TYPED = {
  name: '鹳雀衡芜门诊部',
  address: '鹭屿市蒹葭区杳霭路八十七号',
  half: '6835-9417x',
  search: '衡芜鹳雀',
  signer: '诸葛蘅芷',
} as const;

/** The app's own text: what stands in it is no secret. */
const appText = (): Buffer => Buffer.concat(filesIn('dist').map((path) => readFileSync(path)));

/** The texts of an order that name somebody or something: Chinese ones, and long numbers. */
const secretsOf = (name: string): string[] => {
  const order = fixtureOrder(name);
  const rows = [...order.extensions, ...order.members].flatMap((row) => Object.values(row));
  return [...Object.values(order.facts), ...rows]
    .filter((value) => typeof value === 'string')
    .filter((text) => (/\p{Script=Han}/u.test(text) ? text.length >= 3 : text.length >= 8));
};

/** Stretches of a file whose bytes are nobody else's. */
const stretches = (name: string, bytes: Uint8Array): Needle[] =>
  [0.3, 0.5, 0.7, 0.9].map((share) => {
    const start = Math.floor(bytes.length * share);
    const part = Buffer.from(bytes.subarray(start, start + 24));
    return { name: `${name} at ${start}`, bytes: part };
  });

/** Dates and the like are written by every program. */
const isCommon = (text: string) => /^[\d-]{8,10}$/.test(text) && /^20\d\d-?\d\d/.test(text);

const needles = (): Needle[] => {
  const app = appText();
  const texts = [...secretsOf('clinic-21'), ...secretsOf('hotel-210'), ...Object.values(TYPED)];
  return needlesOf(texts.flatMap(piecesOf).filter((text) => !isCommon(text))).filter(
    ({ bytes }) => !app.includes(bytes),
  );
};

/** A backup: into the folder of the shell, as a download of a browser that lets pages choose none. */
const backUp = async (app: App, folder: string): Promise<void> => {
  const { page } = app;
  if (app.engine === 'chromium') {
    await page.addInitScript(() => Reflect.deleteProperty(window, 'showDirectoryPicker'));
    await page.reload();
    await openVault(page);
  } else {
    await app.shell.evaluate(({ dialog }, path) => {
      dialog.showOpenDialog = async () => ({ canceled: false, filePaths: [path] });
    }, folder);
  }
  await goTo(page, '#/settings');
  if (app.engine === 'chromium') {
    const bytes = await app.saveAs(() => page.getByRole('button', { name: '下载备份' }).click());
    writeFileSync(join(folder, 'downloaded.backup'), bytes);
  } else {
    await page.locator('.settings-line', { hasText: '备份文件夹' }).getByRole('button').click();
  }
  await expect(page.getByText('写完后已读回核对')).toBeVisible({ timeout: 60_000 });
};

/** All that was not uploaded, as a bundle for whoever knows its passphrase. */
const exportBundle = async (app: App): Promise<Uint8Array> => {
  const { page } = app;
  await goTo(page, '#/');
  await page.getByRole('button', { name: '导出到U盘' }).click();
  await page.getByRole('radio', { name: '全部未上传' }).check();
  await page.getByRole('radio', { name: '知道口令的人' }).check();
  const bytes = await app.saveAs(() =>
    page.getByRole('button', { name: '选择位置并导出' }).click(),
  );
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('已导出');
  await dialog.getByRole('button', { name: '完成' }).click();
  return bytes;
};

test('nothing typed, signed or photographed lies readable in the profile, in backups or bundles', async ({
  app,
  folder,
}) => {
  test.setTimeout(400_000);
  const carried = join(folder, 'carried');
  mkdirSync(carried);
  const { page } = app;
  const texts = needles();
  expect(texts.length).toBeGreaterThan(1_000);

  // Typed by hand, with a value that cannot be read yet.
  await newOrder(page);
  await field(page, 'customer.name').locator('input').pressSequentially(TYPED.name);
  await field(page, 'customer.address').locator('input, textarea').first().fill(TYPED.address);
  await openSection(page, 'agreement');
  await field(page, 'agreement.totalFee').locator('input').fill(TYPED.half);
  await openSection(page, 'roster');
  const members = fixtureOrder('hotel-210').members.map(
    ({ number, name }) => `${number}\t${name ?? ''}`,
  );
  await paste(page.locator('input[data-slot="1"]'), ['号码\t姓名', ...members].join('\n'));
  await expect(page.locator('.sheet-status')).toContainText(`成员 ${members.length} 个`);

  // A whole file: signed, stamped, looked at, given out.
  await importFixture(page, 'clinic-21');
  await openSection(page, 'signing');
  await signAs(page, 'customerRepresentative', TYPED.signer, 1);
  const photo = await sealPhoto(page);
  await page.getByLabel('选择甲方公章照片').setInputFiles(photo);
  await expect(page.getByAltText('甲方公章照片')).toBeVisible({ timeout: 60_000 });
  await openSection(page, 'documents');
  const row = page.locator('[data-document="acceptance"]');
  await expect(row).toContainText('1 页', { timeout: 30_000 });
  const document = await app.saveAs(() => row.getByRole('button', { name: '另存为' }).click());
  await expect(page.getByLabel(/的预览$/)).toBeVisible();
  expect((await exportedOrder(app)).members.length).toBe(130);
  await expectSaved(page);
  await goTo(page, '#/');
  await page.getByLabel('搜索工单').fill(TYPED.search);
  await page.waitForTimeout(1_000);

  await backUp(app, carried);
  writeFileSync(join(carried, 'all.onsite'), await exportBundle(app));

  const sought = [
    ...texts,
    ...stretches('signed PDF', document),
    ...stretches('photo', photo.buffer),
  ];
  await app.close();
  expect(searchFolder(app.profile, sought)).toEqual([]);
  // There is much to find, if it were not encrypted: the photo and the PDFs alone.
  const sizes = filesIn(carried).map((path) => [path, statSync(path).size] as const);
  for (const kind of [/\.backup$/, /\.onsite$/]) {
    const bytes = sizes.filter(([path]) => kind.test(path)).map(([, size]) => size);
    expect(Math.max(...bytes)).toBeGreaterThan(20_000);
  }
  expect(searchFolder(carried, sought)).toEqual([]);

  // Killed while somebody types, and while a backup is written.
  await app.start();
  await app.page.locator('.order-row').first().click();
  const input = field(app.page, 'customer.name').locator('input');
  await input.fill('');
  await input.pressSequentially(TYPED.name, { delay: 20 });
  await app.kill();
  expect(searchFolder(app.profile, sought)).toEqual([]);
  if (app.engine === 'chromium') return;
  await app.start();
  await goTo(app.page, '#/settings');
  await app.page.getByRole('button', { name: '立即备份' }).click();
  await app.page.waitForTimeout(300);
  await app.kill();
  expect(searchFolder(carried, sought)).toEqual([]);
  expect(searchFolder(app.profile, sought)).toEqual([]);
});

test('the search finds what is planted', async ({ app }) => {
  const { page } = app;
  const planted = '鹳雀衡芜门诊部';
  await page.evaluate(async (text) => {
    localStorage.setItem('planted', text);
    const folder = await navigator.storage.getDirectory();
    const file = await folder.getFileHandle('planted', { create: true });
    const stream = await file.createWritable();
    await stream.write(text);
    await stream.close();
    await new Promise<void>((resolve, reject) => {
      const opening = indexedDB.open('planted', 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore('rows');
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const transaction = opening.result.transaction('rows', 'readwrite');
        // Much alike, as rows are: Snappy cuts the later ones to pieces. Enough for a table of its own.
        for (let row = 0; row < 10_000; row += 1) {
          const fill = Array.from({ length: 60 }, () => Math.random()).join();
          transaction.objectStore('rows').put({ name: `${text}${row}`, fill }, row);
        }
        transaction.oncomplete = () => resolve();
      };
    });
  }, planted);
  await app.close();
  const find = (text: string) => searchFolder(app.profile, needlesOf(piecesOf(text)));
  const places = find(planted).join('\n');
  expect(places).toMatch(/IndexedDB/);
  expect(places).toMatch(/Local Storage/);
  expect(places).toMatch(/IndexedDB.*\.ldb/);
  expect(find('蒹葭杳霭')).toEqual([]);
  mkdirSync(join(app.profile, 'planted'));
  writeFileSync(join(app.profile, 'planted', 'file'), `x${'蒹葭杳霭'}y`, 'utf16le');
  expect(find('蒹葭杳霭').join('\n')).toMatch(/planted\/file: 蒹葭杳霭 \(UTF-16LE\)/);
});
