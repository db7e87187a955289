import { beforeEach, expect, test, vi } from 'vitest';
import { journalFrame, PLAIN_JOURNAL_START } from '../../../domain/sync/journal.ts';
import { browserPlatform } from '../../../renderer/platform/browser.ts';
import type { Platform } from '../../../renderer/platform/platform.ts';

/** The journal's file of this month, which the worker keeps in the origin's private file system. */
const fileName = `${new Date().toISOString().slice(0, 7)}.entries`;
const root = () => navigator.storage.getDirectory();

/** Does what others may do to a file once the worker has let it go. */
const whenLetGo = <T>(work: () => Promise<T>): Promise<T> => vi.waitFor(work, { timeout: 5_000 });

beforeEach(async () => {
  const folder = await root();
  for await (const name of folder.keys()) {
    if (name.includes('entries') || name === 'journal') {
      await whenLetGo(() => folder.removeEntry(name));
    }
  }
  localStorage.clear();
  sessionStorage.clear();
});

const bytes = (...values: number[]) => Uint8Array.from(values);
const entriesOf = async ({ journal }: Platform) => (await journal.read(null)).entries;

test('the journal keeps its entries, whichever tab wrote them', async () => {
  const [a, b] = [browserPlatform(), browserPlatform()];
  await a.journal.append(bytes(1));
  await b.journal.append(bytes(2, 2));
  await Promise.all([a.journal.append(bytes(3)), b.journal.append(bytes(3))]);
  await a.journal.append(bytes(4));
  expect(await entriesOf(browserPlatform())).toEqual(
    [[1], [2, 2], [3], [3], [4]].map((values) => bytes(...values)),
  );
});

test('a torn end is cut before the next entry is written, and put aside', async () => {
  const first = browserPlatform();
  await first.journal.append(bytes(1));
  await first.journal.append(bytes(2));
  const handle = await (await root()).getFileHandle(fileName);
  const { size } = await handle.getFile();
  const writable = await whenLetGo(() => handle.createWritable({ keepExistingData: true }));
  await writable.truncate(size - 1);
  await writable.close();

  const next = browserPlatform();
  expect(await next.journal.read(null)).toMatchObject({ entries: [bytes(1)], unread: 36 });
  await next.journal.append(bytes(3));
  expect(await entriesOf(next)).toEqual([bytes(1), bytes(3)]);
  const names: string[] = [];
  for await (const name of (await root()).keys()) names.push(name);
  expect(names.some((name) => name.startsWith(`${fileName}.cut-`))).toBe(true);
});

test('the plain journal of the first versions is taken over before later entries, then removed', async () => {
  const { frame } = journalFrame(PLAIN_JOURNAL_START, bytes(1));
  const writable = await (
    await (await root()).getFileHandle('journal', { create: true })
  ).createWritable();
  await writable.write(frame);
  await writable.close();
  const platform = browserPlatform();
  await platform.journal.append(bytes(3));
  expect(await platform.journal.readPlain()).toEqual([
    { name: 'journal', entries: [bytes(1)], rest: bytes() },
  ]);
  await platform.journal.replacePlain('journal', [bytes(2)]);
  expect(await platform.journal.readPlain()).toEqual([]);
  // Two files are two pages.
  const { entries, next } = await platform.journal.read(null);
  expect(entries).toEqual([bytes(2)]);
  expect((await platform.journal.read(next)).entries).toEqual([bytes(3)]);
});

test('an enrolment code is taken out of the address and kept for the tab', async () => {
  history.replaceState(null, '', '?enrol=K7QF-3M2X-9TRD&other=1#/settings');
  expect((await browserPlatform().config()).enrolmentCode).toBe('K7QF-3M2X-9TRD');
  expect(location.search).toBe('?other=1');
  expect(location.hash).toBe('#/settings');
  expect((await browserPlatform().config()).enrolmentCode).toBe('K7QF-3M2X-9TRD');
});

test('the service is where the page came from, until somebody says otherwise', async () => {
  const platform = browserPlatform();
  expect((await platform.config()).service).toBe(location.origin);
  await platform.setService('http://127.0.0.1:8620');
  expect((await platform.config()).service).toBe('http://127.0.0.1:8620');
  await platform.setService(null);
  expect((await platform.config()).service).toBe(location.origin);
});
