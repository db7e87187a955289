import { createHash, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Upload } from 'tus-js-client';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { RECEIPT_HEADER } from '../../../domain/sync/uploads.ts';
import { LIMITS } from '../../../domain/sync/wire.ts';
import { errorOf, type TestDevice, type TestService } from './service.ts';

export const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Uploads as the app does; how many bytes it had to send, and the receipt it got. */
export const upload = (
  url: string,
  device: Pick<TestDevice, 'token'>,
  order: string,
  bytes: Buffer,
  sha256 = hashOf(bytes),
) =>
  new Promise<{ sent: number; receipt: string | undefined }>((resolve, reject) => {
    let from: number | null = null;
    new Upload(bytes, {
      endpoint: `${url}/uploads/${sha256}?order=${order}`,
      uploadUrl: `${url}/uploads/${sha256}`,
      headers: { authorization: `Bearer ${device.token}` },
      uploadDataDuringCreation: true,
      chunkSize: 256 * 1024,
      retryDelays: null,
      storeFingerprintForResuming: false,
      onProgress: (sent) => {
        from ??= sent;
      },
      onSuccess: ({ lastResponse }) =>
        resolve({
          sent: bytes.length - (from ?? 0),
          receipt: lastResponse.getHeader(RECEIPT_HEADER),
        }),
      onError: reject,
    }).start();
  });

