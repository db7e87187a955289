import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { journalFrame, PLAIN_JOURNAL_START } from '../../../domain/sync/journal.ts';
import type {
  JournalFiles,
  JournalPage,
  JournalPlace,
} from '../../../domain/sync/journal-files.ts';
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

const folder = async () => {
  const at = await mkdtemp(join(tmpdir(), 'onsite-journal-'));
  onTestFinished(() => rm(at, { recursive: true, force: true }));
  return at;
};
const entry = (text: string) => new TextEncoder().encode(text);
const texts = async (journal: JournalFiles) => {
  const read: string[] = [];
  let from: JournalPlace | null = null;
  do {
    const { entries, next }: JournalPage = await journal.read(from);
    read.push(...entries.map((each) => new TextDecoder().decode(each)));
    from = next;
  } while (from !== null);
  return read;
};
const NOVEMBER = () => new Date('2026-11-30T23:00:00Z');
const DECEMBER = () => new Date('2026-12-01T01:00:00Z');
const FILE = '2026-11.entries';

test('entries come back in the order they were appended, from every month', async () => {
  const at = await folder();
  const november = openJournal(at, NOVEMBER);
  await Promise.all(['一', '二', '三'].map((text) => november.append(entry(text))));
  const december = openJournal(at, DECEMBER);
  await december.append(entry('四'));
  expect(await readdir(at)).toEqual([FILE, '2026-12.entries']);
  expect(await texts(december)).toEqual(['一', '二', '三', '四']);
});

test('a month that ends while the app runs begins a new file', async () => {
  const at = await folder();
  let now = NOVEMBER();
  const journal = openJournal(at, () => now);
  await journal.append(entry('一'));
  now = DECEMBER();
  await journal.append(entry('二'));
  expect(await readdir(at)).toEqual([FILE, '2026-12.entries']);
  expect(await texts(journal)).toEqual(['一', '二']);
});

test('a long journal is read in pages, and an entry longer than a page is read whole', async () => {
  const at = await folder();
  const journal = openJournal(at, NOVEMBER);
  const sizes = [1_000_000, 9_000_000, 3_000_000, 3_000_000, 10];
  for (const size of sizes) await journal.append(new Uint8Array(size));
  const pages: number[][] = [];
  for (let from: Parameters<Journal['read']>[0] = null; ; ) {
    const { entries, next, unread } = await journal.read(from);
    pages.push(entries.map(({ length }) => length));
    expect(unread).toBe(0);
    if (next === null) break;
    from = next;
  }
  expect(pages).toEqual([[1_000_000], [9_000_000], [3_000_000], [3_000_000, 10]]);
});

test('what another process appended is read before the next entry goes behind it', async () => {
  const at = await folder();
  const [a, b] = [openJournal(at, NOVEMBER), openJournal(at, NOVEMBER)];
  await a.append(entry('一'));
  await b.append(entry('二'));
  await a.append(entry('三'));
  expect(await texts(b)).toEqual(['一', '二', '三']);
});

test('wherever a power cut tears the file, whole entries stay and new ones follow them', async () => {
  const source = await folder();
  await openJournal(source, NOVEMBER).append(entry('一'));
  const whole = (await readFile(join(source, FILE))).length;
  for (const left of [1, 5, whole - 1]) {
    const at = await folder();
    const before = openJournal(at, NOVEMBER);
    await before.append(entry('一'));
    await before.append(entry('二'));
    await truncate(join(at, FILE), whole + left);
    const after = openJournal(at, NOVEMBER);
    expect(await texts(after)).toEqual(['一']);
    expect((await after.read(null)).unread).toBe(left);
    await after.append(entry('三'));
    expect(await texts(openJournal(at, NOVEMBER))).toEqual(['一', '三']);
  }
});

test('what is cut off is put aside, not thrown away', async () => {
  const at = await folder();
  await openJournal(at, NOVEMBER).append(entry('一'));
  await appendFile(join(at, FILE), 'torn');
  await openJournal(at, NOVEMBER).append(entry('二'));
  const cut = (await readdir(at)).find((name) => name.includes('.cut-')) ?? '';
  expect(await readFile(join(at, cut), 'utf8')).toBe('torn');
});

