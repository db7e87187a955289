import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { contactOf, markKey } from '../../../domain/sync/carried.ts';
import {
  enrol,
  enrolDevice,
  errorOf,
  signIn,
  type TestDevice,
  type TestService,
} from './service.ts';

const SECRET = 'c2VjcmV0LXNhbXBsZS1zYW1wbGU';

export const describeDevices = (service: () => TestService) =>
  describe('devices', () => {
    const post = (path: string, body: object) =>
      fetch(service().url + path, { method: 'POST', body: JSON.stringify(body) });
    const store = () => service().store;
    const entry = async (device: TestDevice) =>
      (await store().listDevices()).find(({ id }) => id === device.id);
    const contact = (device: TestDevice) => ({
      device: device.id,
      contact: contactOf(markKey(device.token)),
    });
    const by = () => ({ actor: null, now: Date.now() });
    const order = (device: TestDevice, cancelled = false) =>
      store().orderWipe(device.id, cancelled, by());
    const codeFor = async (device: TestDevice): Promise<string> => {
      const found = await entry(device);
      return found?.canUnlock ? store().createUnlockCode(found, by()) : '';
    };
    const admin = async (path: string, body: object) => {
      const { secret } = JSON.parse(readFileSync(join(service().data, 'service.json'), 'utf8'));
      const answer = await fetch(`${service().url}/admin${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}` },
        body: JSON.stringify(body),
      });
      return answer.json();
    };
    const idsOf = (devices: readonly { readonly id: string }[]) =>
      devices.map(({ id }) => id).sort();
    const usernameOf = async (device: TestDevice) => (await entry(device))?.username ?? '';
    const escrow = (device: TestDevice, secret = SECRET) =>
      device.request('/device/escrow', { method: 'PUT', body: JSON.stringify({ secret }) });

    it('that are ordered wiped get no other answer, locked or not, and say when it is done', async () => {
      const [lost, other] = [await service().device('样例丢'), await service().device('样例丢')];
      expect((await post('/device/contact', contact(lost))).status).toBe(200);
      await order(lost);
      for (const path of ['/sync/pull', '/office/orders', `/attachments/${'a'.repeat(64)}`]) {
        expect(await errorOf(lost.request(path))).toEqual([410, 'wipe']);
      }
      expect(await errorOf(post('/device/contact', contact(lost)))).toEqual([410, 'wipe']);
      expect((await other.request('/sync/pull')).status).toBe(200);
      expect((await entry(lost))?.wipedAt).toBeNull();
      expect((await post('/device/wiped', contact(lost))).status).toBe(200);
      expect((await entry(lost))?.wipedAt).toBeGreaterThan(0);
    });

    it('hear of it also when their session has ended, and when the person signs in on them', async () => {
      const { username, password } = await service().person('installer');
      const user = await store().userByName(username);
      if (!user) throw new Error('nobody');
      const lost = await enrolDevice(service(), await store().createCode(user, by()));
      const [session] = await store().sessionsOf([user.id], Date.now());
      await store().endSession(session?.id ?? '', 'session-revoked', by());
      expect(await errorOf(lost.request('/sync/pull'))).toEqual([401, 'unauthorised']);
      const early = await store().createCode(user, { actor: null, now: Date.now() - 1_000 });
      await order(lost);
      expect(await errorOf(lost.request('/sync/pull'))).toEqual([410, 'wipe']);
      expect(await errorOf(signIn(service(), username, password, lost.id))).toEqual([410, 'wipe']);
      expect(await errorOf(enrol(service(), early, lost.id))).toEqual([410, 'wipe']);
      // A code that was made since is an administrator's word.
      const late = await store().createCode(user, { actor: null, now: Date.now() + 1_000 });
      const found = await enrolDevice(service(), late, lost.id);
      expect((await found.request('/sync/pull')).status).toBe(200);
    });

    it('that are online are told at once', async () => {
      const device = await service().device('样例在线');
      const answer = await device.request('/sync/events');
      const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
      expect((await reader?.read())?.value).toContain('event: ready');
      await order(device);
      expect((await reader?.read())?.value).toContain('event: changed');
      await reader?.cancel();
    });

    it('are wiped only by an order, which can be taken back until it is carried out', async () => {
      const device = await service().device('样例回');
      await post('/device/wiped', contact(device));
      expect((await entry(device))?.wipedAt).toBeNull();
      await order(device);
      await order(device, true);
      expect((await device.request('/sync/pull')).status).toBe(200);
      await order(device);
      await post('/device/wiped', contact(device));
      await order(device, true);
      expect((await device.request('/sync/pull')).status).toBe(410);
    });

    it('are all of a person’s, when the person is named', async () => {
      const [laptop, tablet] = [await service().device('样例全'), await service().device('样例全')];
      const which = { username: await usernameOf(laptop) };
      const meant = await admin('/wipe', { which, cancelled: false });
      expect(idsOf(meant.devices)).toEqual([laptop.id, tablet.id].sort());
      for (const { request } of [laptop, tablet]) {
        expect(await errorOf(request('/sync/pull'))).toEqual([410, 'wipe']);
      }
      const nobody = { which: { username: 'nobody.here' }, cancelled: false };
      expect(await admin('/wipe', nobody)).toEqual({ devices: [] });
    });

    it('show when they were last in contact', async () => {
      const from = Date.now();
      const device = await service().device('样例近');
      await device.pull();
      expect((await entry(device))?.contactAt).toBeGreaterThanOrEqual(from);
    });

    it('are not believed to be what they only say they are', async () => {
      const [device, other] = [await service().device('样例丢'), await service().device('样例乙')];
      await order(device);
      const wrong = [
        { device: device.id, contact: contact(other).contact },
        { device: uuidv7(), contact: contact(device).contact },
      ];
      for (const body of wrong) {
        for (const path of ['/device/contact', '/device/wiped']) {
          expect(await errorOf(post(path, body))).toEqual([401, 'bad-contact']);
        }
      }
      expect((await entry(device))?.wipedAt).toBeNull();
    });

    it('get back what opens their vault, against their own code, once', async () => {
      const [device, other] = [await service().device('样例忘'), await service().device('样例忘')];
      expect(await codeFor(device)).toBe('');
      expect((await escrow(device)).status).toBe(200);
      await escrow(other, `${SECRET}x`);
      const code = await codeFor(device);
      const unlock = (body: object) => post('/device/unlock', body);
      expect(await errorOf(unlock({ device: other.id, code }))).toEqual([401, 'bad-code']);
      const typed = { device: device.id, code: ` ${code.toLowerCase()}` };
      expect(await (await unlock(typed)).json()).toEqual({ secret: SECRET });
      // Ten minutes for an answer that was lost on the way, not more.
      expect((await unlock(typed)).status).toBe(200);
      await service().later(11 * 60_000, async () => {
        expect(await errorOf(unlock(typed))).toEqual([401, 'bad-code']);
      });
    });

    it('get nothing for a code of yesterday, nor once they were ordered wiped', async () => {
      const device = await service().device('样例旧');
      await escrow(device);
      const [old, late] = [await codeFor(device), await codeFor(device)];
      await service().later(61 * 60_000, async () => {
        expect(await errorOf(post('/device/unlock', { device: device.id, code: old }))).toEqual([
          401,
          'bad-code',
        ]);
      });
      await order(device);
      expect(await errorOf(post('/device/unlock', { device: device.id, code: late }))).toEqual([
        410,
        'wipe',
      ]);
    });

    it('must be named when a person has several that can be unlocked', async () => {
      const [laptop, tablet] = [await service().device('样例两'), await service().device('样例两')];
      for (const device of [laptop, tablet]) await escrow(device);
      const made = await admin('/reset-pin', { username: await usernameOf(laptop) });
      expect(idsOf(made.devices)).toEqual([laptop.id, tablet.id].sort());
      expect(await admin('/reset-pin', { device: laptop.id })).toEqual({
        code: expect.stringMatching(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){2}$/),
      });
    });

    it('leave a secret that is one, and only with their token', async () => {
      const device = await service().device('样例甲');
      expect(await errorOf(escrow(device, 'kurz'))).toEqual([400, 'bad-request']);
      const bare = fetch(`${service().url}/device/escrow`, { method: 'PUT', body: '{}' });
      expect(await errorOf(bare)).toEqual([401, 'unauthorised']);
    });
  });
