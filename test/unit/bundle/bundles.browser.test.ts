import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { v7 as uuid } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { commands } from 'vitest/browser';
import type { BundleRecipient } from '../../../domain/sync/bundle-key.ts';
import { exportBundle } from '../../../renderer/bundle/export.ts';
import { handInBundle, mergeBundle } from '../../../renderer/bundle/import.ts';
import type { OnsiteStore } from '../../../renderer/store/index.ts';
import { createSync, type Sync } from '../../../renderer/sync/index.ts';
import { type FakePlatform, fakePlatform } from '../store/fake-platform.ts';
import { closeStores, fact, openStore } from '../store/stores.ts';

vi.setConfig({ testTimeout: 120_000 });

const PASSPHRASE = '样例口令-2026';
let url = '';
let owner = 0;
const syncs: Sync[] = [];

interface Device {
  readonly platform: FakePlatform;
  readonly store: OnsiteStore;
  readonly sync: Sync;
}

const device = async (name: string, code: string | null = null): Promise<Device> => {
  const platform = fakePlatform();
  platform.service = url;
  platform.enrolmentCode = code;
  const store = await openStore(`bundle-${name}`, platform);
  const sync = createSync({ store, platform });
  syncs.push(sync);
  return { platform, store, sync };
};

/** A device of the owner of this test, that has been online once and is not any more. */
const enrolled = async (name: string, of = `样例装维${owner}`): Promise<Device> => {
  const here = await device(name, await commands.enrolmentCode(of));
  here.sync.start();
  await expect.poll(() => here.store.bundles.officeKey(), { timeout: 60_000 }).not.toBeNull();
  await here.sync.stop();
  return here;
};
const office = async (name: string): Promise<Device> => {
  const here = await device(name);
  await here.sync.enrol(await commands.enrolmentCode('样例后台', 'reviewer'), '后台');
  return here;
};

beforeAll(async () => {
  url = await commands.startService();
}, 120_000);
afterAll(() => commands.stopService());
afterEach(async () => {
  for (const sync of syncs.splice(0)) await sync.stop();
  await closeStores();
  owner += 1;
});

const nothing = () => undefined;

const exported = async (
  from: Device,
  recipient: BundleRecipient,
  orders: string[] | null = null,
) => {
  await exportBundle(from, { orders, recipient, progress: nothing });
  if (!from.platform.saved) throw new Error('nothing was saved');
  return from.platform.saved;
};
const toOffice = async (from: Device) => {
  const key = await from.store.bundles.officeKey();
  return exported(from, { office: key ?? '' });
};
const withPassphrase = (from: Device, orders: string[] | null = null) =>
  exported(from, { passphrase: PASSPHRASE }, orders);
const merge = (into: Device, file: File) => mergeBundle(into, file, PASSPHRASE, nothing);

const summaryOf = ({ store }: Device, order: string) =>
  store.working.getState().summaries.get(order);
const unsent = (on: Device, order: string) => {
  const summary = summaryOf(on, order);
  return summary && summary.unsent + summary.unsentAttachments;
};
const shownValue = async ({ store }: Device, order: string, field: string) => {
  await store.openOrder(order);
  const value = store.working.getState().records.get(order)?.get(order)?.values[field];
  store.closeOrder(order);
  return value;
};

/** What the service has of an order, without who noted that bytes arrived: each that sent them does. */
const fieldsAt = async ({ sync }: Device, order: string) =>
  (await sync.office.order(order)).filter(({ field }) => field !== 'attachment.stored');

/** An order with a member and a photo. */
const fill = async ({ store }: Device) => {
  const order = await store.createOrder();
  const [member, attachment] = [uuid(), uuid()];
  const bytes = crypto.getRandomValues(new Uint8Array(50_000));
  const hash = bytesToHex(sha256(bytes));
  const edit = (record: string, field: string, value: string | number) => ({
    record,
    order,
    field,
    value,
  });
  await store.commit(
    [
      fact(order, 'customer.name', '样例诊所'),
      edit(member, 'member.slot', 1),
      edit(member, 'member.number', '13900000001'),
      edit(attachment, 'attachment.purpose', 'customerSeal'),
      edit(attachment, 'attachment.document', 'agreement'),
      edit(attachment, 'attachment.name', '公章.jpg'),
      edit(attachment, 'attachment.type', 'image/jpeg'),
      edit(attachment, 'attachment.size', bytes.length),
      edit(attachment, 'attachment.sha256', hash),
    ],
    [{ order, sha256: hash, bytes }],
  );
  return { order, hash };
};

