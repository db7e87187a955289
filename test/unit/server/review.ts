import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  isReviewed,
  RESUBMITTED_FIELD,
  REVIEW_FIELD,
  REVIEW_LIMITS,
  type Remark,
  reviewOf,
} from '../../../domain/review/review.ts';
import {
  exportAnswerSchema,
  roundFieldsSchema,
  roundsSchema,
} from '../../../domain/review/wire.ts';
import type { FieldValue } from '../../../domain/sync/change.ts';
import { STORED_FIELD } from '../../../domain/sync/record.ts';
import { officeOrderFieldsSchema } from '../../../domain/sync/wire.ts';
import { errorOf, type TestDevice, type TestService } from './service.ts';

export const describeReview = (service: () => TestService) =>
  describe('the review of an order', () => {
    let installer: TestDevice;
    let reviewer: TestDevice;
    let colleague: TestDevice;
    beforeAll(async () => {
      installer = await service().device('审装维');
      reviewer = await service().device('审甲', 'reviewer');
      colleague = await service().device('审乙', 'reviewer');
    });

    const newOrder = async (): Promise<string> => {
      const order = uuidv7();
      await installer.push([installer.change(order, 'customer.name', '样例诊所')]);
      return order;
    };
    const send = (by: TestDevice, order: string, body: object) =>
      fetch(`${service().url}/office/orders/${order}/review`, {
        method: 'POST',
        headers: { authorization: `Bearer ${by.token}` },
        body: JSON.stringify(body),
      });
    const act = async (by: TestDevice, order: string, body: object) =>
      roundsSchema.parse(await (await send(by, order, body)).json());
    const start = (by: TestDevice, order: string) => act(by, order, { act: 'start' });
    const refused = (by: TestDevice, order: string, body: object) => errorOf(send(by, order, body));
    /** What a reviewer's screen saw last. */
    const seen = async (order: string) => {
      const answer = await (await reviewer.request(`/office/orders/${order}`)).json();
      const { fields } = officeOrderFieldsSchema.parse(answer);
      const reviewed = fields.filter(({ field }) => isReviewed(field));
      return Math.max(...reviewed.map(({ seq }) => seq));
    };
    const decide = async (order: string, round: number, decision: string, remarks: Remark[] = []) =>
      act(reviewer, order, { act: 'decide', round, decision, remarks, seen: await seen(order) });
    const remark = (order: string, field: string | null, text: string): Remark => ({
      ...{ record: order, field, text },
    });
    const lineOf = async (by: TestDevice, order: string) =>
      (await by.office()).find(({ id }) => id === order);
    /** The order's own fields as a device pulls them. */
    const pulled = async (order: string) => {
      const values: Record<string, FieldValue> = {};
      for (let cursor = 0, more = true; more; ) {
        const page = await installer.pull(cursor);
        for (const { record, field, value } of page.fields) {
          if (record === order) values[field] = value;
        }
        ({ cursor, more } = page);
      }
      return values;
    };
    const resubmit = (order: string, round: number) =>
      installer.push([installer.change(order, RESUBMITTED_FIELD, round)]);

    it('goes from uploaded over returned and submitted again to passed', async () => {
      const order = await newOrder();
      expect(await lineOf(reviewer, order)).toMatchObject({ state: 'uploaded', round: 0 });
      expect((await start(reviewer, order)).state).toBe('reviewing');
      const returned = await decide(order, 1, 'returned', [
        remark(order, 'customer.name', '与营业执照不符'),
      ]);
      expect(returned).toMatchObject({ state: 'returned', changed: false });
      await resubmit(order, 1);
      expect(await lineOf(reviewer, order)).toMatchObject({ state: 'resubmitted', round: 1 });
      expect((await start(reviewer, order)).rounds.map(({ round }) => round)).toEqual([1, 2]);
      const passed = await decide(order, 2, 'passed');
      expect(passed.state).toBe('passed');
      expect(await lineOf(reviewer, order)).toMatchObject({
        ...{ state: 'passed', round: 2, reviewer: '审甲', changed: false },
      });
    });

    it('brings the remarks to the devices of the team in their pull', async () => {
      const order = await newOrder();
      const remarks = [
        remark(order, 'customer.name', '与营业执照不符'),
        remark(order, null, '缺照片'),
      ];
      await start(reviewer, order);
      expect(reviewOf(await pulled(order))).toMatchObject({ state: 'reviewing', remarks: [] });
      await decide(order, 1, 'returned', remarks);
      const values = await pulled(order);
      expect(reviewOf(values)).toMatchObject({ state: 'returned', by: '审甲', round: 1, remarks });
      await resubmit(order, 1);
      expect(reviewOf(await pulled(order))?.state).toBe('resubmitted');
    });

    it('takes no word on a review from a device', async () => {
      const order = await newOrder();
      const value = { round: 1, state: 'passed', by: '装维', at: 1, remarks: [] };
      const forged = installer.change(order, REVIEW_FIELD, value);
      expect(await installer.rejections([forged])).toEqual([[forged.id, 'read-only']]);
      const odd = installer.change(order, RESUBMITTED_FIELD, 'x');
      expect(await installer.rejections([odd])).toEqual([[odd.id, 'bad-value']]);
      expect((await lineOf(reviewer, order))?.state).toBe('uploaded');
    });

    it('decides on nothing that arrived after the reviewer looked', async () => {
      const order = await newOrder();
      await start(reviewer, order);
      const looked = await seen(order);
      await installer.push([installer.change(order, 'customer.address', '样例路一号')]);
      const body = { act: 'decide', round: 1, decision: 'passed', remarks: [], seen: looked };
      expect(await refused(reviewer, order, body)).toEqual([409, 'order-changed']);
      await decide(order, 1, 'passed');
      await installer.push([installer.change(order, 'customer.address', '样例路二号')]);
      expect(await lineOf(reviewer, order)).toMatchObject({ state: 'passed', changed: true });
    });

    it('does not take the note that a file has arrived for a change of the order', async () => {
      const order = await newOrder();
      const [attachment, bytes] = [uuidv7(), Buffer.from(`样例文件 ${order}`)];
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await installer.push([
        installer.change(attachment, 'attachment.order', order),
        installer.change(attachment, 'attachment.sha256', sha256),
      ]);
      const path = `/attachments/${sha256}?order=${order}`;
      expect((await installer.request(path, { method: 'PUT', body: bytes })).ok).toBe(true);
      await start(reviewer, order);
      const looked = await seen(order);
      const arrived = () => installer.push([installer.change(attachment, STORED_FIELD, sha256)]);
      expect((await arrived()).rejections).toEqual([]);
      const body = { act: 'decide', round: 1, decision: 'passed', remarks: [], seen: looked };
      expect((await act(reviewer, order, body)).state).toBe('passed');
      expect((await arrived()).rejections).toEqual([]);
      expect(await lineOf(reviewer, order)).toMatchObject({ state: 'passed', changed: false });
    });

    it('keeps the order as it was decided on, to compare with', async () => {
      const order = await newOrder();
      await start(reviewer, order);
      await decide(order, 1, 'returned', [remark(order, null, '请核对名称')]);
      await installer.push([
        installer.change(order, 'customer.name', '样例医院'),
        installer.change(order, 'customer.address', '样例路一号'),
      ]);
      const answer = await reviewer.request(`/office/orders/${order}/rounds/1`);
      const { fields } = roundFieldsSchema.parse(await answer.json());
      expect(fields.map(({ field, value }) => [field, value])).toEqual([
        ['customer.name', '样例诊所'],
      ]);
    });

    it('belongs to one reviewer at a time, and keeps the draft for whoever takes it over', async () => {
      const order = await newOrder();
      await start(reviewer, order);
      const remarks = [remark(order, 'customer.name', '草稿')];
      await act(reviewer, order, { act: 'remark', round: 1, remarks });
      for (const body of [{ act: 'start' }, { act: 'remark', round: 1, remarks: [] }]) {
        expect(await refused(colleague, order, body)).toEqual([409, 'not-your-round']);
      }
      const over = await act(colleague, order, { act: 'start', takeOver: true });
      expect(over.rounds).toMatchObject([{ round: 1, reviewer: { name: '审乙' }, remarks }]);
      const late = { act: 'remark', round: 1, remarks: [] };
      expect(await refused(reviewer, order, late)).toEqual([409, 'not-your-round']);
    });

    it('refuses a return without a remark, and remarks about anything else', async () => {
      const [order, other] = [await newOrder(), await newOrder()];
      await start(reviewer, order);
      const decision = { act: 'decide', round: 1, decision: 'returned', seen: await seen(order) };
      const empty = { ...decision, remarks: [] };
      expect(await refused(reviewer, order, empty)).toEqual([400, 'no-remark']);
      for (const wrong of [
        remark(other, 'customer.name', '别的工单'),
        remark(order, 'member.number', '不在这里'),
        remark(order, 'no.such', '没有'),
      ]) {
        const body = { ...decision, remarks: [wrong] };
        expect(await refused(reviewer, order, body)).toEqual([400, 'bad-remark']);
      }
      const long = remark(order, null, '长'.repeat(REVIEW_LIMITS.remarkText + 1));
      const tooLong = { ...decision, remarks: [long] };
      expect(await refused(reviewer, order, tooLong)).toEqual([400, 'bad-request']);
    });

    it('lets the office filter by state, team, installer and time, and sort', async () => {
      const other = await service().device('审装维二');
      const began = Date.now();
      const [first, second] = [uuidv7(), uuidv7()];
      await other.push([other.change(first, 'customer.name', 'B')]);
      await other.push([other.change(second, 'customer.name', 'A')]);
      await start(reviewer, second);
      const list = await reviewer.officeList({});
      const team = list.teams.find(({ name }) => name === '审装维二')?.id ?? '';
      const person = list.installers.find(({ name }) => name === '审装维二')?.id ?? '';
      const ids = async (query: Readonly<Record<string, string>>) =>
        (await reviewer.officeList({ team, ...query })).orders.map(({ id }) => id);
      expect(await ids({ sort: 'customer', descending: 'false' })).toEqual([second, first]);
      expect(await ids({ sort: 'customer' })).toEqual([first, second]);
      expect(await ids({ state: 'reviewing' })).toEqual([second]);
      expect(await ids({ installer: person, state: 'uploaded' })).toEqual([first]);
      expect(await ids({ to: String(began) })).toEqual([]);
      expect(await ids({ from: String(began), skip: '1' })).toHaveLength(1);
      expect((await reviewer.officeList({ team })).total).toBe(2);
      const odd = reviewer.request('/office/orders?sort=constructor');
      expect(await errorOf(odd)).toEqual([400, 'bad-request']);
    });

    it('tells the audit trail of each step and each export, and gives what was asked for', async () => {
      const [order, other] = [await newOrder(), await newOrder()];
      const before = (await told()).length;
      await start(reviewer, order);
      await decide(order, 1, 'passed');
      const body = JSON.stringify({ format: 'xlsx', orders: [other, order] });
      const init = { method: 'POST', headers: { authorization: `Bearer ${reviewer.token}` }, body };
      const answer = await fetch(`${service().url}/office/exports`, init);
      const exported = exportAnswerSchema.parse(await answer.json()).orders;
      expect(exported.map(({ id, state, facts }) => [id, state, facts])).toEqual([
        [other, 'uploaded', { 'customer.name': '样例诊所' }],
        [order, 'passed', { 'customer.name': '样例诊所' }],
      ]);
      expect((await told()).slice(before)).toEqual([
        { action: 'reviewed', detail: { order, round: 1, act: 'started' } },
        { action: 'reviewed', detail: { order, round: 1, act: 'passed', remarks: 0 } },
        { action: 'exported', detail: { format: 'xlsx', orders: [other, order] } },
      ]);
    });

    /** What the audit trail says of reviews and exports. */
    const told = async () => {
      const entries = [];
      for (let last = null; ; ) {
        const page = await service().store.audit.entriesAfter(last);
        entries.push(...page);
        last = page.at(-1) ?? null;
        if (!last) break;
      }
      return entries
        .filter(({ action }) => action === 'reviewed' || action === 'exported')
        .map(({ action, detail }) => ({ action, detail: JSON.parse(detail) }));
    };
  });
