import { printDemo } from './accounts/demo.ts';
import { readConfig } from './service/config.ts';
import { startService } from './service/start.ts';

/** The sync service as a process: `tsx server/main.ts`. `service/config.ts` lists its environment. */

try {
  const config = readConfig(process.env);
  const service = await startService(config);
  const stop = () => void service.close().then(() => process.exit(0));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);

  if (config.demo) await printDemo(service, config.data);
  // Last: whoever waits for this line may ask it to stop at once.
  console.log(`onsite service ready ${service.url}`);
} catch (error) {
  console.error(`onsite service: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
