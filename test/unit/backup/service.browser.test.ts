import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { commands } from 'vitest/browser';
import { createSync, type Sync, uploadStateOf } from '../../../renderer/sync/index.ts';
import { fact } from '../store/stores.ts';
import {
  type Device,
  device,
  endDevices,
  orderWithPhoto,
  placeIn,
  restoreNewest,
} from './devices.ts';

// The service is a real process; a busy machine takes its time.
vi.setConfig({ testTimeout: 120_000 });

let url = '';
const syncs: Sync[] = [];
beforeAll(async () => {
  url = await commands.startService();
}, 120_000);
afterAll(() => commands.stopService());
afterEach(async () => {
  for (const sync of syncs.splice(0)) await sync.stop();
  await endDevices();
});

const enrolled = async ({ platform, store }: Device, owner: string): Promise<Sync> => {
  platform.service = url;
  platform.enrolmentCode = await commands.enrolmentCode(owner);
  const sync = createSync({ store, platform });
  syncs.push(sync);
  sync.start();
  await expect
    .poll(() => store.working.getState().sync.connection, { timeout: 60_000 })
    .toBe('online');
  return sync;
};

const uploaded = ({ store }: Device, order: string) =>
  expect
    .poll(
      () => {
        const { summaries, sync } = store.working.getState();
        const summary = summaries.get(order);
        return summary && uploadStateOf(summary, sync);
      },
      { timeout: 60_000 },
    )
    .toBe('sent');

const OWNER = '样例装维';

test('what a lost laptop had not sent goes up from the machine its backup was restored on', async () => {
  const place = await placeIn('lost-laptop');
  const lost = await device(place, { key: 1 });
  const photo = crypto.getRandomValues(new Uint8Array(3_000));
  const { order, hash } = await orderWithPhoto(lost.store, '样例诊所', photo);
  const first = await enrolled(lost, OWNER);
  await uploaded(lost, order);
  await first.stop();
  await lost.store.commit([fact(order, 'customer.name', '样例新诊所')]);
  const offline = await orderWithPhoto(lost.store, '样例旅馆', new Uint8Array(500).fill(3));
  await lost.backups.backUpNow();

  const next = await device(place, { key: 2 });
  const sync = await enrolled(next, OWNER);
  // The pull brought what the service has already.
  await expect
    .poll(() => next.store.working.getState().summaries.has(order), { timeout: 60_000 })
    .toBe(true);
  await restoreNewest(next, lost.code);
  sync.tryNow();
  await uploaded(next, order);
  await uploaded(next, offline.order);
  const fields = await sync.office.order(order);
  const name = fields.find(({ field }) => field === 'customer.name');
  expect(name?.value).toBe('样例新诊所');
  expect(next.store.working.getState().rejected).toEqual([]);
  expect(await sync.office.attachment(hash)).toEqual(photo);
  expect(await sync.office.attachment(offline.hash)).toEqual(new Uint8Array(500).fill(3));
});

test('an attachment that was let go comes from the service when it is opened', async () => {
  const here = await device(null);
  const photo = crypto.getRandomValues(new Uint8Array(3_000));
  const { order, hash } = await orderWithPhoto(here.store, '样例诊所', photo);
  await enrolled(here, OWNER);
  await uploaded(here, order);
  const later = new Date(Date.now() + 8 * 24 * 60 * 60 * 1000);
  expect(await here.store.retention.thin(7, later)).toBe(1);
  expect(await here.store.replicas.bytes(hash)).toBeNull();
  expect(await here.store.attachmentBytes(hash)).toEqual(photo);
});
