import { v7 as uuid } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { commands } from 'vitest/browser';
import {
  isReviewed,
  RESUBMITTED_FIELD,
  REVIEW_LIMITS,
  reviewOf,
} from '../../../domain/review/review.ts';
import type { OnsiteStore } from '../../../renderer/store/index.ts';
import { createSync, type Sync, uploadStateOf } from '../../../renderer/sync/index.ts';
import { type FakePlatform, fakePlatform } from './fake-platform.ts';
import { closeStores, fact, openStore } from './stores.ts';

// The service is a real process and is restarted here; a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 });

const OWNER = '样例装维';
let url = '';
let owner = 0;
const syncs: Sync[] = [];

interface Device {
  readonly platform: FakePlatform;
  readonly store: OnsiteStore;
  readonly sync: Sync;
}

/** A device that knows where the service is; with a code it enrols by itself at the start. */
const device = async (name: string, code: string | null = null): Promise<Device> => {
  const platform = fakePlatform();
  platform.service = url;
  platform.enrolmentCode = code;
  const store = await openStore(name, platform);
  const sync = createSync({ store, platform });
  syncs.push(sync);
  return { platform, store, sync };
};

const stateOf = ({ store }: Device, order: string) => {
  const { summaries, sync } = store.working.getState();
  const summary = summaries.get(order);
  return summary && uploadStateOf(summary, sync);
};

const uploaded = (on: Device, order: string) =>
  expect.poll(() => stateOf(on, order), { timeout: 60_000 }).toBe('sent');

/** What the service holds of an order, by field. */
const atService = async ({ sync }: Device, order: string): Promise<Map<string, unknown>> =>
  new Map(
    (await sync.office.order(order)).map(({ record, field, value }) => [
      record === order ? field : `${record}/${field}`,
      value,
    ]),
  );

beforeAll(async () => {
  url = await commands.startService();
}, 120_000);
afterAll(() => commands.stopService());
afterEach(async () => {
  await commands.setConnected(true);
  await commands.loseAnswers(0);
  for (const sync of syncs.splice(0)) await sync.stop();
  await closeStores();
  owner += 1;
});

const newCode = () => commands.enrolmentCode(`${OWNER}${owner}`);

describe('a device', () => {
  test('learns how far its clock is off, for the signatures given on it', async () => {
    const here = await device('clock', await newCode());
    expect((await here.store.sealed.identity()).clockOffset).toBeNull();
    const now = Date.now.bind(Date);
    const fast = vi.spyOn(Date, 'now').mockImplementation(() => now() + 3_600_000);
    here.sync.start();
    const offset = async () => (await here.store.sealed.identity()).clockOffset;
    await expect.poll(offset, { timeout: 60_000 }).not.toBeNull();
    fast.mockRestore();
    // The service runs on this very machine: what is left is half of one request's time.
    expect(Math.abs(((await offset()) ?? 0) - 3_600_000)).toBeLessThan(5_000);
  });

  test('keeps everything without a network, and uploads it when the network comes', async () => {
    const here = await device('offline', await newCode());
    await commands.setConnected(false);
    here.sync.start();
    const order = await here.store.createOrder();
    await here.store.commit([fact(order, 'customer.name', '样例诊所')]);
    await expect
      .poll(() => here.store.working.getState().sync)
      .toMatchObject({
        connection: 'offline',
        reason: expect.stringContaining('网络恢复后会自动上传'),
      });
    expect(stateOf(here, order)).toBe('waiting');

    await commands.setConnected(true);
    here.sync.tryNow();
    await uploaded(here, order);
    expect(here.store.working.getState().summaries.get(order)).toMatchObject({
      unsent: 0,
      unsentAttachments: 0,
    });
    expect((await atService(here, order)).get('customer.name')).toBe('样例诊所');
  });

  test('uploads what is typed later without being asked', async () => {
    const here = await device('later', await newCode());
    here.sync.start();
    const order = await here.store.createOrder();
    await uploaded(here, order);
    await here.store.commit([fact(order, 'customer.name', '样例旅馆')]);
    expect(stateOf(here, order)).not.toBe('sent');
    await uploaded(here, order);
    expect((await atService(here, order)).get('customer.name')).toBe('样例旅馆');
  });

  test('says that it is not enrolled, and uploads after it was', async () => {
    const here = await device('enrol');
    here.sync.start();
    const order = await here.store.createOrder();
    await expect.poll(() => here.store.working.getState().sync.connection).toBe('unenrolled');
    await expect(here.sync.enrol('WRONG-CODE', '')).rejects.toThrow(/登记码不正确/);
    await here.sync.enrol(await newCode(), '样例平板');
    await uploaded(here, order);
  });

  test('is told why when the service no longer knows it, and keeps everything', async () => {
    const here = await device('refused', await newCode());
    here.sync.start();
    const order = await here.store.createOrder();
    await uploaded(here, order);
    await commands.restartService('lost');
    await here.store.commit([fact(order, 'customer.name', '样例诊所')]);
    await expect
      .poll(() => here.store.working.getState().sync, { timeout: 60_000 })
      .toMatchObject({ connection: 'refused', reason: expect.stringContaining('登记码') });
    expect(stateOf(here, order)).toBe('waiting');

    // A new enrolment at a service that lost everything brings everything back.
    await here.sync.enrol(await newCode(), '');
    await uploaded(here, order);
    const fields = await atService(here, order);
    expect(fields.get('customer.name')).toBe('样例诊所');
    expect(fields.get('agreement.copies')).toBe(4);
  });
});

