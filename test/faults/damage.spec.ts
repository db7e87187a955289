/**
 * The browser's database is lost or damaged between two runs: deleted, cut short, filled with noise.
 * The app says so on a page of its own, and makes it again from the journal, to the last keystroke
 * that was acknowledged, with signatures and photos.
 */
import { cp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type App, expect, goTo, test } from '../e2e/fixtures.ts';
import { randomFrom } from '../e2e/rig/random.ts';
import {
  expectSaved,
  exportedOrder,
  importFixture,
  openSection,
  sealPhoto,
  signAs,
} from '../e2e/steps.ts';
import { DEEDS } from './deeds.ts';
import { recover } from './recover.ts';

// A loss that happens once in a while is a loss.
test.describe.configure({ retries: 0 });

const SEED = Number(process.env.ONSITE_SEED ?? 20_261_122);

/** The folders of a profile that hold IndexedDB, of the shell or of a browser. */
const databaseFolder = async (profile: string): Promise<string> => {
  for (const folder of ['IndexedDB', 'Default/IndexedDB']) {
    const path = join(profile, folder);
    if (await stat(path).catch(() => null)) return path;
  }
  throw new Error(`no IndexedDB in ${profile}`);
};

const filesIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
};

const noise = (length: number, random: () => number): Buffer =>
  Buffer.from(Uint8Array.from({ length }, () => Math.floor(random() * 256)));

/** What happened to the folder between two runs. */
const DAMAGES: Readonly<Record<string, (folder: string, random: () => number) => Promise<void>>> = {
  deleted: (folder) => rm(folder, { recursive: true }),
  'cut short': async (folder, random) => {
    for (const file of await filesIn(folder)) {
      await truncate(file, Math.floor((await stat(file)).size * random()));
    }
  },
  emptied: async (folder) => {
    for (const file of await filesIn(folder)) await truncate(file, 0);
  },
  'filled with noise': async (folder, random) => {
    for (const file of await filesIn(folder)) {
      await writeFile(file, noise((await stat(file)).size, random));
    }
  },
  // The index of the files stays: the engine opens the database and finds the damage later.
  'with noise in its tables': async (folder, random) => {
    for (const file of await filesIn(folder)) {
      if (!/\.(ldb|log)$/.test(file)) continue;
      const bytes = await readFile(file);
      for (let at = 512; at < bytes.length; at += 4_096) noise(64, random).copy(bytes, at);
      await writeFile(file, bytes);
    }
  },
};

/** A signed and stamped order; its address. */
const closeOneOrder = async ({ page }: App): Promise<string> => {
  await importFixture(page, 'clinic-21');
  await openSection(page, 'signing');
  await signAs(page, 'customerRepresentative', '张样例', 1);
  await page.getByLabel('选择甲方公章照片').setInputFiles(await sealPhoto(page));
  await expect(page.getByAltText('甲方公章照片')).toBeVisible({ timeout: 60_000 });
  await expectSaved(page);
  return new URL(page.url()).hash;
};

test('a lost or damaged database is made again from the journal', async ({ app, folder }) => {
  test.setTimeout(400_000);
  console.log(`ONSITE_SEED=${SEED}`);
  const random = randomFrom(SEED);
  const address = await closeOneOrder(app);
  const before = await exportedOrder(app);
  await app.close();
  const kept = join(folder, 'kept');
  await cp(app.profile, kept, { recursive: true });

  for (const [name, damage] of Object.entries(DAMAGES)) {
    await test.step(name, async () => {
      await app.start();
      const begin = DEEDS.typing;
      if (!begin) throw new Error('nobody types');
      const typing = await begin(app, random);
      const done = typing.done.catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 500 + random() * 1_000));
      await app.kill();
      await done;
      await damage(await databaseFolder(app.profile), random);

      await app.start();
      const troubles = await recover(app.page);
      console.log(`database ${name}: ${troubles.join(', ') || 'opened'}`);
      // A folder that is gone cannot open as if nothing had been.
      if (name === 'deleted' || name === 'emptied') expect(troubles).not.toEqual([]);
      await typing.check(app);
      await goTo(app.page, address);
      expect(await exportedOrder(app)).toEqual(before);
      const place = app.page.locator('.signatory[data-role="customerRepresentative"]');
      await expect(place).toHaveAttribute('data-state', 'standing');
      await expect(app.page.getByAltText('甲方公章照片')).toBeVisible({ timeout: 60_000 });

      await app.close();
      await rm(app.profile, { recursive: true });
      await cp(kept, app.profile, { recursive: true });
    });
  }
});
