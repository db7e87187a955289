/**
 * Ten thousand orders on the device: how soon the list is usable after the window opens, and how
 * soon search answers a keystroke. In the real Electron, on a profile that pulled the orders from
 * the real service. Beside them, in the same run and window, what nobody can undercut: reading the
 * same rows from raw IndexedDB, and drawing a frame in which nothing changes.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { v7 as uuid } from 'uuid';
import { enrolAnswerSchema } from '../../domain/accounts/wire.ts';
import { LIMITS } from '../../domain/sync/wire.ts';
import { launchElectron } from '../e2e/rig/engines.ts';
import { freePort } from '../e2e/rig/processes.ts';
import { createServiceRig } from '../e2e/rig/service.ts';
import { figure, median } from './lib/figures.ts';

const ORDERS = 10_000;
const STARTS = 7;
/** Typed one character after the other: a name, an order number, a phone number. */
const SEARCHES = ['样例酒店0777', 'GD20260302-04', '13900000'];

/** Fills the service with invented orders, as a device that made them would. */
const fill = async (service: { url: string; code: string }): Promise<void> => {
  const device = uuid();
  const post = async (path: string, body: unknown, token?: string): Promise<unknown> => {
    const answer = await fetch(service.url + path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const enrolment = await post('/enrol', { code: service.code, device, name: 'bench' });
  const { token } = enrolAnswerSchema.parse(enrolment);
  const changes = Array.from({ length: ORDERS }, (_, index) => {
    const record = uuid();
    const count = String(index).padStart(4, '0');
    const fields = {
      'order.createdAt': Date.UTC(2026, 2, 2) + index * 60_000,
      orderNumber: `GD20260302-${count}`,
      'customer.name': `样例${['诊所', '酒店', '学校', '工厂'][index % 4]}${count}`,
      'customer.contact.phone': `1390000${count}`,
      'survey.lineCount': (index % 210) + 1,
    };
    return Object.entries(fields).map(([field, value]) => ({
      id: uuid(),
      record,
      field,
      value,
      was: null,
      time: Date.now(),
      device,
      by: 'bench',
    }));
  }).flat();
  for (let at = 0; at < changes.length; at += LIMITS.pushChanges) {
    const batch = changes.slice(at, at + LIMITS.pushChanges);
    await post('/sync/push', { now: Date.now(), changes: batch }, token);
  }
};

/** ms from the window's navigation to the list's first rows, by the page's own mark. */
const listShownAt = async (page: Page): Promise<number> => {
  await page.waitForFunction(() => performance.getEntriesByName('orders-shown').length > 0);
  return page.evaluate(() => performance.getEntriesByName('orders-shown')[0]?.startTime ?? NaN);
};

/** ms to read every row of the list from IndexedDB with nothing in between. */
const rawRead = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const start = performance.now();
        const opening = indexedDB.open('onsite-1');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const reading = opening.result.transaction('summaries').objectStore('summaries').getAll();
          reading.onsuccess = () => {
            opening.result.close();
            resolve(performance.now() - start);
          };
        };
      }),
  );

/** ms from each keystroke to the frame that shows its answer. */
const typeSearch = (page: Page, text: string): Promise<number[]> =>
  page.evaluate(async (typed) => {
    const input = document.querySelector<HTMLInputElement>('input[aria-label="搜索工单"]');
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set;
    if (!input || !set) throw new Error('no search box');
    const times: number[] = [];
    for (let length = 0; length <= typed.length; length++) {
      const start = performance.now();
      set.call(input, typed.slice(0, length));
      input.dispatchEvent(new Event('input', { bubbles: true }));
      // Behind the next frame: the answer is painted.
      await new Promise<void>((resolve) => {
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => resolve();
          port2.postMessage(null);
        });
      });
      times.push(performance.now() - start);
    }
    return times;
  }, text);

const folder = mkdtempSync(join(tmpdir(), 'onsite-bench-'));
const service = createServiceRig(join(folder, 'service'), await freePort());
try {
  await service.start();
  await fill({ url: service.url, code: await service.enrolmentCode('installer') });
  const launch = { profile: join(folder, 'profile'), page: '', service: service.url };
  const enrolmentCode = await service.enrolmentCode('installer');

  const pulling = Date.now();
  const first = await launchElectron({ ...launch, enrolmentCode });
  await first.page.getByText(`全部 ${ORDERS}`).waitFor({ timeout: 300_000 });
  figure('list', 'first pull of 10,000 orders', Date.now() - pulling, 'ms');
  await first.close();
  await service.stop();

  const shown: number[] = [];
  const raw: number[] = [];
  const keys: number[] = [];
  const still: number[] = [];
  for (let start = 0; start < STARTS; start++) {
    const { page, close } = await launchElectron(launch);
    shown.push(await listShownAt(page));
    raw.push(await rawRead(page));
    for (const text of SEARCHES) keys.push(...(await typeSearch(page, text)));
    still.push(...(await typeSearch(page, '')), ...(await typeSearch(page, '')));
    await close();
  }
  const sorted = keys.sort((a, b) => a - b);
  const worst = sorted[Math.floor(sorted.length * 0.95)] ?? NaN;
  figure('list', 'window to usable list', median(shown), 'ms', { limit: 1_000, runs: STARTS });
  figure('list', 'raw IndexedDB read of the same rows', median(raw), 'ms');
  figure('list', 'list / raw read', median(shown) / median(raw), 'ratio');
  figure('list', 'keystroke to painted answer, median', median(keys), 'ms', { limit: 50 });
  figure('list', 'keystroke to painted answer, p95', worst, 'ms', { limit: 50 });
  figure('list', 'empty frame', median(still), 'ms');
  figure('list', 'keystroke / empty frame', median(keys) / median(still), 'ratio');
} finally {
  await service.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
