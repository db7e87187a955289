import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../../domain/sync/change.ts';
import { errorOf, type TestDevice, type TestService } from './service.ts';

const DECADE = 10 * 365 * 86_400_000;

export const describeRights = (service: () => TestService) => {
  describe('rights', () => {
    it('keeps an order for the owner whose change came first: others cannot write or read it', async () => {
      const [owner, other] = [await service().device('样例甲'), await service().device('样例乙')];
      const [order, member] = [uuidv7(), uuidv7()];
      await owner.push([
        owner.change(order, 'customer.name', '样例诊所'),
        owner.change(member, 'member.order', order),
      ]);
      const own = uuidv7();
      const foreign = [
        other.change(order, 'customer.name', '别人'),
        other.change(member, 'member.name', '别人'),
        other.change(uuidv7(), 'member.order', order),
        other.change(member, 'member.order', own),
      ];
      const { receipts, rejections } = await other.push([
        ...foreign,
        other.change(own, 'customer.name', '自己'),
      ]);
      expect(rejections.map(({ code }) => code)).toEqual(Array(4).fill('not-yours'));
      expect(receipts).toHaveLength(1);
      expect((await other.pull()).fields.every(({ record }) => record === own)).toBe(true);
      expect(await errorOf(other.request(`/office/orders/${order}`))).toEqual([
        404,
        'unknown-order',
      ]);
      expect((await other.office()).some(({ id }) => id === order)).toBe(false);
      expect(await owner.shownValue(order, 'customer.name')).toBe('样例诊所');
    });

    it('shares an order among all devices of its owner', async () => {
      const [laptop, tablet] = [await service().device('样例同'), await service().device('样例同')];
      const order = uuidv7();
      await laptop.push([laptop.change(order, 'customer.name', '样例诊所')]);
      expect(await tablet.rejections([tablet.change(order, 'customer.type', 'A')])).toEqual([]);
      expect((await laptop.pull()).fields).toHaveLength(2);
    });

    it('lets the office read everything and write nothing', async () => {
      const [installer, office] = [
        await service().device('样例甲'),
        await service().device('样例丙', 'reviewer'),
      ];
      const order = uuidv7();
      await installer.push([installer.change(order, 'customer.name', '样例诊所')]);
      expect(await office.shownValue(order, 'customer.name')).toBe('样例诊所');
      const change = office.change(order, 'customer.name', '后台');
      expect(await office.rejections([change])).toEqual([[change.id, 'read-only']]);
      const seen = new Set<string>();
      for (let cursor = 0, more = true; more; ) {
        const page = await office.pull(cursor);
        for (const { record } of page.fields) seen.add(record);
        ({ cursor, more } = page);
      }
      expect(seen).toContain(order);
    });

    it('takes a row once its order is named, and never moves it', async () => {
      const device = await service().device('样例甲');
      const [order, second, member] = [uuidv7(), uuidv7(), uuidv7()];
      const early = device.change(member, 'member.number', '13900000001');
      expect(await device.rejections([early])).toEqual([[early.id, 'unknown-record']]);
      // The order itself may still be unknown: a row that names it makes it known.
      const named = device.change(member, 'member.order', order);
      expect(await device.rejections([named, early])).toEqual([]);
      for (const value of [second, null]) {
        const moving = device.change(member, 'member.order', value);
        expect(await device.rejections([moving])).toEqual([[moving.id, 'moved']]);
      }
    });

    it('keeps each record of one kind', async () => {
      const device = await service().device('样例甲');
      const [order, member, row] = [uuidv7(), uuidv7(), uuidv7()];
      await device.push([
        device.change(order, 'customer.name', '样例诊所'),
        device.change(member, 'member.order', order),
      ]);
      const cases: [Change, string][] = [
        [device.change(member, 'customer.name', '样例'), 'bad-field'],
        [device.change(member, 'extension.order', order), 'bad-field'],
        [device.change(order, 'member.order', order), 'bad-field'],
        [device.change(row, 'member.order', member), 'bad-value'],
        [device.change(row, 'member.order', row), 'bad-value'],
        [device.change(row, 'member.order', 'x'), 'unknown-record'],
      ];
      for (const [change, code] of cases) {
        expect(await device.rejections([change])).toEqual([[change.id, code]]);
      }
    });
  });

  describe('the order of changes', () => {
    it('follows when they were made, however wrong the clocks are', async () => {
      const [right, behind, ahead] = [
        await service().device('样例钟'),
        await service().device('样例钟'),
        await service().device('样例钟'),
      ];
      const order = uuidv7();
      const now = Date.now();
      const name = (device: TestDevice, value: string, clock: number, ago: number) =>
        device.push(
          [device.change(order, 'customer.name', value, { time: now + clock - ago })],
          now + clock,
        );
      await name(right, '三分钟前', 0, 180_000);
      await name(behind, '一分钟前', -DECADE, 60_000);
      await name(ahead, '两分钟前', DECADE, 120_000);
      expect(await right.shownValue(order, 'customer.name')).toBe('一分钟前');
    });

    it('puts a change after the one it replaced, even in the same batch or from a jumped clock', async () => {
      const device = await service().device('样例甲');
      const order = uuidv7();
      const first = device.change(order, 'customer.name', '先');
      const second = device.change(order, 'customer.name', '后', {
        was: first.id,
        time: first.time - DECADE,
      });
      const third = device.change(order, 'customer.name', '再', {
        was: second.id,
        time: first.time - DECADE,
      });
      await device.push([first, second]);
      expect(await device.shownValue(order, 'customer.name')).toBe('后');
      await device.push([third]);
      expect(await device.shownValue(order, 'customer.name')).toBe('再');
    });

    it('gives a change that lost its receipt too, and does not show it again', async () => {
      const device = await service().device('样例甲');
      const order = uuidv7();
      const { cursor } = await device.pull();
      await device.push([device.change(order, 'customer.name', '新')]);
      const late = device.change(order, 'customer.name', '旧', { time: Date.now() - 3_600_000 });
      const { receipts } = await device.push([late]);
      expect(receipts.map(({ change }) => change)).toEqual([late.id]);
      const { fields } = await device.pull(cursor);
      expect(fields.map(({ value }) => value)).toEqual(['新']);
    });
  });
};