describe('an answer that is lost', () => {
  test('is asked for again, with one effect', async () => {
    const here = await device('lost-answer', await newCode());
    here.sync.start();
    const order = await here.store.createOrder();
    await uploaded(here, order);
    await commands.takeRequests();
    await commands.loseAnswers(1, '/sync/push');
    await here.store.commit([fact(order, 'customer.name', '样例诊所')]);
    await uploaded(here, order);
    const pushes = (await commands.takeRequests()).filter((asked) => asked === 'POST /sync/push');
    expect(pushes.length).toBeGreaterThanOrEqual(2);

    // The service's log counts each change once: another device pulls it, and its own stays one.
    const other = await device('lost-answer-other', await newCode());
    other.sync.start();
    await expect
      .poll(() => other.store.working.getState().summaries.get(order)?.customer)
      .toBe('样例诊所');
    expect(other.store.working.getState().summaries.get(order)?.unsent).toBe(0);
  });

  test('does not keep a device out: its code works once more for it', async () => {
    const here = await device('lost-enrol', await newCode());
    const order = await here.store.createOrder();
    await commands.loseAnswers(1, '/enrol');
    here.sync.start();
    await uploaded(here, order);
  });
});

describe('a kill', () => {
  test('of the page while it sends loses nothing and doubles nothing', async () => {
    const here = await device('kill-page', await newCode());
    const order = await here.store.createOrder();
    await commands.loseAnswers(20, '/sync/push');
    here.sync.start();
    await expect.poll(() => here.store.working.getState().sync.reason).not.toBe(null);
    await here.sync.stop();
    await commands.loseAnswers(0);
    await here.store.close();

    const again = await device('kill-page');
    expect(stateOf(again, order)).toBe('waiting');
    again.platform.enrolmentCode = here.platform.enrolmentCode;
    again.sync.start();
    await uploaded(again, order);
  });

  test('of the service while it is sent to loses nothing', async () => {
    const here = await device('kill-service', await newCode());
    here.sync.start();
    const order = await here.store.createOrder();
    await uploaded(here, order);
    const restarted = commands.restartService('kept');
    for (let i = 0; i < 20; i += 1) {
      await here.store.commit([fact(order, 'customer.name', `样例诊所${i}`)]);
    }
    await restarted;
    here.sync.tryNow();
    await uploaded(here, order);
    expect((await atService(here, order)).get('customer.name')).toBe('样例诊所19');
  });
});

