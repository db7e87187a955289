import { createHash, randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../domain/sync/wire.ts';
import { errorOf, type TestDevice, type TestService } from './service.ts';

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export const describeAttachments = (service: () => TestService) =>
  describe('attachments', () => {
    /** An order with a record that refers to the bytes. */
    const refer = async (device: TestDevice, sha256: string): Promise<string> => {
      const [order, attachment] = [uuidv7(), uuidv7()];
      const { rejections } = await device.push([
        device.change(order, 'customer.name', '样例诊所'),
        device.change(attachment, 'attachment.order', order),
        device.change(attachment, 'attachment.name', '受理单.pdf'),
        device.change(attachment, 'attachment.document', 'acceptance'),
        device.change(attachment, 'attachment.sha256', sha256),
      ]);
      expect(rejections).toEqual([]);
      return order;
    };
    const put = (
      device: TestDevice,
      order: string,
      sha256: string,
      body: Uint8Array<ArrayBuffer>,
    ) => device.request(`/attachments/${sha256}?order=${order}`, { method: 'PUT', body });
    const arriving = () => service().kept.arriving();

    it('stores bytes under their hash and gives them back unchanged', async () => {
      const device = await service().device('样例甲');
      const bytes = randomBytes(300_000);
      const sha256 = hashOf(bytes);
      const order = await refer(device, sha256);
      const answer = await put(device, order, sha256, bytes);
      expect([answer.status, await answer.json()]).toEqual([200, { sha256, size: 300_000 }]);
      const back = await device.request(`/attachments/${sha256}`);
      expect(hashOf(new Uint8Array(await back.arrayBuffer()))).toBe(sha256);
      expect(back.headers.get('cache-control')).toBe('no-store');
      expect(arriving()).toEqual([]);
    });

    it('takes a word that bytes have arrived only while it has them, and refuses it otherwise', async () => {
      const device = await service().device('样例甲');
      const bytes = randomBytes(1_000);
      const sha256 = hashOf(bytes);
      const order = await refer(device, sha256);
      const attachment = uuidv7();
      await device.push([device.change(attachment, 'attachment.order', order)]);
      const word = () => device.change(attachment, 'attachment.stored', sha256);
      expect((await device.push([word()])).rejections).toMatchObject([{ code: 'no-bytes' }]);
      await put(device, order, sha256, bytes);
      const taken = await device.push([word()]);
      expect([taken.receipts.length, taken.rejections]).toEqual([1, []]);
    });

    it('takes the same bytes twice, for two orders, as one file, and an empty file', async () => {
      const device = await service().device('样例甲');
      for (const bytes of [randomBytes(1000), new Uint8Array()]) {
        const sha256 = hashOf(bytes);
        const orders = [await refer(device, sha256), await refer(device, sha256)];
        const answers = await Promise.all(
          [...orders, ...orders].map((order) => put(device, order, sha256, bytes)),
        );
        expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
        expect((await device.request(`/attachments/${sha256}`)).status).toBe(200);
      }
    });

    it('keeps nothing of bytes that are not what their hash says', async () => {
      const device = await service().device('样例甲');
      const sha256 = hashOf(randomBytes(10));
      const order = await refer(device, sha256);
      const refused = put(device, order, sha256, randomBytes(10));
      expect(await errorOf(refused)).toEqual([422, 'hash-mismatch']);
      expect(await errorOf(device.request(`/attachments/${sha256}`))).toEqual([
        404,
        'unknown-attachment',
      ]);
      expect(arriving()).toEqual([]);
    });

    it('refuses files over the limit, announced or not', async () => {
      const device = await service().device('样例甲');
      const bytes = new Uint8Array(LIMITS.attachmentBytes + 1);
      const sha256 = hashOf(bytes);
      const order = await refer(device, sha256);
      expect(await errorOf(put(device, order, sha256, bytes))).toEqual([413, 'too-large']);
      const unannounced = fetch(`${service().url}/attachments/${sha256}?order=${order}`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${device.token}` },
        body: new Blob([bytes]).stream(),
        duplex: 'half',
      } as RequestInit);
      expect(await errorOf(unannounced)).toEqual([413, 'too-large']);
      expect(arriving()).toEqual([]);
    });

    it('shows bytes to their owner and the office; knowing the hash is no right to them', async () => {
      const [device, other, office] = [
        await service().device('样例甲'),
        await service().device('样例乙'),
        await service().device('样例丙', 'reviewer'),
      ];
      const bytes = randomBytes(100);
      const sha256 = hashOf(bytes);
      const order = await refer(device, sha256);
      await put(device, order, sha256, bytes);
      expect((await office.request(`/attachments/${sha256}`)).status).toBe(200);
      await refer(other, sha256);
      expect((await other.request(`/attachments/${sha256}`)).status).toBe(404);
      const another = await refer(device, hashOf(randomBytes(10)));
      expect((await put(other, another, sha256, bytes)).status).toBe(404);
      expect(await errorOf(put(office, order, sha256, bytes))).toEqual([403, 'no-right']);
    });

    it('wants the order first, and a hash that is one', async () => {
      const device = await service().device('样例甲');
      const bytes = randomBytes(10);
      const unknown = put(device, uuidv7(), hashOf(bytes), bytes);
      expect(await errorOf(unknown)).toEqual([404, 'unknown-order']);
      for (const name of ['..%2f..%2fservice.json', 'A'.repeat(64), 'service.json', '%00']) {
        expect((await device.request(`/attachments/${name}`)).status).toBe(404);
        expect((await put(device, uuidv7(), name, bytes)).status).toBe(400);
      }
    });

    it('says in the office list whether the bytes are there', async () => {
      const device = await service().device('样例丁');
      const bytes = randomBytes(100);
      const sha256 = hashOf(bytes);
      const order = await refer(device, sha256);
      const shown = async () => (await device.office())[0]?.attachments;
      const expected = { name: '受理单.pdf', document: 'acceptance', sha256 };
      expect(await shown()).toEqual([{ ...expected, stored: false }]);
      await put(device, order, sha256, bytes);
      expect(await shown()).toEqual([{ ...expected, stored: true }]);
      service().kept.lose(sha256);
      expect(await shown()).toEqual([{ ...expected, stored: false }]);
    });
  });
