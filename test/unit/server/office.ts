import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { type TestService, uuids } from './service.ts';

export const describeOffice = (service: () => TestService) =>
  describe('the office list', () => {
    it('shows what arrived, the latest first, with what is counted from its rows', async () => {
      const [device, office] = [
        await service().device('样例表'),
        await service().device('样例丙', 'reviewer'),
      ];
      const [older = '', newer, removed, member, gone, extension, signature] = uuids(7);
      const rows = [
        [member, 'member.order', older],
        [gone, 'member.order', older],
        [gone, 'member.deleted', true],
        [extension, 'extension.order', older],
        [signature, 'signature.order', older],
        [older, 'orderNumber', 'KQ-0000001'],
        [older, 'customer.name', '样例诊所'],
        [older, 'customer.contact.phone', '13900000001'],
        [removed, 'order.deleted', true],
        [newer, 'customer.type', 'A'],
      ] as const;
      for (const [record = '', field, value = ''] of rows) {
        await device.push([device.change(record, field, value)]);
        // So that no two of them arrive within the same millisecond.
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      const shown = await device.office();
      expect(shown.map(({ id }) => id)).toEqual([newer, older]);
      expect(shown[1]).toEqual({
        id: older,
        orderNumber: 'KQ-0000001',
        customer: '样例诊所',
        phone: '13900000001',
        owner: '样例表',
        team: '样例表',
        state: 'uploaded',
        round: 0,
        reviewer: null,
        changed: false,
        receivedAt: expect.closeTo(Date.now(), -4),
        signatures: 1,
        members: 1,
        extensions: 1,
        attachments: [],
      });
      expect((await office.office()).slice(0, 2)).toEqual(shown);
    });

    it('finds orders by any part of number, name or phone, taking every character as itself', async () => {
      const device = await service().device('样例寻');
      const names = ['百分%号', '下划_线', '引"号\\反', "单'引号", 'Hotel Beijing', '样例酒店'];
      for (const name of names) await device.push([device.change(uuidv7(), 'customer.name', name)]);
      await device.push([device.change(uuidv7(), 'customer.contact.phone', '13900000077')]);
      await device.push([device.change(uuidv7(), 'customer.address', '不搜地址')]);
      const find = async (search: string) =>
        (await device.office(search)).map(({ customer }) => customer);
      for (const name of names) expect(await find(name.slice(1, 4))).toEqual([name]);
      expect(await find(' hotel ')).toEqual(['Hotel Beijing']);
      expect(await find('00077')).toEqual([null]);
      for (const nothing of ['搜地', '"', 'null', '[', '没有']) {
        expect(await find(nothing)).toEqual(nothing === '"' ? ['引"号\\反'] : []);
      }
      expect(await find('')).toHaveLength(8);
    });
  });
