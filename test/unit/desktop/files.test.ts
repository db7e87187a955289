import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageFile } from '../../../electron/page-files.ts';
import { safeFileName, saveFile } from '../../../electron/save-file.ts';
import { openSettings } from '../../../electron/settings.ts';

const folder = () => mkdtemp(join(tmpdir(), 'onsite-files-'));

test('a file name stays readable and cannot leave its folder', () => {
  expect(safeFileName('样例诊所 勘察表.pdf')).toBe('样例诊所 勘察表.pdf');
  expect(safeFileName('../../etc/passwd')).toBe('_.._etc_passwd');
  expect(safeFileName('a:b*c?.pdf')).toBe('a_b_c_.pdf');
  expect(safeFileName('CON.pdf')).toBe('_CON.pdf');
  expect(safeFileName(' ... ')).toBe('未命名');
  expect(safeFileName('表\u202efdp.exe')).toBe('表_fdp.exe');
});

test('whatever the page calls a file, its name is one name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      const safe = safeFileName(name);
      expect(basename(safe)).toBe(safe);
      expect(safe).not.toMatch(/^\.{0,2}$|[\\/\0]/);
    }),
  );
});

test('a file is written where the person chose', async () => {
  const at = await folder();
  const path = await saveFile(
    '表.pdf',
    new Uint8Array([1, 2]),
    at,
    async (suggestion) => suggestion,
  );
  expect(path).toBe(join(at, '表.pdf'));
  expect([...(await readFile(path ?? ''))]).toEqual([1, 2]);
  expect(await readdir(at)).toEqual(['表.pdf']);
});

test('cancelling saves nothing', async () => {
  const at = await folder();
  expect(await saveFile('表.pdf', new Uint8Array([1]), at, async () => null)).toBeNull();
  expect(await readdir(at)).toEqual([]);
});

test('a place that cannot be written says so in Chinese and leaves nothing behind', async () => {
  const at = await folder();
  const path = join(at, 'none', '表.pdf');
  await expect(saveFile('表.pdf', new Uint8Array([1]), at, async () => path)).rejects.toThrow(
    '文件夹不存在，请换一个文件夹',
  );
  expect(await readdir(at)).toEqual([]);
});

test('no address leaves the folder of the page', () => {
  fc.assert(
    fc.property(fc.webPath(), (path) => {
      const file = pageFile('/app/page', new URL(`app://onsite${path}`));
      if (file !== null) expect(file.startsWith('/app/page/')).toBe(true);
    }),
  );
  for (const path of ['/..%2fx', '/%2e%2e/%2e%2e/x', '/a%5c..%5cx', '/%00', '/a%2f%2e%2e/x']) {
    expect(pageFile('/app/page', new URL(`app://onsite${path}`)) ?? '').not.toContain('..');
  }
  expect(pageFile('/app/page', new URL('app://onsite/'))).toBe('/app/page/index.html');
});

test('broken settings are the defaults, and a broken part does not take the rest along', async () => {
  const path = join(await folder(), 'settings.json');
  await writeFile(path, '{"service":"http');
  expect(openSettings(path).current()).toEqual({
    service: null,
    window: null,
    printer: null,
    backupFolder: null,
    version: null,
  });
  await writeFile(path, '{"service":"http://127.0.0.1:8620","window":{"width":1}}');
  expect(openSettings(path).current()).toEqual({
    service: 'http://127.0.0.1:8620',
    window: null,
    printer: null,
    backupFolder: null,
    version: null,
  });
});

test('settings changed at the same time are all kept', async () => {
  const path = join(await folder(), 'settings.json');
  const settings = openSettings(path);
  const window = { width: 1000, height: 700, maximized: false };
  await Promise.all([settings.change({ window }), settings.change({ service: 'http://a' })]);
  expect(openSettings(path).current()).toMatchObject({ service: 'http://a', window });
});
