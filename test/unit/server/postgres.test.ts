import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
      const [order = ''] = uuids(1);
      const { receipts } = await device.push([device.change(order, 'customer.name', '样例诊所')]);
      const [{ seq = 0 } = {}] = receipts;

      // A push in another copy that has its seq but has not committed yet.
      const open = new pg.Client(cluster.url);
      await open.connect();
      await open.query('begin');
      await open.query('select pg_advisory_xact_lock($1)', [LOCKS.push]);
      await open.query(
        `insert into changes select $1, $2, record, field, value, was, time, device, by, place,
         sender, "receivedAt" from changes where seq = $3`,
        [seq + 1, uuids(1)[0], seq],
      );
      let answered = false;
      const late = device.push([device.change(order, 'customer.type', 'A')]).finally(() => {
        answered = true;
      });
      await pause(300);
      expect(answered).toBe(false);
      expect((await device.pull()).cursor).toBe(seq);
      await open.query('commit');
      expect((await late).receipts).toMatchObject([{ seq: seq + 2 }]);
      await open.end();
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