test('of many pieces that were cut off the newest twenty stay, and damage is counted by itself', async () => {
  const at = await folder();
  let ms = NOVEMBER().getTime();
  const later = () => {
    ms += 1;
    return new Date(ms);
  };
  const spoil = async (piece: string) => {
    await appendFile(join(at, FILE), piece);
    await openJournal(at, later).append(entry('后'));
  };
  await openJournal(at, later).append(entry('一'));
  await spoil('damage'.repeat(20_000));
  for (let piece = 1; piece <= 23; piece += 1) await spoil(`torn ${piece}`);
  const names = (await readdir(at)).sort();
  const aside = await Promise.all(
    names.filter((name) => name !== FILE).map((name) => readFile(join(at, name), 'utf8')),
  );
  const torn = aside.filter((text) => text.startsWith('torn'));
  expect(torn).toEqual(Array.from({ length: 20 }, (_, i) => `torn ${i + 4}`));
  expect(aside.filter((text) => text.startsWith('damage'))).toHaveLength(1);
  expect(await texts(openJournal(at, later))).toHaveLength(25);
});

test('however a file was damaged, only entries that stand where they stood are read, and one can go on', async () => {
  const at = await folder();
  const path = join(at, FILE);
  const written = ['一', '二二', '三三三', '四'];
  const journal = openJournal(at, NOVEMBER);
  for (const text of written) await journal.append(entry(text));
  await journal.close();
  const whole = await readFile(path);
  const damage = fc.oneof(
    fc.record({
      at: fc.nat(whole.length - 1),
      noise: fc.uint8Array({ minLength: 1, maxLength: 90 }),
    }),
    fc.record({ at: fc.nat(whole.length), noise: fc.constant(null) }),
  );
  await fc.assert(
    fc.asyncProperty(damage, async ({ at: place, noise }) => {
      const bytes = noise ? Buffer.from(whole) : whole.subarray(0, place);
      if (noise) bytes.set(noise.subarray(0, bytes.length - place), place);
      await writeFile(path, bytes);
      const damaged = openJournal(at, NOVEMBER);
      const read = await texts(damaged);
      expect(read).toEqual(written.slice(0, read.length));
      await damaged.append(entry('新'));
      expect(await texts(damaged)).toEqual([...read, '新']);
      await damaged.close();
    }),
    { numRuns: 60 },
  );
});

test('an empty folder is an empty journal', async () => {
  const journal = openJournal(join(await folder(), 'none'));
  expect(await texts(journal)).toEqual([]);
  expect(await journal.readPlain()).toEqual([]);
});

test('a folder that cannot be read is an error, not an empty journal', async () => {
  const at = await folder();
  await writeFile(join(at, 'file'), '');
  await expect(openJournal(join(at, 'file')).read(null)).rejects.toThrow();
});

const plainFile = (...entries: readonly string[]): Uint8Array => {
  const frames: number[] = [];
  let digest: Uint8Array = PLAIN_JOURNAL_START;
  for (const text of entries) {
    const next = journalFrame(digest, entry(text));
    frames.push(...next.frame);
    digest = next.digest;
  }
  return Uint8Array.from(frames);
};

test('plain journals of the first versions are taken over before later entries, then removed', async () => {
  const at = await folder();
  await writeFile(join(at, '2026-10.journal'), plainFile('一', '二'));
  await writeFile(join(at, '2026-11.journal'), Uint8Array.from([...plainFile('三'), 1, 2, 3]));
  await writeFile(join(at, '2026-11.cut-1790000000000'), 'torn');
  const journal = openJournal(at, NOVEMBER);
  await journal.append(entry('五'));
  expect(await texts(journal)).toEqual(['五']);

  const plain = await journal.readPlain();
  expect(plain.map(({ name, entries, rest }) => [name, entries.length, rest.length])).toEqual([
    ['2026-10.journal', 2, 0],
    ['2026-11.cut-1790000000000', 0, 4],
    ['2026-11.journal', 1, 3],
  ]);
  for (const { name, entries } of plain) await journal.replacePlain(name, entries);
  expect(await texts(journal)).toEqual(['一', '二', '三', '五']);
  expect(await journal.readPlain()).toEqual([]);
  expect((await readdir(at)).filter((name) => !name.endsWith('.entries'))).toEqual([]);
});

test('a plain journal stays when what was to replace it could not be written', async () => {
  const at = await folder();
  await writeFile(join(at, '2026-10.journal'), plainFile('一'));
  const journal = openJournal(at, NOVEMBER);
  await mkdir(join(at, '2026-10-earlier.entries', 'in the way'), { recursive: true });
  await expect(journal.replacePlain('2026-10.journal', [entry('一')])).rejects.toThrow();
  expect((await journal.readPlain()).map(({ name }) => name)).toEqual(['2026-10.journal']);
});
