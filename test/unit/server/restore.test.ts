import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { syncRound } from '../../../domain/sync/round.ts';
import { createHttp } from '../../../renderer/sync/http.ts';
import { createService } from '../../../renderer/sync/service.ts';
import { verifyAudit } from '../../../server/audit/verify.ts';
import { createMemoryStore } from '../../bench/lib/sync/memory.ts';
import { NO_POSTGRES, runPostgres, startPostgres } from './postgres.ts';
import { enrolDevice, startTestService, type TestService } from './service.ts';

/** A device with the real client's rules and the real client's requests. */
async function newDevice(service: TestService, person: string) {
  const enrolled = await enrolDevice(service, await service.code(person));
  const { id, owner } = enrolled;
  let { token } = enrolled;
  const { store, records, commit } = createMemoryStore(id);
  return {
    type: (record: string, field: string, value: string) =>
      commit([{ record, field, value }], owner),
    async sync(through: TestService) {
      const reached = createService(createHttp(through.url, token));
      const parts = { store, service: reached, now: Date.now, isStopped: () => false };
      while (await syncRound({ ...parts, report: () => {} }));
    },
    async signInAgain(at: TestService) {
      ({ token } = await enrolDevice(at, await at.code(person), id));
    },
    /** What it shows, by record and field. */
    shown: () =>
      new Map(
        [...records.values()].flatMap(({ id: record, values }) =>
          Object.entries(values).map(([field, value]) => [`${record} ${field}`, value]),
        ),
      ),
    waiting: () => store.waiting(),
  };
}

describe.skipIf(NO_POSTGRES)('a service whose database was restored from an older dump', () => {
  const folder = mkdtempSync(join(tmpdir(), 'onsite-dump-'));
  let cluster: Awaited<ReturnType<typeof startPostgres>>;
  let before: TestService;
  let after: TestService | null = null;
  beforeAll(async () => {
    cluster = await startPostgres();
    before = await startTestService(cluster.url);
  }, 60_000);
  afterAll(async () => {
    await after?.end();
    await cluster.stop();
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('gets everything back from the devices; who enrolled since signs in once more', async () => {
    const [kept, changed, added, late] = [uuidv7(), uuidv7(), uuidv7(), uuidv7()];
    const laptop = await newDevice(before, '样例甲');
    const tablet = await newDevice(before, '样例甲');
    await laptop.type(kept, 'customer.name', '样例诊所');
    await laptop.type(changed, 'customer.name', '样例酒店');
    await laptop.sync(before);
    await tablet.sync(before);

    const dump = join(folder, 'onsite.dump');
    runPostgres('pg_dump', '--format=custom', `--file=${dump}`, cluster.url);

    // All this the dump does not have; one value comes by way of a device that never comes back.
    await laptop.type(changed, 'customer.name', '样例大酒店');
    await laptop.type(added, 'customer.name', '样例学校');
    await laptop.sync(before);
    await tablet.sync(before);
    await tablet.type(changed, 'customer.name', '样例大酒店（改）');
    await tablet.sync(before);
    const lost = await newDevice(before, '样例甲');
    await lost.type(kept, 'customer.contact.phone', '13900000001');
    await lost.sync(before);
    await laptop.sync(before);
    const newcomer = await newDevice(before, '样例乙');
    await newcomer.type(late, 'customer.name', '样例工厂');
    await newcomer.sync(before);
    const shown = laptop.shown();
    await before.end();

    const restored = cluster.url.replace('/postgres?', '/restored?');
    runPostgres('psql', '--quiet', '--command=create database restored', cluster.url);
    runPostgres('pg_restore', `--dbname=${restored}`, dump);
    after = await startTestService(restored);
    // Made after the restore and before anybody who knew better was heard of.
    const early = await newDevice(after, '样例甲');
    await early.sync(after);
    expect(early.shown().get(`${changed} customer.name`)).toBe('样例酒店');

    await tablet.sync(after);
    await laptop.sync(after);
    await expect(newcomer.sync(after)).rejects.toMatchObject({ status: 401 });
    await newcomer.signInAgain(after);
    await newcomer.sync(after);
    for (const device of [early, tablet, laptop]) {
      await device.sync(after);
      expect(device.shown()).toEqual(shown);
      expect(await device.waiting()).toBe(0);
    }
    const fresh = await newDevice(after, '样例乙');
    await fresh.sync(after);
    expect(fresh.shown().get(`${late} customer.name`)).toBe('样例工厂');
    expect((await verifyAudit(after.store.audit)).broken).toBeNull();
  }, 120_000);
});
