import { afterAll, beforeAll } from 'vitest';
import { describeAttachments } from './attachments.ts';
import { describeBundles } from './bundles.ts';
import { describeDevices } from './devices.ts';
import { describeEnrolment } from './enrolment.ts';
import { describeOffice } from './office.ts';
import { describePage } from './page.ts';
import { describeRights } from './rights.ts';
import { startTestService, type TestService } from './service.ts';
import { describeSync } from './sync.ts';

/** All that the service must do, whatever engine it runs on. */
export function describeService(databaseUrl: () => string | null): void {
  let running: TestService;
  const service = () => running;
  beforeAll(async () => {
    running = await startTestService(databaseUrl());
  }, 60_000);
  afterAll(() => running.end());

  describePage(service);
  describeEnrolment(service);
  describeSync(service);
  describeRights(service);
  describeAttachments(service);
  describeOffice(service);
  describeBundles(service);
  describeDevices(service);
}