describe('a bundle for the office', () => {
  test('brings in what a device without a network typed, and doubles nothing when it comes online', async () => {
    const here = await enrolled('offline');
    const { order, hash } = await fill(here);
    const file = await toOffice(here);
    expect(unsent(here, order)).toBeGreaterThan(9);

    const there = await office('there');
    const given = { passphrase: null, owner: null };
    const first = await handInBundle(there, file, given, nothing);
    expect(first).toMatchObject({ orders: 1, newAttachments: 1, rejections: [] });
    expect(first.news).toBe(first.changes);
    expect(bytesToHex(sha256(await there.sync.office.attachment(hash)))).toBe(hash);
    const before = await fieldsAt(there, order);
    // Only receipts empty the outbox.
    expect(unsent(here, order)).toBeGreaterThan(9);

    here.sync.start();
    await expect.poll(() => unsent(here, order), { timeout: 60_000 }).toBe(0);
    expect(await fieldsAt(there, order)).toEqual(before);
    const again = await handInBundle(there, file, given, nothing);
    expect(again).toMatchObject({ news: 0, newAttachments: 0, rejections: [] });
  });

  test('is handed in by a colleague’s device that cannot read it', async () => {
    const [here, courier] = [await enrolled('far'), await enrolled('courier', '样例同事')];
    const { order } = await fill(here);
    const file = await toOffice(here);
    await expect(merge(courier, file)).rejects.toMatchObject({ code: 'office-only' });
    const answer = await handInBundle(courier, file, { passphrase: null, owner: null }, nothing);
    expect(answer.rejections).toEqual([]);
    expect(summaryOf(courier, order)).toBeUndefined();
  });

  test('says what was typed later replaces what it carried away', async () => {
    const here = await enrolled('later');
    const { order } = await fill(here);
    const file = await toOffice(here);
    await here.store.commit([fact(order, 'customer.name', '样例旅馆')]);
    const there = await office('later-office');
    await handInBundle(there, file, { passphrase: null, owner: null }, nothing);
    const { changes } = await here.store.bundles.gather([order]);
    const names = changes.filter(({ field }) => field === 'customer.name');
    expect(names.map(({ value }) => value)).toEqual(['样例诊所', '样例旅馆']);
    expect(names[1]?.was).toBe(names[0]?.id);
    here.sync.start();
    await expect.poll(() => unsent(here, order), { timeout: 60_000 }).toBe(0);
    const fields = await there.sync.office.order(order);
    expect(fields.find(({ field }) => field === 'customer.name')?.value).toBe('样例旅馆');
  });
});

