import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync, gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { errorSchema } from '../../../domain/sync/wire.ts';
import { errorOf, type TestDevice, type TestService } from './service.ts';

/** A PNG of a few kilobytes that would be 3.6 gigapixels in memory. */
function pngBomb(): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [size, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    size.writeUInt32BE(data.length);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([size, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(60_000, 0);
  header.writeUInt32BE(60_000, 4);
  header.set([1, 0, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(2_000_000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

export const describeHostile = (service: () => TestService) =>
  describe('whoever means harm', () => {
    // Within the limit of a form, so that they are really read.
    const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    const wide = `{${Array.from({ length: 1_500 }, (_, at) => `"k${at}":0`).join(',')}}`;
    const BODIES: Readonly<Record<string, string | Buffer<ArrayBuffer>>> = {
      'no JSON': '{"a":',
      'not even text': Buffer.from([0xff, 0xfe, 0x00, 0x80]),
      'the wrong kind': '"text"',
      'a number past all numbers': '1e99999',
      'a list': '[]',
      null: 'null',
      'deep nesting': deep(7_000),
      'deep nesting in a field': `{"changes":${deep(3_500)},"username":${deep(3_500)},"now":1}`,
      'many keys': wide,
      'keys of the prototype':
        '{"__proto__":{"role":"administrator"},"constructor":{"prototype":{}}}',
      'numbers for texts':
        '{"username":1,"password":2,"code":3,"name":4,"role":5,"organisation":6,"device":7,"parent":8}',
      'objects for texts': '{"username":{"$gt":""},"password":{"$ne":null},"code":{"length":12}}',
    };

    it('gets a code and a sentence for every body at every endpoint, never a fault of ours', async () => {
      const devices = await Promise.all([
        service().device('样例甲'),
        service().device('样例乙', 'reviewer'),
        service().device('样例丙', 'administrator'),
      ]);
      const posts = service()
        .routes()
        .filter(({ method, path }) => method === 'POST' && !/^\/(admin|uploads|bundles)/.test(path))
        // A path that ends what is tested here would let the rest go unasked.
        .filter(({ path }) => !/sign-out|revoke|code$/.test(path));
      for (const path of new Set(posts.map((route) => route.path.replace(/:\w+/, uuidv7())))) {
        for (const [name, body] of Object.entries(BODIES)) {
          const answers = await Promise.all(
            devices.map((device) => device.request(path, { method: 'POST', body })),
          );
          for (const answer of answers) {
            const said = errorSchema.parse(await answer.json());
            expect([path, name, answer.status, said.code]).toEqual([
              ...[path, name],
              expect.toSatisfy((status: number) => [400, 401, 403, 404, 413, 429].includes(status)),
              expect.stringMatching(/^[a-z-]+$/),
            ]);
            expect(said.message).toMatch(/[\u4e00-\u9fff]{4}/);
          }
        }
      }
      expect(Object.getPrototypeOf({})).not.toHaveProperty('role');
      expect((await fetch(`${service().url}/health`)).status).toBe(200);
    }, 120_000);

    it('is told what is too large, where a body is read at all', async () => {
      const device = await service().device('样例甲');
      const body = `{"username":"${'x'.repeat(10_000_000)}"}`;
      for (const path of ['/sync/push', '/enrol', '/accounts/sign-in', '/accounts/password']) {
        const answer = device.request(path, { method: 'POST', body });
        expect([path, ...(await errorOf(answer))]).toEqual([path, 413, 'too-large']);
      }
    });

    it('gets bombs back as they were: nothing is unpacked or drawn here', async () => {
      const device = await service().device('样例甲');
      const bombs = [
        pngBomb(),
        gzipSync(Buffer.alloc(20_000_000)),
        Buffer.from(zipSync({ '../../../service.json': new Uint8Array(20_000_000) })),
        Buffer.from('<script>alert(1)</script>'),
      ];
      for (const bytes of bombs) {
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        await put(device, sha256, bytes);
        const back = await device.request(`/attachments/${sha256}`);
        expect(back.headers.get('content-type')).toBe('application/octet-stream');
        expect(back.headers.get('content-disposition')).toBe('attachment');
        expect(back.headers.get('x-content-type-options')).toBe('nosniff');
        expect(Buffer.from(await back.arrayBuffer()).equals(bytes)).toBe(true);
      }
    });

    const put = async (device: TestDevice, sha256: string, bytes: Buffer, name = '照片.png') => {
      const [order, attachment] = [uuidv7(), uuidv7()];
      const { rejections } = await device.push([
        device.change(order, 'customer.name', '样例诊所'),
        device.change(attachment, 'attachment.order', order),
        device.change(attachment, 'attachment.name', name),
        device.change(attachment, 'attachment.sha256', sha256),
      ]);
      expect(rejections).toEqual([]);
      const answer = await device.request(`/attachments/${sha256}?order=${order}`, {
        method: 'PUT',
        body: new Uint8Array(bytes),
      });
      expect(answer.status).toBe(200);
    };

    it('names no place on our disk by a file’s name', async () => {
      const device = await service().device('样例甲');
      const folders = () =>
        readdirSync(join(service().data, 'attachments')).filter((name) => name.length !== 2);
      const before = [readdirSync(service().data), folders()];
      const kept = readFileSync(join(service().data, 'service.json'), 'utf8');
      for (const name of ['../../service.json', '/etc/passwd', 'C:\\nul', 'a/../../b', '．．／x']) {
        const bytes = Buffer.from(`${name}${uuidv7()}`);
        await put(device, createHash('sha256').update(bytes).digest('hex'), bytes, name);
      }
      expect([readdirSync(service().data), folders()]).toEqual(before);
      expect(readFileSync(join(service().data, 'service.json'), 'utf8')).toBe(kept);
    });

    it('gets no further with headers and addresses', async () => {
      const device = await service().device('样例甲');
      const asks: [string, RequestInit?][] = [
        [`/sync/pull?cursor=${'9'.repeat(4_000)}`],
        ['/sync/pull?cursor=0&position=__proto__'],
        ['/sync/pull?cursor[]=1&cursor[__proto__]=2&position=1'],
        [`/office/orders?search=${encodeURIComponent('%_\\\'";--')}&__proto__=1`],
        ['/office/orders/__proto__'],
        ['/attachments/constructor'],
        [`/health/${'%2e%2e%2f'.repeat(200)}etc/passwd`],
        ['/%ff%fe'],
      ];
      for (const [path, init] of asks) {
        const answer = await device.request(path, init);
        expect([path, answer.status]).toEqual([
          path,
          expect.toSatisfy((s: number) => s >= 400 && s < 500),
        ]);
        errorSchema.parse(await answer.json());
      }
      const long = await fetch(`${service().url}/health`, { headers: { x: 'y'.repeat(100_000) } });
      expect([long.status, errorSchema.parse(await long.json()).code]).toEqual([413, 'too-large']);
    });
  });
