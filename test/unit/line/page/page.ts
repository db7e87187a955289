/** The app's own store and sync in a page without screens; tests call `window.device`. */
import { v7 as uuid } from 'uuid';
import type { Edit } from '../../../../domain/sync/record.ts';
import { createKeys } from '../../../../domain/vault/keys.ts';
import { browserPlatform } from '../../../../renderer/platform/browser.ts';
import { createStore } from '../../../../renderer/store/index.ts';
import { createSync, uploadStateOf } from '../../../../renderer/sync/index.ts';

const platform = browserPlatform();
const store = createStore({ platform, keys: createKeys(new Uint8Array(32).fill(7)) });
await store.open();
const sync = createSync({ store, platform });
sync.start();

/** The most bytes of a photo that were said to be on their way. */
let said = 0;
store.working.subscribe(({ sync: { bytes } }) => {
  said = Math.max(said, bytes?.sent ?? 0);
});

const sha256Of = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');

const photoOf = (size: number): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65_536)));
  }
  return bytes;
};

const device = {
  enrol: (code: string) => sync.enrol(code, '样例平板'),
  pause: () => sync.pause(),
  resume: () => sync.resume(),
  /**
   * A new order with so many texts and a photo, saved.
   *
   * @returns what was written, each value once, and the photo
   */
  work: async (texts: number, photo: number) => {
    const [order, attachment] = [uuid(), uuid()];
    const bytes = photoOf(photo);
    const sha256 = await sha256Of(bytes);
    const edits: Edit[] = [
      { record: order, order, field: 'customer.name', value: `样例诊所 ${sha256.slice(0, 8)}` },
      ...Array.from({ length: texts - 1 }, () => uuid()).flatMap((record, slot): Edit[] => [
        { record, order, field: 'member.order', value: order },
        { record, order, field: 'member.slot', value: slot + 1 },
      ]),
      { record: attachment, order, field: 'attachment.order', value: order },
      { record: attachment, order, field: 'attachment.sha256', value: sha256 },
    ];
    await store.commit(edits, [{ order, sha256, bytes }]);
    return { order, sha256, edits };
  },
  /** How many orders are not at the service, whether something waits or was refused. */
  unsent: () => {
    const { summaries, sync: state } = store.working.getState();
    return [...summaries.values()].filter((each) => uploadStateOf(each, state) !== 'sent').length;
  },
  /** How much still waits for its receipt. */
  waiting: () => store.sealed.waiting(),
  /** How many bytes of a photo were said to be on their way. */
  said: () => said,
};
export type Device = typeof device;

declare global {
  interface Window {
    device?: Device;
  }
}
window.device = device;
