import { createHash, randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Change } from '../../../domain/sync/change.ts';
import { kill, startProcess } from './process.ts';
import { enrolDevice, type TestDevice, uuids } from './service.ts';

const KILLS = 10;

it('loses no receipt and does nothing twice, however often it is killed', async () => {
  const data = mkdtempSync(join(tmpdir(), 'onsite-kill-'));
  let service = await startProcess(data, { ONSITE_DEMO: '1' });
  const code = /installer (\S+)/.exec(service.printed())?.[1] ?? '';
  // The device asks where the service is now: it has another port after each start.
  const device = await enrolDevice(
    {
      get url() {
        return service.url;
      },
    },
    code,
  );
  const [order = ''] = uuids(1);
  const bytes = randomBytes(200_000);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const receipts = new Map<string, number>();
  let outbox: Change[] = [];
  let stored = 0;
  let answered = 0;

  /** Sends as a device does until the service dies: the whole outbox again and again. */
  const sendUntilKilled = async () => {
    for (;;) {
      outbox.push(...uuids(8).flatMap((member, slot) => newMember(device, order, member, slot)));
      const batch = outbox.slice(0, 500);
      const answer = await device.push(batch);
      expect(answer.rejections).toEqual([]);
      for (const { change, seq } of answer.receipts) {
        expect(receipts.get(change) ?? seq).toBe(seq);
        receipts.set(change, seq);
      }
      outbox = outbox.filter(({ id }) => !receipts.has(id));
      const put = await device.request(`/attachments/${sha256}?order=${order}`, {
        method: 'PUT',
        body: bytes,
      });
      if (put.ok) stored += 1;
      answered += 1;
    }
  };
  try {
    for (let kills = 0; kills < KILLS; kills += 1) {
      let ended = false;
      const sending = sendUntilKilled().catch((error: unknown) => {
        ended = true;
        return error;
      });
      // Anywhere from the first request to some way into the third round.
      const rounds = answered + (kills % 3);
      while (answered < rounds && !ended) await pause(1);
      await pause(randomInt(0, 80));
      await kill(service.child);
      // What ended the sending is the cut connection, not a failed expectation.
      expect(await sending).toBeInstanceOf(TypeError);
      service = await startProcess(data);
    }
    outbox.push(device.change(order, 'customer.name', '样例诊所'));
    const sent = [...receipts.keys(), ...outbox.map(({ id }) => id)];
    const { receipts: rest } = await device.push(outbox);
    for (const { change, seq } of rest) receipts.set(change, seq);

    const pulled = await pullAll(device);
    expect(new Map(pulled.map(({ change, seq }) => [change, seq]))).toEqual(receipts);
    expect(pulled.map(({ change }) => change).sort()).toEqual(sent.sort());
    // A log without gaps or repetitions: nothing is in it twice.
    expect(pulled.map(({ seq }) => seq)).toEqual(sent.map((_, index) => index + 1));
    expect(stored).toBeGreaterThan(0);
  } finally {
    await kill(service.child);
    rmSync(data, { recursive: true });
  }
}, 240_000);

const newMember = (device: TestDevice, order: string, member: string, slot: number): Change[] => [
  device.change(member, 'member.order', order),
  device.change(member, 'member.slot', slot + 1),
  device.change(member, 'member.number', '13900000001'),
];

async function pullAll(device: TestDevice) {
  const pulled = [];
  for (let cursor = 0, more = true; more; ) {
    const page = await device.pull(cursor);
    pulled.push(...page.fields);
    ({ cursor, more } = page);
  }
  return pulled;
}
