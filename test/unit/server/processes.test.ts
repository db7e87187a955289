import { afterAll, beforeAll, describe } from 'vitest';
import { describeService } from './behaviour.ts';
import { NO_POSTGRES, startPostgres } from './postgres.ts';

describe.skipIf(NO_POSTGRES)('the service as three processes behind a round-robin', () => {
  let cluster: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    cluster = await startPostgres();
  }, 60_000);
  afterAll(() => cluster.stop());

  describeService(() => cluster.url, 2);
});
