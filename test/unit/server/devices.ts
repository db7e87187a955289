import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it, vi } from 'vitest';
import { contactOf, markKey } from '../../../domain/sync/carried.ts';
import { errorOf, type TestDevice, type TestService } from './service.ts';

const SECRET = 'c2VjcmV0LXNhbXBsZS1zYW1wbGU';

export const describeDevices = (service: () => TestService) =>
  describe('devices', () => {
    const post = (path: string, body: object) =>
      fetch(service().url + path, { method: 'POST', body: JSON.stringify(body) });
    const store = () => service().store();
    const entry = async (device: TestDevice) =>
      (await store().listDevices()).find(({ id }) => id === device.id);
    const contact = (device: TestDevice) => ({
      device: device.id,
      contact: contactOf(markKey(device.token)),
    });
    const order = (device: TestDevice, cancelled = false) =>
      store().orderWipe({ device: device.id }, { now: Date.now(), cancelled });
    const codeFor = async (device: TestDevice) => {
      const made = await store().createUnlockCode({ device: device.id }, Date.now());
      return 'code' in made ? made.code : '';
    };
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
      const which = { owner: '样例全' };
      const meant = await store().orderWipe(which, { now: Date.now(), cancelled: false });
      expect(meant.map(({ id }) => id).sort()).toEqual([laptop.id, tablet.id].sort());
      expect(await store().orderWipe({ owner: '没有' }, { now: 0, cancelled: false })).toEqual([]);
    });

    it('show when they were last in contact', async () => {
      const device = await service().device('样例近');
      const from = Date.now();
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
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 11 * 60_000 });
      try {
        expect(await errorOf(unlock(typed))).toEqual([401, 'bad-code']);
      } finally {
        vi.useRealTimers();
      }
    });

    it('get nothing for a code of yesterday, nor once they were ordered wiped', async () => {
      const device = await service().device('样例旧');
      await escrow(device);
      const [old, late] = [await codeFor(device), await codeFor(device)];
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61 * 60_000 });
      try {
        expect(await errorOf(post('/device/unlock', { device: device.id, code: old }))).toEqual([
          401,
          'bad-code',
        ]);
      } finally {
        vi.useRealTimers();
      }
      await order(device);
      expect(await errorOf(post('/device/unlock', { device: device.id, code: late }))).toEqual([
        410,
        'wipe',
      ]);
    });

    it('must be named when a person has several that can be unlocked', async () => {
      const [laptop, tablet] = [await service().device('样例两'), await service().device('样例两')];
      for (const device of [laptop, tablet]) await escrow(device);
      const made = await store().createUnlockCode({ owner: '样例两' }, Date.now());
      expect('devices' in made && made.devices.map(({ id }) => id).sort()).toEqual(
        [laptop.id, tablet.id].sort(),
      );
    });

    it('leave a secret that is one, and only with their token', async () => {
      const device = await service().device('样例甲');
      expect(await errorOf(escrow(device, 'kurz'))).toEqual([400, 'bad-request']);
      const bare = fetch(`${service().url}/device/escrow`, { method: 'PUT', body: '{}' });
      expect(await errorOf(bare)).toEqual([401, 'unauthorised']);
    });
  });
