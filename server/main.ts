import type { DeviceRole } from '../domain/sync/wire.ts';
import { readConfig } from './service/config.ts';
import { startService } from './service/start.ts';
import type { Store } from './store/index.ts';

/** The sync service as a process: `tsx server/main.ts`. `service/config.ts` lists its environment. */

const DEMO_OWNERS: Readonly<Record<DeviceRole, string>> = {
  installer: '样例装维',
  office: '样例后台',
};

async function printDemoCodes(store: Store): Promise<void> {
  for (const role of ['installer', 'office'] as const) {
    const code = await store.createCode({ owner: DEMO_OWNERS[role], role, now: Date.now() });
    console.log(`enrolment ${role} ${code}`);
  }
}

try {
  const config = readConfig(process.env);
  const service = await startService(config);
  if (config.demoCodes) await printDemoCodes(service.store);
  console.log(`onsite service ready ${service.url}`);

  const stop = () => void service.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  console.error(`onsite service: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
