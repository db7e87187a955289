/** What is wrong with the store has a page of its own, which says what to press, and pressing it helps. */
import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { type App, expect, goTo, test } from './fixtures.ts';
import { openVault } from './rig/vault.ts';
import { expectSaved, field, newOrder } from './steps.ts';

const recovery = (page: Page) => page.locator('.recovery');
const list = (page: Page) => page.getByRole('button', { name: '新建工单' });
const screen = (page: Page) => list(page).or(page.locator('.settings, .section')).first();

/** Opens the vault where the engine asks for it again, and waits for a screen. */
const reopened = async (page: Page): Promise<void> => {
  const vault = page.locator('.vault');
  await expect(vault.or(recovery(page)).or(screen(page)).first()).toBeVisible({ timeout: 60_000 });
  if (await vault.isVisible()) await openVault(page);
};

const reload = async (page: Page): Promise<void> => {
  await page.reload();
  await reopened(page);
};

const press = async (page: Page, button: string): Promise<void> => {
  await Promise.all([
    page.waitForEvent('load'),
    recovery(page).getByRole('button', { name: button }).click(),
  ]);
  await reopened(page);
};

const expectTrouble = async (page: Page, trouble: string, title: string): Promise<void> => {
  await expect(recovery(page)).toHaveAttribute('data-trouble', trouble);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  await picture(page, trouble);
};

const picture = async (page: Page, name: string): Promise<void> => {
  const folder = process.env.ONSITE_PICTURES_RECOVERY;
  if (!folder) return;
  for (const [width, height] of [
    [1366, 768],
    [820, 1180],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: `${folder}/${name}-${width}.png` });
  }
};

/** An order with a customer's name, saved, and seen in the list. */
const typeOrder = async (page: Page): Promise<void> => {
  await newOrder(page);
  await field(page, 'customer.name').locator('input').fill('样例诊所');
  await expectSaved(page);
  await goTo(page, '#/');
  await expect(page.getByText('样例诊所')).toBeVisible();
};

/** Deletes the database under the page. */
const deleteDatabase = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    for (const { name } of await indexedDB.databases()) {
      if (!name) continue;
      await new Promise<void>((resolve, reject) => {
        const deletion = indexedDB.deleteDatabase(name);
        deletion.onsuccess = () => resolve();
        deletion.onerror = () => reject(deletion.error);
      });
    }
  });

test('a database that was reset is made again from the journal', async ({ app }) => {
  await typeOrder(app.page);
  // As a start that had it once.
  await reload(app.page);
  await deleteDatabase(app.page);
  await reload(app.page);
  await expectTrouble(app.page, 'reset', '数据库被重置了');
  await press(app.page, '重试');
  await expectTrouble(app.page, 'reset', '数据库被重置了');
  await press(app.page, '从日志重建');
  await expect(app.page.getByText('样例诊所')).toBeVisible();
  await expect(app.page.getByText('恢复 1 份工单')).toBeVisible();
});

test('a database that is empty beside a full journal says so, and a backup can be looked for', async ({
  app,
}) => {
  await typeOrder(app.page);
  await deleteDatabase(app.page);
  await app.page.evaluate(() => localStorage.removeItem('onsite.database.used/onsite-1'));
  await reload(app.page);
  await expectTrouble(app.page, 'empty', '数据库是空的，日志里有内容');
  await press(app.page, '恢复备份');
  await expect(app.page).toHaveURL(/#\/restore/);
  await goTo(app.page, '#/');
  await expect(app.page.getByText('样例诊所')).toBeVisible();
});

test('a store that a later version wrote is left alone', async ({ app }) => {
  await typeOrder(app.page);
  const raise = (page: Page) =>
    page.evaluate(async () => {
      const [{ name, version }] = (await indexedDB.databases()) as [
        { name: string; version: number },
      ];
      await new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open(name, version + 10);
        opening.onsuccess = () => {
          opening.result.close();
          resolve();
        };
        opening.onerror = () => reject(opening.error);
      });
      return version + 10;
    });
  const version = await raise(app.page);
  await reload(app.page);
  await expectTrouble(app.page, 'newer', '请更新勘签');
  await press(app.page, '重试');
  await expectTrouble(app.page, 'newer', '请更新勘签');
  const after = await app.page.evaluate(async () => (await indexedDB.databases())[0]?.version);
  expect(after).toBe(version);
});