describe('a bundle on another device', () => {
  test('is merged whole, uploaded by whichever comes first, and taken by the service once', async () => {
    const [here, other] = [await enrolled('here'), await enrolled('other')];
    const { order, hash } = await fill(here);
    const merged = await merge(other, await withPassphrase(here));
    expect(merged).toMatchObject({ orders: 1, files: 1, by: `样例装维${owner}` });
    expect(merged.news).toBeGreaterThan(9);
    expect(summaryOf(other, order)).toMatchObject({ customer: '样例诊所', unsentAttachments: 1 });
    const bytes = await other.store.attachmentBytes(hash);
    expect(bytesToHex(sha256(bytes ?? new Uint8Array()))).toBe(hash);

    other.sync.start();
    await expect.poll(() => unsent(other, order), { timeout: 60_000 }).toBe(0);
    const there = await office('once');
    const before = await fieldsAt(there, order);
    here.sync.start();
    await expect.poll(() => unsent(here, order), { timeout: 60_000 }).toBe(0);
    expect(await fieldsAt(there, order)).toEqual(before);
    expect(summaryOf(here, order)?.rejected).toBe(0);
  });

  test('carries a colleague’s order to the service under the colleague’s name', async () => {
    const [here, colleague] = [await enrolled('mine'), await enrolled('colleague', '样例同事')];
    const { order } = await fill(here);
    await merge(colleague, await withPassphrase(here));
    colleague.sync.start();
    await expect.poll(() => unsent(colleague, order), { timeout: 60_000 }).toBe(0);
    const there = await office('named');
    const found = (await there.sync.office.list({})).orders.find(({ id }) => id === order);
    expect(found).toMatchObject({ owner: `样例装维${owner}`, customer: '样例诊所' });
    expect(found?.attachments).toMatchObject([{ stored: true }]);
  });

  test('changes nothing when it is taken in again, here or where it came from', async () => {
    const [here, other] = [await enrolled('first'), await enrolled('second')];
    const { order } = await fill(here);
    const [file, newer] = [await withPassphrase(here), await withPassphrase(here)];
    await merge(other, file);
    const { changes: _, ...state } = await other.store.bundles.gather([order]);
    for (const again of [file, newer]) {
      expect((await merge(other, again)).news).toBe(0);
      const { changes: __, ...after } = await other.store.bundles.gather([order]);
      expect({ ...after, manifest: null }).toEqual({ ...state, manifest: null });
    }
    const before = unsent(here, order);
    expect((await merge(here, file)).news).toBe(0);
    expect(unsent(here, order)).toBe(before);
  });

  test('never puts an older value over a newer one, and a newer one over an older', async () => {
    const [here, other] = [await enrolled('older'), await enrolled('newer')];
    // Measured on a busy machine, their clocks would be further apart than what is typed here.
    for (const { store } of [here, other]) await store.sealed.clockMeasured(0, 0);
    const { order } = await fill(here);
    await merge(other, await withPassphrase(here));
    await other.store.commit([fact(order, 'customer.name', '那边改的')]);
    await here.store.commit([fact(order, 'customer.address', '样例路 1 号')]);
    const late = await withPassphrase(here);
    expect((await merge(other, late)).news).toBe(1);
    expect(await shownValue(other, order, 'customer.name')).toBe('那边改的');
    expect(await shownValue(other, order, 'customer.address')).toBe('样例路 1 号');
    await merge(here, await withPassphrase(other));
    expect(await shownValue(here, order, 'customer.name')).toBe('那边改的');
    // Made without knowledge of each other: the later one stands, on both.
    await here.store.commit([fact(order, 'customer.type', 'A')]);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await other.store.commit([fact(order, 'customer.type', 'B')]);
    const [a, b] = [await withPassphrase(here), await withPassphrase(other)];
    await merge(other, a);
    await merge(here, b);
    expect(await shownValue(other, order, 'customer.type')).toBe('B');
    expect(await shownValue(here, order, 'customer.type')).toBe('B');
    here.sync.start();
    other.sync.start();
    for (const each of [here, other]) {
      await expect.poll(() => unsent(each, order), { timeout: 60_000 }).toBe(0);
      expect(summaryOf(each, order)?.rejected).toBe(0);
    }
    const there = await office('settled');
    const fields = await there.sync.office.order(order);
    for (const field of ['customer.name', 'customer.address', 'customer.type']) {
      const value = fields.find((state) => state.field === field)?.value;
      for (const each of [here, other]) {
        await expect.poll(() => shownValue(each, order, field), { timeout: 60_000 }).toBe(value);
      }
    }
  });

  test('shows an order that was uploaded long ago, without sending it again', async () => {
    const [here, colleague] = [await enrolled('long'), await enrolled('visitor', '样例同事')];
    const { order, hash } = await fill(here);
    here.sync.start();
    await expect.poll(() => unsent(here, order), { timeout: 60_000 }).toBe(0);
    const merged = await merge(colleague, await withPassphrase(here, [order]));
    expect(merged.news).toBeGreaterThan(9);
    expect(summaryOf(colleague, order)).toMatchObject({ customer: '样例诊所' });
    expect(unsent(colleague, order)).toBe(0);
    expect(await colleague.store.attachmentBytes(hash)).not.toBeNull();
  });

  test('is journalled before it is said to be there', async () => {
    const [here, other] = [await enrolled('journal'), await enrolled('journalled')];
    await fill(here);
    const before = other.platform.entries.length;
    await merge(other, await withPassphrase(here));
    expect(other.platform.entries.length).toBeGreaterThan(before);
  });

  test('is refused with nothing merged when it is damaged, foreign or has another passphrase', async () => {
    const [here, other] = [await enrolled('whole'), await enrolled('damaged')];
    const { order } = await fill(here);
    const file = await withPassphrase(here);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const flipped = new Uint8Array(bytes);
    flipped[bytes.length - 30] = (flipped[bytes.length - 30] ?? 0) ^ 1;
    const cases: [string, Uint8Array<ArrayBuffer>, string][] = [
      ['damaged', flipped, PASSPHRASE],
      ['damaged', bytes.slice(0, -5), PASSPHRASE],
      ['foreign', new Uint8Array(500), PASSPHRASE],
      ['wrong-passphrase', bytes, '别的口令别的口令'],
    ];
    for (const [code, content, passphrase] of cases) {
      const merging = mergeBundle(other, new File([content], 'x.onsite'), passphrase, nothing);
      await expect(merging).rejects.toMatchObject({ code });
    }
    expect(summaryOf(other, order)).toBeUndefined();
    expect((await other.store.bundles.gather(null)).manifest).toMatchObject({
      orders: 0,
      changes: 0,
      attachments: 0,
    });
  });
});