describe('what the service refuses', () => {
  test('stays on the device with the reason, and does not block what is behind it', async () => {
    const here = await device('rejected', await newCode());
    here.sync.start();
    const order = await here.store.createOrder();
    await uploaded(here, order);
    // An order of somebody else: the service takes no change to it.
    const foreign = await device('rejected-foreign', await commands.enrolmentCode('样例他人'));
    foreign.sync.start();
    const theirs = await foreign.store.createOrder();
    await uploaded(foreign, theirs);
    await here.store.commit([
      fact(theirs, 'customer.name', '样例张冠李戴'),
      fact(order, 'customer.name', '样例诊所'),
    ]);
    await uploaded(here, order);
    await expect.poll(() => stateOf(here, theirs)).toBe('rejected');
    const [rejected] = here.store.working.getState().rejected;
    expect(rejected).toMatchObject({ order: theirs, field: 'customer.name' });
    expect(rejected?.message).toMatch(/[一-龥]/);
    expect((await atService(foreign, theirs)).has('customer.name')).toBe(false);
  });
});

test('the office keeps no copy of what arrived, and its own typing is refused with the reason', async () => {
  const office = await device('office', await commands.enrolmentCode('样例后台', 'reviewer'));
  const here = await device('office-source', await newCode());
  here.sync.start();
  const order = await here.store.createOrder();
  await uploaded(here, order);
  office.sync.start();
  await expect.poll(() => office.store.working.getState().sync.connection).toBe('online');
  expect((await office.sync.office.list({})).orders.map(({ id }) => id)).toContain(order);
  expect(office.store.working.getState().summaries.size).toBe(0);
  const typed = await office.store.createOrder();
  await expect.poll(() => stateOf(office, typed)).toBe('rejected');
});

test('what the office says of an order reaches the device, and its answer the office', async () => {
  const office = await device(
    'review-office',
    await commands.enrolmentCode('样例审核', 'reviewer'),
  );
  const here = await device('review-source', await newCode());
  here.sync.start();
  office.sync.start();
  const order = await here.store.createOrder();
  await here.store.openOrder(order);
  await uploaded(here, order);
  await expect.poll(() => office.store.working.getState().sync.connection).toBe('online');

  const client = office.sync.office;
  await client.review(order, { act: 'start' });
  const fields = (await client.order(order)).filter(({ field }) => isReviewed(field));
  const seen = Math.max(...fields.map(({ seq }) => seq));
  const remarks = [{ record: order, field: 'customer.name', text: '请填写集团名称' }];
  const decision = { act: 'decide', round: 1, decision: 'returned', remarks, seen } as const;
  await client.review(order, decision);
  here.sync.tryNow();
  const reviewHere = () => here.store.working.getState().summaries.get(order)?.review;
  await expect.poll(reviewHere).toBe('returned');
  const head = here.store.working.getState().records.get(order)?.get(order);
  expect(head && reviewOf(head.values)?.remarks).toEqual(remarks);

  await here.store.commit([fact(order, RESUBMITTED_FIELD, 1)]);
  expect(reviewHere()).toBe('resubmitted');
  await expect.poll(async () => (await client.rounds(order)).state).toBe('resubmitted');
});

test('the office list is read also when there are more orders than it answers at once', async () => {
  const here = await device('office-full', await newCode());
  const names = Array.from({ length: REVIEW_LIMITS.page + 1 }, (_, at) => ({
    order: uuid(),
    name: `样例第 ${at} 家`,
  }));
  await here.store.commit(names.map(({ order, name }) => fact(order, 'customer.name', name)));
  here.sync.start();
  for (const { order } of names) await uploaded(here, order);
  const first = await here.sync.office.list({});
  expect([first.orders.length, first.total]).toEqual([REVIEW_LIMITS.page, names.length]);
  const rest = await here.sync.office.list({ skip: String(REVIEW_LIMITS.page) });
  expect(rest.orders).toHaveLength(1);
  const { orders } = await here.sync.office.list({ search: '样例第 0 家' });
  expect(orders.map(({ id }) => id)).toEqual([names[0]?.order]);
});

