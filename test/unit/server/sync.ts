import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import type { Change, FieldValue } from '../../../domain/sync/change.ts';
import { LIMITS } from '../../../domain/sync/wire.ts';
import { errorOf, type TestService, uuids } from './service.ts';

export const describeSync = (service: () => TestService) => {
  describe('push', () => {
    it('answers each change with one receipt, and pull gives back what was pushed', async () => {
      const device = await service().device('样例推');
      const order = uuidv7();
      const values: [string, FieldValue][] = [
        ['customer.name', '样例“诊所”\\"\'𠮷'],
        ['customer.contact.phone', '13900000001'],
        ['kinds', ['new', 'expansion']],
        ['survey.bandwidthMbps', 0.1],
        ['survey.cabling', false],
        ['survey.other', null],
        ['groupNumber', 'null'],
      ];
      const changes = values.map(([field, value]) => device.change(order, field, value));
      const { receipts, rejections } = await device.push(changes);
      expect(rejections).toEqual([]);
      expect(receipts.map(({ change }) => change)).toEqual(changes.map(({ id }) => id));
      const { fields, cursor, more } = await device.pull();
      expect(fields).toEqual(
        changes.map(({ id, record, field, value, was, time, device, by }, index) => ({
          ...{ record, field, value, change: id, was, time, device, by },
          order: expect.any(Number),
          seq: receipts[index]?.seq,
        })),
      );
      expect([more, (await device.pull(cursor)).fields]).toEqual([false, []]);
    });

    it('has one effect and one receipt for a change, however often and at once it comes', async () => {
      const device = await service().device('样例甲');
      const order = uuidv7();
      const changes = ['一', '二', '三'].map((name) => device.change(order, 'customer.name', name));
      const answers = await Promise.all(
        [changes, changes, [...changes].reverse()].map((batch) => device.push(batch)),
      );
      const receipts = answers.map((answer) =>
        [...answer.receipts].sort((a, b) => a.change.localeCompare(b.change)),
      );
      expect(receipts[0]).toHaveLength(3);
      expect(receipts[1]).toEqual(receipts[0]);
      expect(receipts[2]).toEqual(receipts[0]);
      const [first] = changes;
      const twice = await device.push([first, first]);
      expect(twice.receipts).toEqual([receipts[0]?.[0], receipts[0]?.[0]]);
    });

    it('refuses a known id with other content, and keeps the first', async () => {
      const device = await service().device('样例甲');
      const order = uuidv7();
      const change = device.change(order, 'customer.name', '样例诊所');
      await device.push([change]);
      for (const other of [{ value: '别的' }, { time: 1 }, { by: '别人' }]) {
        expect(await device.rejections([{ ...change, ...other }])).toEqual([
          [change.id, 'id-reused'],
        ]);
      }
      expect(await device.shownValue(order, 'customer.name')).toBe('样例诊所');
      // A device moves what a change replaces when that one was refused: it is the same change.
      const moved = await device.push([{ ...change, was: uuidv7() }]);
      expect(moved.receipts.map((receipt) => receipt.change)).toEqual([change.id]);
    });

    it('never lets a bad change block the good ones around it', async () => {
      const device = await service().device('样例甲');
      const order = uuidv7();
      const good = () => device.change(order, 'customer.name', '样例诊所');
      const bad = (more: object) => ({ ...good(), ...more });
      let deep: FieldValue = [];
      for (let levels = 0; levels < 1_000; levels += 1) deep = [deep];
      const cases: [string, unknown][] = [
        ['bad-change', null],
        ['bad-change', 'x'],
        ['bad-change', {}],
        ['bad-change', bad({ id: 'x' })],
        ['bad-change', bad({ record: order.toUpperCase() })],
        ['bad-change', bad({ time: 1.5 })],
        ['bad-change', bad({ by: 'a\u0000' })],
        ['bad-change', bad({ by: '\ud800' })],
        ['bad-change', bad({ more: 1 })],
        ['bad-change', bad({ value: undefined })],
        ['bad-change', bad({ value: deep })],
        [
          'bad-change',
          JSON.parse(JSON.stringify(good()).replace('"field"', '"__proto__":{},"field"')),
        ],
        ['bad-device', bad({ device: uuidv7() })],
        ['bad-value', bad({ field: 'no.such' })],
        ['bad-value', bad({ field: '__proto__' })],
        ['bad-value', bad({ field: 'constructor' })],
        ['bad-value', bad({ value: 5 })],
        ['bad-value', bad({ value: { a: 1 } })],
        ['too-large', bad({ value: 'x'.repeat(LIMITS.valueBytes) })],
      ];
      const goods = cases.map(good);
      const mixed = cases.flatMap(([, change], index) => [change, goods[index]]);
      const { receipts, rejections } = await device.push(mixed);
      expect(rejections.map(({ code }) => code)).toEqual(
        expect.arrayContaining(cases.map(([code]) => code)),
      );
      expect(rejections).toHaveLength(cases.length);
      expect(receipts.map(({ change }) => change)).toEqual(goods.map(({ id }) => id));
      for (const { message } of rejections) expect(message).toMatch(/[\u4e00-\u9fff]{4}/);
    });

    it('answers whatever is pushed, one answer for each', async () => {
      const device = await service().device('样例甲');
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.jsonValue(), { minLength: 1, maxLength: 20 }),
          async (changes) => {
            const { receipts, rejections } = await device.push(changes);
            expect(receipts.length + rejections.length).toBe(changes.length);
          },
        ),
        { numRuns: 25 },
      );
    });

    it('refuses bodies that are no push, or too large, with one clear error', async () => {
      const device = await service().device('样例甲');
      const push = (body: string) => device.request('/sync/push', { method: 'POST', body });
      const change = device.change(uuidv7(), 'customer.name', '样例');
      const many = Array(LIMITS.pushChanges + 1).fill(change);
      for (const body of [
        '',
        '{',
        '[]',
        '{"now":1,"changes":[]}',
        JSON.stringify({ now: 1, changes: many }),
        '['.repeat(1_000_000),
        '['.repeat(1_000_000) + ']'.repeat(1_000_000),
      ]) {
        expect(await errorOf(push(body))).toEqual([400, 'bad-request']);
      }
      const large = JSON.stringify({ now: 1, changes: ['x'.repeat(LIMITS.pushBytes)] });
      expect(await errorOf(push(large))).toEqual([413, 'too-large']);
      const unannounced = device.request('/sync/push', {
        method: 'POST',
        body: new Blob([large]).stream(),
        duplex: 'half',
      } as RequestInit);
      expect(await errorOf(unannounced)).toEqual([413, 'too-large']);
    });

    it('takes as many changes at once as the limit says', async () => {
      const device = await service().device('样例甲');
      const order = uuidv7();
      const changes = uuids(LIMITS.pushChanges / 4).flatMap((member, index) => [
        device.change(member, 'member.order', order),
        device.change(member, 'member.slot', index + 1),
        device.change(member, 'member.number', '13900000001'),
        device.change(member, 'member.name', '张样例'),
      ]);
      const { receipts } = await device.push(changes);
      expect(receipts).toHaveLength(LIMITS.pushChanges);
    });
  });

  describe('pull', () => {
    it('gives every field once, in pages, and everything again to a cursor from another history', async () => {
      const device = await service().device('样例页');
      const order = uuidv7();
      const sent: Change[] = [];
      for (let batch = 0; batch < 11; batch += 1) {
        const rows = uuids(250).flatMap((member, slot) => [
          device.change(member, 'member.order', order),
          device.change(member, 'member.slot', slot + 1),
        ]);
        sent.push(...rows);
        await device.push(rows);
      }
      const first = await device.pull();
      expect([first.fields.length, first.more]).toEqual([LIMITS.pullFields, true]);
      const second = await device.pull(first.cursor);
      expect(second.more).toBe(false);
      const pulled = [...first.fields, ...second.fields];
      expect(pulled.map(({ change }) => change)).toEqual(sent.map(({ id }) => id));
      const beyond = await device.pull(second.cursor + 1_000);
      expect(beyond.fields).toHaveLength(LIMITS.pullFields);
    });

    it('keeps a page of large values small', async () => {
      const device = await service().device('样例大');
      const order = uuidv7();
      const point = { x: 0.123456789, y: 0.123456789, time: 1_700_000_000_000, pressure: 0.5 };
      const strokes = [Array(6_000).fill(point)];
      const sent: Change[] = [];
      for (let batch = 0; batch < 2; batch += 1) {
        const rows = uuids(10).flatMap((signature) => [
          device.change(signature, 'signature.order', order),
          device.change(signature, 'signature.strokes', strokes),
        ]);
        sent.push(...rows);
        expect((await device.push(rows)).rejections).toEqual([]);
      }
      const first = await device.pull();
      const second = await device.pull(first.cursor);
      expect([first.more, second.more]).toEqual([true, false]);
      const pulled = [...first.fields, ...second.fields];
      expect(pulled.map(({ change }) => change)).toEqual(sent.map(({ id }) => id));
    });

    it('refuses a cursor that is none', async () => {
      const device = await service().device('样例甲');
      for (const cursor of ['-1', 'x', '1.5', '1e99']) {
        const refused = device.request(`/sync/pull?cursor=${cursor}`);
        expect(await errorOf(refused)).toEqual([400, 'bad-request']);
      }
    });

    it('keeps everything over a restart, under the same epoch', async () => {
      const device = await service().device('样例留');
      await device.push([device.change(uuidv7(), 'customer.name', '样例诊所')]);
      const { now: _, ...before } = await device.pull();
      await service().restart();
      expect(await device.pull()).toMatchObject(before);
      expect(before.fields).toHaveLength(1);
    });
  });
};
