import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLoad } from '../../bench/lib/load.ts';
import { NO_POSTGRES, startPostgres } from './postgres.ts';
import { startTestService, type TestService } from './service.ts';

describe.skipIf(NO_POSTGRES)('many installers who come back at the same moment', () => {
  let cluster: Awaited<ReturnType<typeof startPostgres>>;
  let service: TestService;
  beforeAll(async () => {
    cluster = await startPostgres();
    service = await startTestService(cluster.url);
  }, 60_000);
  afterAll(async () => {
    await service.end();
    await cluster.stop();
  }, 60_000);

  it('lose nothing and meet no error but being asked to come again', async () => {
    const load = { installers: 24, orders: 50, photos: 2, photoBytes: 20_000, within: 0 };
    const { errors, lost, busy, pushes, changes } = await runLoad(service.url, service.store, load);
    expect(errors).toEqual([]);
    expect(lost).toBe(0);
    expect([changes, pushes.length]).toEqual([24 * (50 * 8 + 2 * 3), 24]);
    // Nine thousand changes at once are more than are let in.
    expect(busy).toBeGreaterThan(0);
  }, 120_000);
});
