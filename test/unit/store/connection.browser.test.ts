import { v7 as uuid } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { commands } from 'vitest/browser';
import { createSync, type Sync, uploadStateOf } from '../../../renderer/sync/index.ts';
import { fakePlatform } from './fake-platform.ts';
import { closeStores, fact, openStore } from './stores.ts';

// The service is a real process; a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 });
const PATIENT = { timeout: 60_000 };

let url = '';
const syncs: Sync[] = [];

const device = async (name: string, owner = name) => {
  const platform = fakePlatform();
  platform.service = url;
  platform.enrolmentCode = await commands.enrolmentCode(owner);
  const store = await openStore(name, platform);
  const sync = createSync({ store, platform });
  syncs.push(sync);
  const state = () => store.working.getState().sync;
  return {
    ...{ store, sync, state },
    uploadOf: (order: string) => {
      const summary = store.working.getState().summaries.get(order);
      return summary && uploadStateOf(summary, state());
    },
  };
};

beforeAll(async () => {
  url = await commands.startService();
}, 120_000);
afterAll(() => commands.stopService());
afterEach(async () => {
  await commands.impersonate(null);
  await commands.holdAnswers(null);
  for (const sync of syncs.splice(0)) await sync.stop();
  await closeStores();
});

const sha256Of = async (bytes: Uint8Array<ArrayBuffer>) =>
  [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');

/** An order with a photo of so many bytes. */
const orderWithPhoto = async ({ store }: Awaited<ReturnType<typeof device>>, size: number) => {
  const order = await store.createOrder();
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65_536)));
  }
  const [sha256, attachment] = [await sha256Of(bytes), uuid()];
  await store.commit([], [{ order, sha256, bytes }]);
  await store.commit([
    { record: attachment, order, field: 'attachment.order', value: order },
    { record: attachment, order, field: 'attachment.sha256', value: sha256 },
  ]);
  return { order, sha256, bytes };
};

describe('the truth about the connection', () => {
  test.for([
    ['gateway', '网关回答 502'],
    ['sign-in page', '先登录才能上网'],
    ['redirect', '先登录才能上网'],
  ] as const)(
    'a %s in place of the service: said in plain words, and nothing is taken for an answer',
    async ([who, said]) => {
      const here = await device(`stranger-${who}`);
      here.sync.start();
      await expect.poll(() => here.state().connection, PATIENT).toBe('online');
      await commands.impersonate(who);
      const { order } = await orderWithPhoto(here, 1000);
      here.sync.tryNow();
      await expect
        .poll(here.state, PATIENT)
        .toMatchObject({ connection: 'offline', reason: expect.stringContaining(said) });
      await expect.poll(() => here.uploadOf(order), PATIENT).toBe('waiting');
      await commands.impersonate(null);
      here.sync.tryNow();
      await expect.poll(() => here.uploadOf(order), PATIENT).toBe('sent');
    },
  );

  test('a service that asks to be left alone for a while is, whatever hints there are; not by a person', async () => {
    const here = await device('busy');
    here.sync.start();
    await expect.poll(() => here.state().connection, PATIENT).toBe('online');
    await commands.impersonate('busy');
    const { order } = await orderWithPhoto(here, 1000);
    await expect
      .poll(here.state, PATIENT)
      .toMatchObject({ connection: 'online', reason: expect.stringContaining('服务正忙') });
    await commands.takeRequests();
    for (const hint of ['focus', 'online']) window.dispatchEvent(new Event(hint));
    await here.store.commit([fact(order, 'customer.name', '样例诊所')]);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(await commands.takeRequests()).toEqual([]);
    // By itself, when the time is over.
    await expect.poll(() => commands.takeRequests(), PATIENT).toContain('POST /sync/push');
    await commands.impersonate(null);
    here.sync.tryNow();
    await expect.poll(() => here.uploadOf(order), { timeout: 4_000 }).toBe('sent');
  });

  test('sends text before photos, and says how many bytes of a photo are on their way', async () => {
    const here = await device('bytes');
    const { order, sha256, bytes } = await orderWithPhoto(here, 900_000);
    const seen: { sent: number; total: number }[] = [];
    here.store.working.subscribe(({ sync }) => {
      if (sync.bytes) seen.push(sync.bytes);
    });
    await commands.takeRequests();
    here.sync.start();
    await expect.poll(() => here.uploadOf(order), PATIENT).toBe('sent');
    const asked = await commands.takeRequests();
    const first = (start: string) => asked.findIndex((line) => line.startsWith(start));
    expect(first('POST /sync/push')).toBeLessThan(first('POST /uploads/'));
    expect(asked.filter((line) => line.startsWith('PATCH /uploads/')).length).toBeGreaterThan(1);
    expect(seen.at(-1)).toEqual({ sent: bytes.length, total: bytes.length });
    expect(seen.some(({ sent }) => sent > 0 && sent < bytes.length)).toBe(true);
    expect(await here.sync.office.attachment(sha256)).toEqual(bytes);
  });

  test('what is saved while the first round after a failure comes to its end is sent at once', async () => {
    const here = await device('missed');
    const reason = () => here.state().reason;
    await commands.takeRequests();
    here.sync.start();
    // The line that brings the service's word stays open: nothing else makes another round.
    await expect
      .poll(async () => (await commands.takeRequests()).includes('GET /sync/events'), PATIENT)
      .toBe(true);
    await commands.impersonate('busy');
    here.sync.tryNow();
    await expect.poll(reason, PATIENT).toContain('服务正忙');
    await commands.impersonate(null);
    await commands.holdAnswers('/sync/pull');
    await commands.takeRequests();
    here.sync.tryNow();
    await expect
      .poll(async () => (await commands.takeRequests()).join(), PATIENT)
      .toContain('GET /sync/pull');
    const order = await here.store.createOrder();
    expect(reason()).toContain('服务正忙');
    await commands.holdAnswers(null);
    // A round comes by itself only every thirty seconds.
    await expect.poll(() => here.uploadOf(order), { timeout: 15_000 }).toBe('sent');
  });

  test('rests while it is paused, keeps that over a restart, and goes on when told to', async () => {
    const here = await device('paused');
    here.sync.start();
    await expect.poll(() => here.state().connection, PATIENT).toBe('online');
    here.sync.pause();
    await expect.poll(() => here.state().paused, PATIENT).toBe(true);
    const order = await here.store.createOrder();
    await here.store.commit([fact(order, 'customer.name', '样例诊所')]);
    await here.sync.stop();
    await commands.takeRequests();
    here.sync.start();
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(await commands.takeRequests()).toEqual([]);
    expect(here.uploadOf(order)).toBe('waiting');
    here.sync.resume();
    await expect.poll(() => here.uploadOf(order), PATIENT).toBe('sent');
    expect(here.state().paused).toBe(false);
  });

  test('what a colleague changed arrives at once, not with the next round', async () => {
    const [here, there] = [await device('nudged', '一班'), await device('nudging', '一班')];
    here.sync.start();
    there.sync.start();
    await expect.poll(() => here.state().connection, PATIENT).toBe('online');
    await expect.poll(() => there.state().connection, PATIENT).toBe('online');
    await expect
      .poll(async () => (await commands.takeRequests()).includes('GET /sync/events'), PATIENT)
      .toBe(true);
    const order = await there.store.createOrder();
    await there.store.commit([fact(order, 'customer.name', '样例诊所')]);
    await expect.poll(() => there.uploadOf(order), PATIENT).toBe('sent');
    // A round comes by itself only every thirty seconds.
    await expect
      .poll(() => here.store.working.getState().summaries.has(order), { timeout: 15_000 })
      .toBe(true);
  });
});
