import { beforeEach, expect, test } from 'vitest';
import { browserPlatform } from '../../../renderer/platform/browser.ts';

/** The journal's file, which the worker keeps in the origin's private file system. */
const file = async () =>
  (await navigator.storage.getDirectory()).getFileHandle('journal', { create: true });

beforeEach(async () => {
  const writable = await (await file()).createWritable();
  await writable.close();
  localStorage.clear();
  sessionStorage.clear();
});

const bytes = (...values: number[]) => Uint8Array.from(values);

test('the journal keeps its entries, whichever tab wrote them', async () => {
  const [a, b] = [browserPlatform(), browserPlatform()];
  await a.appendJournal(bytes(1));
  await b.appendJournal(bytes(2, 2));
  await Promise.all([a.appendJournal(bytes(3)), b.appendJournal(bytes(3))]);
  await a.appendJournal(bytes(4));
  expect(await browserPlatform().readJournal()).toEqual(
    [[1], [2, 2], [3], [3], [4]].map((values) => bytes(...values)),
  );
});

test('a torn end is cut before the next entry is written', async () => {
  const first = browserPlatform();
  await first.appendJournal(bytes(1));
  await first.appendJournal(bytes(2));
  const handle = await file();
  const { size } = await handle.getFile();
  const writable = await handle.createWritable({ keepExistingData: true });
  await writable.truncate(size - 1);
  await writable.close();

  const next = browserPlatform();
  expect(await next.readJournal()).toEqual([bytes(1)]);
  await next.appendJournal(bytes(3));
  expect(await next.readJournal()).toEqual([bytes(1), bytes(3)]);
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