export const describeUploads = (service: () => TestService) =>
  describe('uploads in parts', () => {
    const newOrder = async (device: TestDevice): Promise<string> => {
      const order = uuidv7();
      const { rejections } = await device.push([device.change(order, 'customer.name', '样例诊所')]);
      expect(rejections).toEqual([]);
      return order;
    };
    const tus = (
      device: Pick<TestDevice, 'token'>,
      method: string,
      path: string,
      headers: Record<string, string> = {},
      body?: Uint8Array<ArrayBuffer>,
    ) =>
      fetch(service().url + path, {
        method,
        headers: { authorization: `Bearer ${device.token}`, 'tus-resumable': '1.0.0', ...headers },
        ...(body ? { body } : {}),
      });
    const arriving = () => service().kept.arriving();
    const stored = (sha256: string) => service().kept.stored(sha256);
    const idOf = (sha256: string) => arriving().find((id) => id.endsWith(sha256)) ?? '';
    const begin = (device: TestDevice, order: string, sha256: string, length: number) =>
      tus(device, 'POST', `/uploads/${sha256}?order=${order}`, { 'upload-length': String(length) });
    const patch = (
      device: TestDevice,
      sha256: string,
      offset: number,
      body: Uint8Array<ArrayBuffer>,
    ) =>
      tus(
        device,
        'PATCH',
        `/uploads/${sha256}`,
        { 'upload-offset': String(offset), 'content-type': 'application/offset+octet-stream' },
        body,
      );
    const offsetOf = async (device: TestDevice, sha256: string) =>
      Number((await tus(device, 'HEAD', `/uploads/${sha256}`)).headers.get('upload-offset'));

    it('takes a file in parts and gives its receipt with the last one, and ever after', async () => {
      const device = await service().device('样例甲');
      const order = await newOrder(device);
      for (const bytes of [randomBytes(700_000), randomBytes(1), Buffer.alloc(0)]) {
        const sha256 = hashOf(bytes);
        expect(await upload(service().url, device, order, bytes)).toEqual({
          sent: bytes.length,
          receipt: sha256,
        });
        expect(stored(sha256)).toBe(true);
        expect(await upload(service().url, device, order, bytes)).toEqual({
          sent: 0,
          receipt: sha256,
        });
      }
      expect(arriving()).toEqual([]);
    });

    it('goes on where a cut connection left it', async () => {
      const device = await service().device('样例甲');
      const order = await newOrder(device);
      const bytes = randomBytes(400_000);
      const sha256 = hashOf(bytes);
      await begin(device, order, sha256, bytes.length);
      const { hostname, port } = new URL(service().url);
      const socket = connect(Number(port), hostname);
      socket.write(
        `PATCH /uploads/${sha256} HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${device.token}\r\n` +
          'Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\n' +
          `Content-Length: ${bytes.length}\r\n\r\n`,
      );
      socket.write(bytes.subarray(0, 150_000));
      while ((await offsetOf(device, sha256)) < 100_000) await pause(20);
      socket.destroy();
      const { sent, receipt } = await upload(service().url, device, order, bytes);
      expect(receipt).toBe(sha256);
      expect(sent).toBeLessThanOrEqual(300_000);
    });

    it('goes on from another device of the team, after a restart', async () => {
      const [device, colleague] = [
        await service().device('样例甲'),
        await service().device('样例甲'),
      ];
      const order = await newOrder(device);
      const bytes = randomBytes(300_000);
      const sha256 = hashOf(bytes);
      await begin(device, order, sha256, bytes.length);
      await patch(device, sha256, 0, bytes.subarray(0, 200_000));
      await service().restart();
      expect(await upload(service().url, colleague, order, bytes)).toEqual({
        sent: 100_000,
        receipt: sha256,
      });
    });

    it('finishes what was whole when it was killed before the check', async () => {
      const device = await service().device('样例甲');
      const order = await newOrder(device);
      const bytes = randomBytes(1000);
      const sha256 = hashOf(bytes);
      await begin(device, order, sha256, bytes.length);
      service().kept.fill(idOf(sha256), bytes);
      const asked = await tus(device, 'HEAD', `/uploads/${sha256}`);
      expect([asked.status, asked.headers.get(RECEIPT_HEADER)]).toEqual([200, sha256]);
      expect([stored(sha256), arriving()]).toEqual([true, []]);
    });

    it('keeps nothing of bytes that are not what they are named by, and takes the right ones after', async () => {
      const device = await service().device('样例甲');
      const order = await newOrder(device);
      const bytes = randomBytes(1000);
      const sha256 = hashOf(bytes);
      await begin(device, order, sha256, bytes.length);
      const wrong = patch(device, sha256, 0, randomBytes(1000));
      expect(await errorOf(wrong)).toEqual([422, 'hash-mismatch']);
      expect([stored(sha256), arriving()]).toEqual([false, []]);
      expect((await upload(service().url, device, order, bytes)).receipt).toBe(sha256);
    });

    it('lets a team begin only so many, and keeps none for longer than a day', async () => {
      const [device, other] = [await service().device('样例满'), await service().device('样例乙')];
      const [order, foreign] = [await newOrder(device), await newOrder(other)];
      const sha256s = Array.from({ length: LIMITS.unfinishedUploads }, () =>
        hashOf(randomBytes(10)),
      );
      const [first = '', second = '', ...more] = sha256s;
      const [late, { kept }] = [hashOf(randomBytes(10)), service()];
      await begin(device, order, first, 10);
      const team = idOf(first).replace(first, '');
      const idIn = (sha256: string) => team + sha256;
      for (const sha256 of [second, ...more]) kept.wait(idIn(sha256), Date.now());
      const refused = await begin(device, order, late, 10);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([
        429,
        String(LIMITS.uploadWait),
      ]);
      expect(await errorOf(Promise.resolve(refused))).toEqual([429, 'too-many-uploads']);
      expect((await begin(other, foreign, late, 10)).status).toBe(201);

      kept.wait(idIn(second), Date.now() - LIMITS.uploadIdle - 1000);
      expect((await begin(device, order, late, 10)).status).toBe(201);
      expect((await tus(device, 'HEAD', `/uploads/${second}`)).status).toBe(404);
      expect((await tus(device, 'HEAD', `/uploads/${first}`)).status).toBe(200);

      for (const sha256 of [first, ...more]) {
        kept.wait(idIn(sha256), Date.now() - LIMITS.uploadKept - 1000);
      }
      await service().restart();
      expect(arriving().filter((id) => id.startsWith(team))).toEqual([idIn(late)]);
      const { unfinishedUploads } = await (await fetch(`${service().url}/health`)).json();
      expect(unfinishedUploads).toBe(arriving().length);
      for (const id of arriving()) kept.wait(id, 0);
      await service().restart();
      expect(arriving()).toEqual([]);
    });

    it('says what is wrong with a code: too large, no order, the wrong place, no protocol', async () => {
      const device = await service().device('样例甲');
      const order = await newOrder(device);
      const sha256 = hashOf(randomBytes(10));
      const tooLarge = begin(device, order, sha256, LIMITS.attachmentBytes + 1);
      expect(await errorOf(tooLarge)).toEqual([413, 'too-large']);
      expect(await errorOf(begin(device, uuidv7(), sha256, 10))).toEqual([404, 'unknown-order']);
      expect((await tus(device, 'HEAD', `/uploads/${sha256}`)).status).toBe(404);
      expect(await errorOf(patch(device, sha256, 0, randomBytes(10)))).toEqual([
        404,
        'unknown-attachment',
      ]);
      await begin(device, order, sha256, 10);
      expect(await errorOf(patch(device, sha256, 5, randomBytes(5)))).toEqual([
        503,
        'upload-again',
      ]);
      const over = patch(device, sha256, 0, randomBytes(11));
      expect(await errorOf(over)).toEqual([413, 'too-large']);
      const plain = device.request(`/uploads/${sha256}?order=${order}`, { method: 'POST' });
      expect(await errorOf(plain)).toEqual([400, 'bad-request']);
      for (const name of ['..%2f..%2fservice.json', 'A'.repeat(64), '%00', `${sha256}.json`]) {
        expect(await errorOf(tus(device, 'PATCH', `/uploads/${name}`))).toEqual([
          404,
          'unknown-attachment',
        ]);
      }
    });

    it('never shows a part to anybody, nor goes on with another team’s', async () => {
      const [device, other] = [await service().device('样例甲'), await service().device('样例乙')];
      const order = await newOrder(device);
      const bytes = randomBytes(1000);
      const sha256 = hashOf(bytes);
      await begin(device, order, sha256, bytes.length);
      await patch(device, sha256, 0, bytes.subarray(0, 500));
      const read = await tus(device, 'GET', `/uploads/${sha256}`);
      expect([read.status, await read.text()]).toEqual([200, '']);
      expect((await tus(other, 'HEAD', `/uploads/${sha256}`)).status).toBe(404);
      expect(await errorOf(patch(other, sha256, 500, bytes.subarray(500)))).toEqual([
        404,
        'unknown-attachment',
      ]);
      expect(await errorOf(begin(other, order, sha256, 1000))).toEqual([404, 'unknown-order']);
      expect(await offsetOf(device, sha256)).toBe(500);
    });
  });