test('damaged rows set the database aside, which is kept; a diagnostic file names nobody', async ({
  app,
}) => {
  await typeOrder(app.page);
  const damage = (page: Page) =>
    page.evaluate(async () => {
      const [{ name }] = (await indexedDB.databases()) as [{ name: string }];
      await new Promise<void>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const database = opening.result;
          const tables = ['meta', 'records'];
          const transaction = database.transaction(tables, 'readwrite');
          for (const table of tables) {
            transaction.objectStore(table).openCursor().onsuccess = ({ target }) => {
              const cursor = (target as IDBRequest<IDBCursorWithValue | null>).result;
              if (!cursor) return;
              cursor.value.sealed[20] ^= 1;
              cursor.update(cursor.value);
              cursor.continue();
            };
          }
          transaction.oncomplete = () => {
            database.close();
            resolve();
          };
        };
      });
    });
  await damage(app.page);
  await reload(app.page);
  await expectTrouble(app.page, 'damaged', '数据库有一处损坏');
  const saved = await app.saveAs(() =>
    app.page.getByRole('button', { name: '保存诊断文件' }).click(),
  );
  const report = new TextDecoder().decode(saved);
  expect(report).not.toContain('样例');
  expect(JSON.parse(report)).toMatchObject({
    trouble: 'damaged',
    error: { name: 'DamagedRowError' },
    database: { inUse: 'onsite-1' },
  });
  await press(app.page, '从日志重建');
  await expect(app.page.getByText('样例诊所')).toBeVisible();
  const names = await app.page.evaluate(async () =>
    (await indexedDB.databases()).map(({ name }) => name),
  );
  expect(names).toEqual(expect.arrayContaining(['onsite-1', 'onsite-2']));
});

test('a database that does not open, and a disk that is full, have their pages', async ({
  app,
}) => {
  await typeOrder(app.page);
  const fail = (name: string) =>
    app.page.addInitScript((error) => {
      if (sessionStorage.getItem('healed') !== null) return;
      indexedDB.open = () => {
        throw new DOMException('Internal error opening backing store', error);
      };
    }, name);
  await fail('UnknownError');
  await reload(app.page);
  await expectTrouble(app.page, 'closed', '打不开本机数据库');
  await fail('QuotaExceededError');
  await press(app.page, '重试');
  await expectTrouble(app.page, 'full', '磁盘已满');
  await app.page.evaluate(() => sessionStorage.setItem('healed', '1'));
  await press(app.page, '重试');
  await expect(app.page.getByText('样例诊所')).toBeVisible();
});

/** Fills the journal's files with noise, on the disk or in the browser's private file system. */
const spoilJournal = async ({ engine, profile, page }: App): Promise<void> => {
  if (engine === 'electron') {
    const folder = join(profile, 'journal');
    for (const name of await readdir(folder)) await writeFile(join(folder, name), randomBytes(900));
    return;
  }
  const spoil = () =>
    page.evaluate(() =>
      // Between two appends of the app.
      navigator.locks.request('onsite-journal', async () => {
        const root = await navigator.storage.getDirectory();
        for await (const [name, handle] of root.entries()) {
          if (!name.endsWith('.entries') || !(handle instanceof FileSystemFileHandle)) continue;
          const writable = await handle.createWritable();
          await writable.write(crypto.getRandomValues(new Uint8Array(900)));
          await writable.close();
        }
      }),
    );
  // Behind an append the app keeps the file open for a moment, to nobody else's use.
  await expect(spoil).toPass({ timeout: 10_000 });
};

test('a journal that cannot be read beside a lost database says so, and work can go on', async ({
  app,
}) => {
  await typeOrder(app.page);
  await reload(app.page);
  // In this order: what the journal lacks is written to it anew while there is a database.
  await deleteDatabase(app.page);
  await spoilJournal(app);
  await reload(app.page);
  await expectTrouble(app.page, 'journal', '保存日志读不出来');
  await press(app.page, '重建能读的部分');
  await expect(app.page.getByText('样例诊所')).toBeHidden();
  await typeOrder(app.page);
});
