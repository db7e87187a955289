import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureUser } from '../../../server/accounts/local.ts';
import { LOCKS } from '../../../server/store/database.ts';
import { describeService } from './behaviour.ts';
import { NO_POSTGRES, startPostgres } from './postgres.ts';
import { enrolDevice, startTestService, type TestService, uuids } from './service.ts';

describe.skipIf(NO_POSTGRES)('the service on PostgreSQL', () => {
  let cluster: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    cluster = await startPostgres();
  }, 60_000);
  afterAll(() => cluster.stop());

  describeService(() => cluster.url);

  describe('in several copies', () => {
    let copies: [TestService, TestService];
    beforeAll(async () => {
      // At the same moment: only one of them may create the tables.
      copies = await Promise.all([startTestService(cluster.url), startTestService(cluster.url)]);
    });
    afterAll(() => Promise.all(copies.map((copy) => copy.end())));

    it('never shows a seq while a smaller one may still commit', async () => {
      const device = await enrolDevice(copies[0], await copies[0].code('样例锁'));
      const path = ['另一省公司', '另一分公司', '另一班组'];
      const person = await ensureUser(copies[1].store, '样例远', 'installer', path);
      const code = await copies[1].store.createCode(person, { actor: null, now: Date.now() });
      const distant = await enrolDevice(copies[1], code);
      const [order = '', other = ''] = uuids(2);
      const { receipts } = await device.push([device.change(order, 'customer.name', '样例诊所')]);
      const [{ seq = 0 } = {}] = receipts;

      // Holds the first of two pushes where its changes are written and not committed yet.
      const holder = new pg.Client(cluster.url);
      await holder.connect();
      await holder.query(
        `select pg_advisory_lock($1, hashtext(organisation::text)) from audit
         where device = $2 and action = 'changes'`,
        [LOCKS.audit, device.id],
      );
      const waiting = async () =>
        (await holder.query('select from pg_locks where not granted')).rowCount;
      const first = device.push([device.change(order, 'customer.type', 'A')]);
      await expect.poll(waiting, { timeout: 10_000 }).toBe(1);
      // Nothing but the order of seqs has it wait for the first.
      let answered = false;
      const second = distant
        .push([distant.change(other, 'customer.name', '样例酒店')])
        .finally(() => {
          answered = true;
        });
      await expect.poll(waiting, { timeout: 10_000 }).toBe(2);
      expect((await device.pull()).cursor).toBe(seq);
      expect((await distant.pull()).cursor).toBe(seq);
      await pause(300);
      expect(answered).toBe(false);
      await holder.end();
      expect((await first).receipts).toMatchObject([{ seq: seq + 1 }]);
      expect((await second).receipts).toMatchObject([{ seq: seq + 2 }]);
      expect((await device.pull()).cursor).toBe(seq + 2);
    });

    it('lets a device that pulls all the while miss nothing that others push', async () => {
      const owner = '样例并';
      const devices = await Promise.all(
        [...copies, ...copies].map(async (copy) => enrolDevice(copy, await copy.code(owner))),
      );
      const [order = ''] = uuids(1);
      const pushed: string[] = [];
      const pushing = devices.map(async (device) => {
        for (let round = 0; round < 24; round += 1) {
          const rows = uuids(1 + (round % 4)).map((member) =>
            device.change(member, 'member.order', order),
          );
          const { receipts } = await device.push(rows);
          pushed.push(...receipts.map(({ change }) => change));
        }
      });
      const puller = await enrolDevice(copies[1], await copies[1].code(owner));
      const pulled: string[] = [];
      let cursor = 0;
      const pullOnce = async () => {
        const page = await puller.pull(cursor);
        pulled.push(...page.fields.map(({ change }) => change));
        ({ cursor } = page);
      };
      let busy = true;
      const done = Promise.all(pushing).finally(() => {
        busy = false;
      });
      while (busy) await pullOnce();
      await done;
      await pullOnce();
      expect(pushed).toHaveLength(4 * 60);
      expect(pulled.sort()).toEqual(pushed.sort());
    });

    it('gives one receipt to a change that comes through two copies at once', async () => {
      const device = await enrolDevice(copies[0], await copies[0].code('样例双'));
      const [order = ''] = uuids(1);
      for (let round = 0; round < 10; round += 1) {
        const changes = ['一', '二', '三'].map((name) =>
          device.change(order, 'customer.name', name),
        );
        const [one, two] = await Promise.all(
          copies.map((copy) => device.push(changes, Date.now(), copy)),
        );
        expect(one?.receipts).toHaveLength(3);
        expect(two).toEqual(one);
      }
    });
  });
});
