import { appendFile, mkdtemp, readdir, readFile, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type Journal, openJournal as open } from '../../../electron/journal.ts';

const opened: Journal[] = [];
const openJournal: typeof open = (...args) => {
  const journal = open(...args);
  opened.push(journal);
  return journal;
};
afterEach(async () => {
  await Promise.all(opened.splice(0).map((journal) => journal.close()));
});

const folder = () => mkdtemp(join(tmpdir(), 'onsite-journal-'));
const entry = (text: string) => new TextEncoder().encode(text);
const texts = (entries: readonly Uint8Array[]) =>
  entries.map((each) => new TextDecoder().decode(each));
const NOVEMBER = () => new Date('2026-11-30T23:00:00Z');
const DECEMBER = () => new Date('2026-12-01T01:00:00Z');

test('entries come back in the order they were appended, from every month', async () => {
  const at = await folder();
  const november = openJournal(at, NOVEMBER);
  await Promise.all(['一', '二', '三'].map((text) => november.append(entry(text))));
  const december = openJournal(at, DECEMBER);
  await december.append(entry('四'));
  expect(await readdir(at)).toEqual(['2026-11.journal', '2026-12.journal']);
  expect(texts(await december.read())).toEqual(['一', '二', '三', '四']);
});

test('a month that ends while the app runs begins a new file', async () => {
  const at = await folder();
  let now = NOVEMBER();
  const journal = openJournal(at, () => now);
  await journal.append(entry('一'));
  now = DECEMBER();
  await journal.append(entry('二'));
  expect(await readdir(at)).toEqual(['2026-11.journal', '2026-12.journal']);
  expect(texts(await journal.read())).toEqual(['一', '二']);
});

test('wherever a power cut tears the file, whole entries stay and new ones follow them', async () => {
  const source = await folder();
  await openJournal(source, NOVEMBER).append(entry('一'));
  const whole = (await readFile(join(source, '2026-11.journal'))).length;
  for (const left of [1, 5, whole - 1]) {
    const at = await folder();
    const before = openJournal(at, NOVEMBER);
    await before.append(entry('一'));
    await before.append(entry('二'));
    await truncate(join(at, '2026-11.journal'), whole + left);
    const after = openJournal(at, NOVEMBER);
    expect(texts(await after.read())).toEqual(['一']);
    await after.append(entry('三'));
    expect(texts(await openJournal(at, NOVEMBER).read())).toEqual(['一', '三']);
  }
});

test('what is cut off is put aside, not thrown away', async () => {
  const at = await folder();
  await openJournal(at, NOVEMBER).append(entry('一'));
  await appendFile(join(at, '2026-11.journal'), 'torn');
  await openJournal(at, NOVEMBER).append(entry('二'));
  const cut = (await readdir(at)).find((name) => name.includes('.cut-')) ?? '';
  expect(await readFile(join(at, cut), 'utf8')).toBe('torn');
});

test('an empty folder is an empty journal', async () => {
  expect(await openJournal(join(await folder(), 'none')).read()).toEqual([]);
});
