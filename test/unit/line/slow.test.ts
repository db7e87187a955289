import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_POSTGRES } from '../server/postgres.ts';
import type { Conditions } from './line.ts';
import { buildPage, type Engine, type Rig, startRig } from './rig.ts';
import { expectAllOnce } from './work.ts';

/** 64 kbit/s, two seconds there and back, every fifth packet lost, every tenth request broken off. */
const BAD: Conditions = {
  ...{ bytesPerSecond: 8_000, latency: 2_000, loss: 0.2, broken: 0.1, seed: 20_261_123 },
};
const TEXTS = 60;
const PHOTO = 40_000;
const PATIENT = { timeout: 150_000, interval: 250 };

let page = '';
beforeAll(async () => {
  page = await buildPage();
}, 120_000);
afterAll(() => rmSync(page, { recursive: true }));

describe.each<Engine>(['PGlite', 'PostgreSQL'])('over the worst of lines, on %s', (engine) => {
  const skipped = engine === 'PostgreSQL' && NO_POSTGRES !== null;
  let rig: Rig;
  beforeAll(async () => {
    if (skipped) return;
    rig = await startRig(page, engine);
    await rig.openDevice();
    await rig.device('enrol', await rig.newCode());
  }, 120_000);
  afterAll(() => rig?.end(), 60_000);

  it.skipIf(skipped)(
    'everything arrives: text before photos, in small batches first; a pause sends nothing, and what has arrived is not sent again',
    async () => {
      const { line } = rig;
      line.setConditions(BAD);
      line.takeRequests();
      const half = new Promise<void>((resolve) => {
        line.onMoment(({ request, stage }) => {
          if (request.endsWith('/uploads') && stage === 'half') resolve();
        });
      });
      const work = await rig.device('work', TEXTS, PHOTO);
      await half;
      await rig.device('pause');
      const before = line.takeRequests();
      const first = (start: string) => before.findIndex((request) => request.startsWith(start));
      expect(first('POST /sync/push')).toBeGreaterThanOrEqual(0);
      expect(first('POST /sync/push')).toBeLessThan(first('POST /uploads'));
      // The text is there, in more than one push, while nothing has a photo's receipt yet.
      expect(before.filter((request) => request === 'POST /sync/push').length).toBeGreaterThan(1);
      expect(await rig.device('waiting')).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      expect(line.takeRequests()).toEqual([]);

      await rig.device('resume');
      await expect.poll(() => rig.device('unsent'), PATIENT).toBe(0);
      expect(await rig.device('said')).toBe(PHOTO);
      const sent = line.sentWith('POST /uploads') + line.sentWith('PATCH /uploads');
      expect(sent).toBeLessThan(PHOTO * 1.9);
      line.setConditions(null);
      await expectAllOnce(await rig.colleague(), [work]);
    },
    180_000,
  );
});
