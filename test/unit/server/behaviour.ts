import { afterAll, beforeAll } from 'vitest';
import { describeAttachments } from './attachments.ts';
import { describeAudit } from './audit.ts';
import { describeBundles } from './bundles.ts';
import { describeWire } from './compressed.ts';
import { describeConflicts } from './conflicts.ts';
import { describeDevices } from './devices.ts';
import { describeDocs } from './docs.ts';
import { describeEnrolment } from './enrolment.ts';
import { describeEvents } from './events.ts';
import { describeHostile } from './hostile.ts';
import { describeMatrix } from './matrix.ts';
import { describeOffice } from './office.ts';
import { describePage } from './page.ts';
import { describeReview } from './review.ts';
import { describeRights } from './rights.ts';
import { startTestService, type TestService } from './service.ts';
import { describeSignIn } from './sign-in.ts';
import { describeSync } from './sync.ts';
import { describeUploads } from './uploads.ts';

/** All that the service must do, whatever engine it runs on, and in however many processes. */
export function describeService(databaseUrl: () => string | null, processes = 0): void {
  let running: TestService;
  const service = () => running;
  beforeAll(async () => {
    running = await startTestService(databaseUrl(), processes);
  }, 60_000);
  afterAll(() => running.end());

  describePage(service);
  describeEnrolment(service);
  describeSync(service);
  describeConflicts(service);
  describeRights(service);
  describeAttachments(service);
  describeUploads(service);
  describeEvents(service);
  describeWire(service);
  describeHostile(service);
  describeDocs(service);
  describeOffice(service);
  describeReview(service);
  describeSignIn(service);
  describeMatrix(service);
  describeAudit(service);
  describeBundles(service);
  describeDevices(service);
}
