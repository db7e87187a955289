import { request } from 'node:http';
import { gunzipSync, gzipSync } from 'node:zlib';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { LIMITS, pullAnswerSchema, pushAnswerSchema } from '../../../domain/sync/wire.ts';
import { errorOf, type TestDevice, type TestService } from './service.ts';

export const describeWire = (service: () => TestService) =>
  describe('on slow lines', () => {
    const push = (device: TestDevice, body: Uint8Array<ArrayBuffer>, encoding = 'gzip') =>
      fetch(`${service().url}/sync/push`, {
        method: 'POST',
        headers: { authorization: `Bearer ${device.token}`, 'content-encoding': encoding },
        body,
      });
    const bodyOf = (changes: readonly unknown[]) =>
      gzipSync(JSON.stringify({ now: Date.now(), changes }));

    it('takes compressed pushes and gives compressed pulls, which say the same in fewer bytes', async () => {
      const device = await service().device('样例压缩');
      const order = uuidv7();
      const members = Array.from({ length: 200 }, () => uuidv7());
      const changes = [
        device.change(order, 'customer.name', '样例诊所'),
        ...members.map((member) => device.change(member, 'member.order', order)),
      ];
      const answer = await push(device, bodyOf(changes));
      expect(pushAnswerSchema.parse(await answer.json()).receipts).toHaveLength(201);
      const sent = await new Promise<{ encoding: string | undefined; bytes: Buffer }>((resolve) => {
        const headers = { authorization: `Bearer ${device.token}`, 'accept-encoding': 'gzip' };
        request(`${service().url}/sync/pull`, { headers }, async (came) => {
          const bytes = Buffer.concat(await came.toArray());
          resolve({ encoding: came.headers['content-encoding'], bytes });
        }).end();
      });
      expect(sent.encoding).toBe('gzip');
      const plain = gunzipSync(sent.bytes);
      expect(pullAnswerSchema.parse(JSON.parse(plain.toString())).fields).toHaveLength(201);
      expect(sent.bytes.length).toBeLessThan(plain.length / 3);
    });

    it('unpacks no bomb: a few kilobytes that would be gigabytes', async () => {
      const device = await service().device('样例压缩');
      const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
      expect(bomb.length).toBeLessThan(LIMITS.pushBytes / 50);
      expect(await errorOf(push(device, bomb))).toEqual([413, 'too-large']);
    });

    it('says so when what came is not what its header says', async () => {
      const device = await service().device('样例压缩');
      const whole = bodyOf([device.change(uuidv7(), 'customer.name', '样例诊所')]);
      const wrong: [Uint8Array<ArrayBuffer>, string][] = [
        [Buffer.from('{}'), 'gzip'],
        [whole.subarray(0, 40), 'gzip'],
        [whole, 'br'],
        [whole, 'gzip, gzip'],
        [whole, 'identity'],
      ];
      for (const [body, encoding] of wrong) {
        expect(await errorOf(push(device, body, encoding))).toEqual([400, 'bad-request']);
      }
    });
  });
