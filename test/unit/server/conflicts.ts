import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import type { FieldState } from '../../../domain/sync/wire.ts';
import { pullAnswerSchema, pushAnswerSchema } from '../../../domain/sync/wire.ts';
import type { TestDevice, TestService } from './service.ts';

const FIELD = 'customer.name';

const stateOf = async (device: TestDevice, order: string): Promise<FieldState> => {
  const { fields } = await device.pull();
  const found = fields.find(({ record, field }) => record === order && field === FIELD);
  if (!found) throw new Error('not pulled');
  return found;
};

/** A request as a device makes it that has heard of the service's log before. */
const ask = async (device: TestDevice, position: string | null) =>
  pullAnswerSchema.parse(
    await (await device.request(`/sync/pull?cursor=0&position=${position}`)).json(),
  );
const tell = async (device: TestDevice, body: object) =>
  pushAnswerSchema.parse(
    await (
      await device.request('/sync/push', {
        method: 'POST',
        body: JSON.stringify({ now: Date.now(), ...body }),
      })
    ).json(),
  );

export const describeConflicts = (service: () => TestService) => {
  describe('a conflict', () => {
    it('keeps both values with their authors, and tells of them until one is picked', async () => {
      const [laptop, tablet] = [await service().device('样例冲'), await service().device('样例冲')];
      const order = uuidv7();
      const first = laptop.change(order, FIELD, '样例');
      await laptop.push([first]);
      const here = laptop.change(order, FIELD, '样例诊所', { was: first.id });
      await laptop.push([here]);
      // Later, by any measure of the clocks.
      const there = tablet.change(order, FIELD, '样例医院', { was: first.id });
      await tablet.push([there]);

      const both = await stateOf(laptop, order);
      expect(both).toMatchObject({
        change: there.id,
        device: tablet.id,
        past: [first.id.slice(-12)],
      });
      expect(both.others).toMatchObject([
        { change: here.id, value: '样例诊所', device: laptop.id },
      ]);
      // A push that has to do with the record, but not with this field, leaves it as it is.
      await tablet.push([
        tablet.change(order, 'customer.contact.phone', '13900000001'),
        tablet.change(uuidv7(), FIELD, '另一单'),
      ]);
      expect((await stateOf(laptop, order)).others).toHaveLength(1);
      // An ordinary change of one side leaves the question open.
      const more = tablet.change(order, FIELD, '样例医院二', { was: there.id });
      await tablet.push([more]);
      expect((await stateOf(laptop, order)).others).toHaveLength(1);

      const picked = laptop.change(order, FIELD, '样例诊所', { was: more.id, settles: [here.id] });
      await laptop.push([picked]);
      const settled = await stateOf(tablet, order);
      expect(settled).toMatchObject({ change: picked.id, settles: [here.id] });
      expect(settled.others).toBeUndefined();
    });

    it('is none where the author knew what stood there, or wrote another field', async () => {
      const [laptop, tablet] = [await service().device('样例和'), await service().device('样例和')];
      const order = uuidv7();
      const first = laptop.change(order, FIELD, '样例');
      await laptop.push([first]);
      await tablet.push([
        tablet.change(order, FIELD, '样例诊所', { was: first.id }),
        tablet.change(order, 'customer.contact.phone', '13900000001'),
      ]);
      expect((await laptop.pull()).fields.some(({ others }) => others)).toBe(false);
    });
  });

  describe('a service that lost something', () => {
    it('is told from one that did not by the digits at the position, and takes nothing then', async () => {
      const device = await service().device('样例忆');
      const order = uuidv7();
      const { position } = await device.push([device.change(order, FIELD, '样例')]);
      expect(await ask(device, position)).toMatchObject({ intact: true, position });
      const [seq, mark = ''] = (position ?? '').split('.');
      const other = `${seq}.${[...mark].reverse().join('')}`;
      const beyond = `${Number(seq) + 100}.${mark}`;
      for (const lost of [other, beyond]) {
        expect(await ask(device, lost)).toMatchObject({ intact: false, fields: [], position });
        const change = device.change(order, FIELD, '别的');
        const answer = await tell(device, { position: lost, changes: [change] });
        expect(answer).toMatchObject({ intact: false, receipts: [], rejections: [] });
      }
      expect(await device.shownValue(order, FIELD)).toBe('样例');
    });

    it('takes back what any device of the team knows of any other, and what was replaced stays behind', async () => {
      const [device, lost] = [await service().device('样例还'), await service().device('样例还')];
      const order = uuidv7();
      const first = lost.change(order, FIELD, '样例');
      const second = lost.change(order, FIELD, '样例诊所', { was: first.id });
      const own = await tell(device, { changes: [second] });
      expect(own.rejections.map(({ code }) => code)).toEqual(['bad-device']);
      // What counts comes first, and says what it replaced; then that, by which nothing changes.
      const told = { ...second, order: Date.now() - 5_000, past: [first.id.slice(-12)] };
      await tell(device, { again: true, changes: [told] });
      await tell(device, { again: true, changes: [first] });
      const state = await stateOf(device, order);
      expect(state).toMatchObject({ change: second.id, device: lost.id, order: told.order });
      expect(state.others).toBeUndefined();
      // Sent again, it gets its old receipt.
      const again = await tell(device, { again: true, changes: [told, first] });
      expect(again.receipts).toHaveLength(2);
    });

    it('takes nothing back from those who may not write it', async () => {
      const [owner, stranger] = [
        await service().device('样例甲'),
        await service().device('样例乙'),
      ];
      const order = uuidv7();
      await owner.push([owner.change(order, FIELD, '样例')]);
      const forged = owner.change(order, FIELD, '别人');
      const { rejections } = await tell(stranger, { again: true, changes: [forged] });
      expect(rejections.map(({ code }) => code)).toEqual(['not-yours']);
    });
  });
};