describe('attachments', () => {
  const sha256Of = async (bytes: Uint8Array<ArrayBuffer>) =>
    [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
      .map((byte) => byte.toString(16).padStart(2, '0'))
      .join('');

  test('arrive with their bytes, once for two orders, and count until then', async () => {
    const here = await device('attachments', await newCode());
    const bytes = new Uint8Array(new TextEncoder().encode('样例文件'.repeat(1000)));
    const sha256 = await sha256Of(bytes);
    const orders = [await here.store.createOrder(), await here.store.createOrder()];
    for (const order of orders) {
      await here.store.commit([], [{ order, sha256, bytes }]);
      await here.store.commit([attachmentEdit(order, sha256)]);
    }
    expect(
      orders.map((order) => here.store.working.getState().summaries.get(order)?.unsentAttachments),
    ).toEqual([1, 1]);
    await commands.takeRequests();
    here.sync.start();
    for (const order of orders) await uploaded(here, order);
    const begun = (await commands.takeRequests()).filter((asked) =>
      asked.startsWith('POST /uploads/'),
    );
    expect(begun).toHaveLength(1);
    expect(await here.sync.office.attachment(sha256)).toEqual(bytes);
  });

  test('whose bytes are damaged here are refused, and hold nothing back', async () => {
    const here = await device('damaged', await newCode());
    const order = await here.store.createOrder();
    const bytes = new Uint8Array([1, 2, 3]);
    await here.store.commit([], [{ order, sha256: 'a'.repeat(64), bytes }]);
    here.sync.start();
    await expect.poll(() => stateOf(here, order), { timeout: 60_000 }).toBe('rejected');
    expect(here.store.working.getState().summaries.get(order)?.unsent).toBe(0);
    expect(here.store.working.getState().rejected[0]?.message).toMatch(/损坏/);
  });
});

const attachmentEdit = (order: string, sha256: string) => ({
  record: order.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
  order,
  field: 'attachment.sha256',
  value: sha256,
});

describe('two devices', () => {
  test('of one person end with the same order', async () => {
    const [a, b] = [await device('two-a', await newCode()), await device('two-b', await newCode())];
    a.sync.start();
    b.sync.start();
    const order = await a.store.createOrder();
    await uploaded(a, order);
    b.sync.tryNow();
    await expect.poll(() => b.store.working.getState().summaries.has(order)).toBe(true);
    await b.store.commit([fact(order, 'customer.contact.phone', '13900000001')]);
    await a.store.commit([fact(order, 'customer.name', '样例诊所')]);
    await uploaded(a, order);
    await uploaded(b, order);
    for (const device of [a, b]) {
      device.sync.tryNow();
      await expect
        .poll(() => device.store.working.getState().summaries.get(order))
        .toMatchObject({ customer: '样例诊所', phone: '13900000001' });
    }
  });

  test('that write the same field end with the same value, and nobody’s typing is overwritten before it was sent', async () => {
    const [a, b] = [
      await device('same-a', await newCode()),
      await device('same-b', await newCode()),
    ];
    a.sync.start();
    b.sync.start();
    const order = await a.store.createOrder();
    await uploaded(a, order);
    b.sync.tryNow();
    await expect.poll(() => b.store.working.getState().summaries.has(order)).toBe(true);
    await b.sync.stop();
    await b.store.commit([fact(order, 'customer.name', '乙机')]);
    await a.store.commit([fact(order, 'customer.name', '甲机')]);
    await uploaded(a, order);
    expect(b.store.working.getState().summaries.get(order)?.customer).toBe('乙机');
    b.sync.start();
    await uploaded(b, order);
    a.sync.tryNow();
    const shown = (on: Device) => on.store.working.getState().summaries.get(order)?.customer;
    await expect.poll(() => shown(a) === shown(b)).toBe(true);
    expect((await atService(a, order)).get('customer.name')).toBe(shown(a));
  });
});

test('only one of two tabs on a store talks to the service', async () => {
  const first = await device('tabs', await newCode());
  first.sync.start();
  const order = await first.store.createOrder();
  await uploaded(first, order);
  const second = await device('tabs');
  second.sync.start();
  await commands.takeRequests();
  await second.store.commit([fact(order, 'customer.name', '样例诊所')]);
  await uploaded(second, order);
  await expect
    .poll(() => first.store.working.getState().summaries.get(order)?.customer)
    .toBe('样例诊所');
  await expect.poll(() => second.store.working.getState().sync.connection).toBe('online');
  const pushes = (await commands.takeRequests()).filter((asked) => asked === 'POST /sync/push');
  expect(pushes).toHaveLength(1);
});
