import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { describeAttachments } from './attachments.ts';
import { describeBundles } from './bundles.ts';
import { kill, startProcess } from './process.ts';
import { type S3Double, startS3 } from './s3-double.ts';
import { enrolDevice, startTestService, type TestService, uuids } from './service.ts';
import { describeUploads, hashOf, upload } from './uploads.ts';

describe('the service with an S3-compatible store', () => {
  let s3: S3Double;
  let running: TestService;
  const service = () => running;
  beforeAll(async () => {
    s3 = await startS3();
    for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
    running = await startTestService(null, 0, s3);
  }, 60_000);
  afterAll(async () => {
    await running.end();
    await s3.stop();
    vi.unstubAllEnvs();
  });

  describeAttachments(service);
  describeUploads(service);
  describeBundles(service);

  it('goes on with an upload after a kill, on a machine that has nothing of it', async () => {
    const data = mkdtempSync(join(tmpdir(), 'onsite-s3-'));
    const env = { ...s3.env, ONSITE_DEMO: '1' };
    let process = await startProcess(data, env);
    try {
      const where = {
        get url() {
          return process.url;
        },
      };
      const code = /installer (\S+)/.exec(process.printed())?.[1] ?? '';
      const device = await enrolDevice(where, code);
      const [order = '', attachment = ''] = uuids(2);
      const bytes = randomBytes(2_000_000);
      const sha256 = hashOf(bytes);
      const changes = [
        device.change(order, 'customer.name', '样例诊所'),
        device.change(attachment, 'attachment.order', order),
        device.change(attachment, 'attachment.sha256', sha256),
      ];
      expect(await device.rejections(changes)).toEqual([]);
      const { hostname, port } = new URL(process.url);
      const socket = connect(Number(port), hostname).on('error', () => undefined);
      socket.write(
        `POST /uploads/${sha256}?order=${order} HTTP/1.1\r\nHost: ${hostname}\r\n` +
          `Authorization: Bearer ${device.token}\r\nTus-Resumable: 1.0.0\r\n` +
          `Upload-Length: ${bytes.length}\r\nContent-Type: application/offset+octet-stream\r\n` +
          `Content-Length: ${bytes.length}\r\n\r\n`,
      );
      socket.write(bytes.subarray(0, 1_500_000));
      const arrived = () =>
        [...s3.objects]
          .filter(([name]) => name.includes(sha256))
          .reduce((sum, [, { bytes: piece }]) => sum + piece.length, 0);
      await expect.poll(arrived, { timeout: 20_000 }).toBeGreaterThan(1_000_000);
      await kill(process.child);
      rmSync(join(data, 'attachments'), { recursive: true });
      process = await startProcess(data, env);
      const { sent, receipt } = await upload(process.url, device, order, bytes);
      expect(receipt).toBe(sha256);
      expect(sent).toBeLessThan(1_000_000);
      const back = await device.request(`/attachments/${sha256}`);
      expect(hashOf(new Uint8Array(await back.arrayBuffer()))).toBe(sha256);
      expect([...s3.objects.keys()].filter((name) => name.includes(sha256))).toEqual([
        `attachments/${sha256}`,
      ]);
    } finally {
      await kill(process.child);
      rmSync(data, { recursive: true });
    }
  }, 240_000);

  it('rides out a store that is busy, and says so when it stays busy', async () => {
    const device = await service().device('样例甲');
    const [order = ''] = uuids(1);
    await device.push([device.change(order, 'customer.name', '样例诊所')]);
    const bytes = randomBytes(1000);
    const put = () =>
      device.request(`/attachments/${hashOf(bytes)}?order=${order}`, {
        method: 'PUT',
        body: bytes,
      });
    s3.fail(2);
    expect((await put()).status).toBe(200);
    s3.fail(1000);
    const silenced = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect((await put()).status).toBe(500);
    silenced.mockRestore();
    s3.fail(0);
    expect((await put()).status).toBe(200);
  });
});
