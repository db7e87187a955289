import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { makeOfficeKey } from '../../../domain/sync/bundle-key.ts';
import { carry, markKey } from '../../../domain/sync/carried.ts';
import type { Change } from '../../../domain/sync/change.ts';
import { tailOf } from '../../../domain/sync/past.ts';
import {
  BUNDLE_HEADERS,
  bundleAnswerSchema,
  type CarriedChange,
} from '../../../domain/sync/wire.ts';
import { hashOf, written } from '../bundle/bundles.ts';
import { errorOf, type TestDevice, type TestService } from './service.ts';

const NO_CLOCK = null;
const PASSPHRASE = '样例口令-2026';

export const describeBundles = (service: () => TestService) =>
  describe('bundles', () => {
    const carried = (device: TestDevice, change: Change, offset: number | null = NO_CLOCK) =>
      carry(change, offset, markKey(device.token));
    /** Changes of a new order with a photo, as the device exports them. */
    const exported = (device: TestDevice, order = uuidv7()) => {
      const attachment = uuidv7();
      const photo = randomBytes(400_000);
      const changes = [
        device.change(order, 'customer.name', '样例诊所'),
        device.change(attachment, 'attachment.order', order),
        device.change(attachment, 'attachment.name', '公章.jpg'),
        device.change(attachment, 'attachment.sha256', hashOf(photo)),
      ];
      return { order, photo, changes, content: contentOf(device, changes, [photo]) };
    };
    const contentOf = (device: TestDevice, changes: Change[], attachments: Uint8Array[] = []) => ({
      changes: changes.map((change) => carried(device, change)),
      attachments,
    });
    const officeKey = async (device: TestDevice) => {
      const { officeKey: office = '' } = await device.pull();
      return { office };
    };
    const bring = (device: TestDevice, bytes: Uint8Array<ArrayBuffer>, headers = {}) =>
      fetch(`${service().url}/bundles`, {
        method: 'POST',
        headers: { authorization: `Bearer ${device.token}`, ...headers },
        body: bytes,
      });
    const taken = async (answer: Promise<Response>) =>
      bundleAnswerSchema.parse(await (await answer).json());
    const toOffice = async (device: TestDevice, content: Parameters<typeof written>[0]) =>
      written(content, await officeKey(device));
    // What waits for the rest of an upload has a team before the dot.
    const leftovers = () =>
      readdirSync(join(service().data, 'attachments/arriving')).filter(
        (name) => !name.includes('.'),
      );

    it('come in as the pushes that the device did not get to make, and done twice change nothing', async () => {
      const [device, office] = [
        await service().device('样例包'),
        await service().device('样例丙', 'reviewer'),
      ];
      const { order, photo, changes, content } = exported(device);
      const bytes = await toOffice(device, content);
      const first = await taken(bring(office, bytes));
      expect(first).toEqual({
        orders: 1,
        changes: 4,
        news: 4,
        attachments: 1,
        newAttachments: 1,
        rejections: [],
      });
      const [seen] = await device.office();
      expect(seen).toMatchObject({ id: order, owner: '样例包', customer: '样例诊所' });
      expect(seen?.attachments).toMatchObject([{ name: '公章.jpg', stored: true }]);
      const back = await office.request(`/attachments/${hashOf(photo)}`);
      expect(hashOf(new Uint8Array(await back.arrayBuffer()))).toBe(hashOf(photo));

      const before = await device.pull();
      expect(await taken(bring(office, bytes))).toMatchObject({ news: 0, newAttachments: 0 });
      // The device comes online later and sends the same: it gets its receipts.
      const { receipts, rejections } = await device.push(changes);
      expect([receipts.length, rejections]).toEqual([4, []]);
      const { now: _, ...after } = await device.pull();
      expect(before).toMatchObject(after);
      expect(leftovers()).toEqual([]);
    });

    it('keep change, device and author as they were made', async () => {
      const [device, office] = [
        await service().device('样例包'),
        await service().device('样例丙', 'reviewer'),
      ];
      const { changes, content } = exported(device);
      await taken(bring(office, await toOffice(device, content)));
      const altered = changes.map((change) => ({ ...change, by: '别人' }));
      const { rejections } = await device.push(altered);
      expect(rejections.map(({ code }) => code)).toEqual(Array(4).fill('id-reused'));
    });

    it('may be brought by any device, which need not be able to read them', async () => {
      const [device, courier] = [
        await service().device('样例包'),
        await service().device('样例乙'),
      ];
      const { order, content } = exported(device);
      const answer = await taken(bring(courier, await toOffice(device, content)));
      expect([answer.news, answer.rejections]).toEqual([4, []]);
      expect(await device.shownValue(order, 'customer.name')).toBe('样例诊所');
      expect(await errorOf(courier.request(`/office/orders/${order}`))).toEqual([
        404,
        'unknown-order',
      ]);
    });

    it('take their place in the order of changes by the clock of the device that made them', async () => {
      const [device, office] = [
        await service().device('样例包'),
        await service().device('样例丙', 'reviewer'),
      ];
      const order = uuidv7();
      const now = Date.now();
      const name = (value: string, ago: number, clock: number) =>
        carried(
          device,
          device.change(order, 'customer.name', value, { time: now + clock - ago }),
          clock,
        );
      const week = 7 * 86_400_000;
      await device.push([
        device.change(order, 'customer.name', '两分钟前', { time: now - 120_000 }),
      ]);
      const changes = [name('一分钟前', 60_000, week), name('三分钟前', 180_000, week)];
      await taken(bring(office, await toOffice(device, { changes, attachments: [] })));
      expect(await device.shownValue(order, 'customer.name')).toBe('一分钟前');
    });

    it('are judged change by change: nobody can invent or alter one in another’s name', async () => {
      const [device, thief, office] = [
        await service().device('样例包'),
        await service().device('样例贼'),
        await service().device('样例丙', 'reviewer'),
      ];
      const order = uuidv7();
      const good = carried(device, device.change(order, 'customer.name', '样例诊所'));
      const change = device.change(order, 'customer.type', 'A');
      const bad: CarriedChange[] = [
        { ...good, id: uuidv7() },
        { ...good, id: uuidv7(), mark: null },
        { ...carried(device, change), value: 'B' },
        { ...carried(device, change), id: uuidv7(), offset: 5 },
        { ...carry(change, null, markKey(thief.token)), id: uuidv7() },
      ];
      const content = { changes: [...bad, good], attachments: [] };
      const { news, rejections } = await taken(bring(office, await toOffice(device, content)));
      expect([news, rejections.map(({ code }) => code)]).toEqual([1, Array(5).fill('not-proved')]);
      const own = uuidv7();
      const stolen = [
        // A change of his own to the order of another, and one that names the other’s device.
        carried(thief, thief.change(order, 'customer.name', '别人的')),
        carry({ ...device.change(own, 'customer.name', '冒名') }, null, markKey(thief.token)),
      ];
      const answer = await taken(
        bring(thief, await toOffice(thief, { changes: stolen, attachments: [] })),
      );
      expect(answer.rejections.map(({ code }) => code)).toEqual(['not-yours', 'not-proved']);
      expect(await device.shownValue(order, 'customer.name')).toBe('样例诊所');
    });

    it('say what was replaced before, which the service may have lost', async () => {
      const [device, office] = [
        await service().device('样例包'),
        await service().device('样例丙', 'reviewer'),
      ];
      const order = uuidv7();
      const [first, lost] = [
        device.change(order, 'customer.name', '第一次'),
        device.change(order, 'customer.name', '丢了的'),
      ];
      await device.push([first]);
      const third = {
        ...device.change(order, 'customer.name', '第三次'),
        was: lost.id,
        past: [tailOf(first.id)],
      };
      const good = carried(device, third);
      // The mark is for that too: nobody else can have others' values replaced.
      const altered = { ...good, past: [tailOf(uuidv7())] };
      const content = { changes: [altered, good], attachments: [] };
      const { news, rejections } = await taken(bring(office, await toOffice(device, content)));
      expect([news, rejections.map(({ code }) => code)]).toEqual([1, ['not-proved']]);
      const state = (await device.pull()).fields.find(({ change }) => change === third.id);
      expect(state).toMatchObject({ value: '第三次' });
      expect(state?.others).toBeUndefined();
    });

    it('of a device that never enrolled need the office to say whose they are', async () => {
      const [office, courier] = [
        await service().device('样例丙', 'reviewer'),
        await service().device('样例乙'),
      ];
      const stranger = { ...courier, id: uuidv7() };
      const strange = (order: string) => ({
        changes: [
          carry(
            { ...courier.change(order, 'customer.name', '样例诊所'), device: stranger.id },
            null,
            null,
          ),
        ],
        attachments: [],
      });
      const headers = { [BUNDLE_HEADERS.passphrase]: encodeURIComponent(PASSPHRASE) };
      const newcomer = await service().person('installer');
      const named = { ...headers, [BUNDLE_HEADERS.owner]: newcomer.username };
      const [first, second] = [uuidv7(), uuidv7()];
      const bytes = await written(strange(first), { passphrase: PASSPHRASE });
      expect(await errorOf(bring(office, bytes, headers))).toEqual([422, 'stranger']);
      expect((await office.office('样例诊所')).some(({ id }) => id === first)).toBe(false);
      expect((await taken(bring(office, bytes, named))).news).toBe(1);
      expect((await office.office('样例诊所')).find(({ id }) => id === first)?.owner).toBe('样例');
      // An installer’s device speaks for its own person, whatever it says.
      const brought = await written(strange(second), { passphrase: PASSPHRASE });
      expect((await taken(bring(courier, brought, named))).news).toBe(1);
      expect((await courier.office()).find(({ id }) => id === second)?.owner).toBe('样例乙');
    });

    it('are refused whole, with a reason, when they are foreign, damaged or another office’s', async () => {
      const [device, office] = [
        await service().device('样例损'),
        await service().device('样例丙', 'reviewer'),
      ];
      const { content } = exported(device);
      const bytes = await toOffice(device, content);
      const flipped = Buffer.from(bytes);
      flipped[bytes.length - 20] = (flipped[bytes.length - 20] ?? 0) ^ 1;
      const locked = await written(content, { passphrase: PASSPHRASE });
      const wrong = { [BUNDLE_HEADERS.passphrase]: encodeURIComponent('别的口令别的口令') };
      const cases: [string, Uint8Array<ArrayBuffer>, object][] = [
        ['damaged', flipped, {}],
        ['damaged', bytes.subarray(0, bytes.length - 1), {}],
        ['damaged', bytes.subarray(0, 300_000), {}],
        ['foreign', randomBytes(5_000), {}],
        ['foreign', Buffer.from('{"order":{}}'), {}],
        ['foreign', Buffer.alloc(0), {}],
        ['other-office', await written(content, { office: makeOfficeKey().publicKey }), {}],
        ['passphrase-needed', locked, {}],
        ['wrong-passphrase', locked, wrong],
      ];
      for (const [code, body, headers] of cases) {
        const answer = await bring(office, body, headers);
        const said = await answer.json();
        expect([answer.status, said.code]).toEqual([422, code]);
        expect(said.message).toMatch(/[\u4e00-\u9fff]{4}/);
      }
      expect(await device.office()).toEqual([]);
      expect(leftovers()).toEqual([]);
      const unknown = fetch(`${service().url}/bundles`, { method: 'POST', body: bytes });
      expect(await errorOf(unknown)).toEqual([401, 'unauthorised']);
    });

    // Tried twice: in one of some ten runs of three processes a guess is not answered, for a reason that
    // is not understood yet.
    it('make one who tries many passphrases wait', { retry: 1, timeout: 60_000 }, async () => {
      const office = await service().device('样例丙', 'reviewer');
      const locked = await written({ changes: [], attachments: [] }, { passphrase: PASSPHRASE });
      const guess = (passphrase: string) =>
        errorOf(
          bring(office, locked, { [BUNDLE_HEADERS.passphrase]: encodeURIComponent(passphrase) }),
        );
      for (let tries = 0; tries < 10; tries += 1) {
        expect(await guess(`猜${tries}`)).toEqual([422, 'wrong-passphrase']);
      }
      expect(await guess(PASSPHRASE)).toEqual([429, 'too-many']);
    });

    it('come by other devices too: each sends what it carries, and the first one counts', async () => {
      const [device, other] = [await service().device('样例包'), await service().device('样例乙')];
      const { order, photo, changes, content } = exported(device);
      const own = other.change(uuidv7(), 'customer.name', '自己的');
      const sent = await other.push([...content.changes, own]);
      expect([sent.receipts.length, sent.rejections]).toEqual([5, []]);
      const again = await device.push(changes);
      expect(again.receipts).toEqual(sent.receipts.slice(0, 4));
      expect(await device.shownValue(order, 'customer.name')).toBe('样例诊所');
      // The order is its maker’s, and so are its files: whoever brought them cannot read them.
      expect((await other.pull()).fields.some(({ record }) => record === order)).toBe(false);
      const path = `/attachments/${hashOf(photo)}`;
      const put = other.request(`${path}?order=${order}`, { method: 'PUT', body: photo });
      expect((await put).status).toBe(200);
      expect((await device.request(path)).status).toBe(200);
      expect((await other.request(path)).status).toBe(404);
    });

    it('of a lost device count only when somebody at the office brings them', async () => {
      const [lost, finder, office] = [
        await service().device('样例丢'),
        await service().device('样例乙'),
        await service().device('样例丙', 'reviewer'),
      ];
      const { content } = exported(lost);
      const bytes = await toOffice(lost, content);
      const { store } = service();
      await store.orderWipe(lost.id, false, { actor: null, now: Date.now() });
      const refused = await taken(bring(finder, bytes));
      expect(refused.rejections.map(({ code }) => code)).toEqual(Array(4).fill('not-proved'));
      expect((await taken(bring(office, bytes))).news).toBe(4);
    });

    it('still open when the service has got a new key', async () => {
      const [device, office] = [
        await service().device('样例包'),
        await service().device('样例丙', 'reviewer'),
      ];
      const bytes = await toOffice(device, exported(device).content);
      const before = await officeKey(device);
      const { privateKey, publicKey } = makeOfficeKey();
      await service().store.restoreOfficeKey(privateKey, Date.now());
      expect(before.office).not.toBe(publicKey);
      // Every copy of the service tells of it, each once it has heard.
      const told = async () =>
        (await Promise.all(Array.from({ length: 4 }, () => officeKey(device)))).map(
          ({ office }) => office,
        );
      await expect.poll(told, { timeout: 10_000 }).toEqual(Array(4).fill(publicKey));
      await service().restart();
      expect((await officeKey(device)).office).toBe(publicKey);
      expect((await taken(bring(office, bytes))).news).toBe(4);
    });
  });
