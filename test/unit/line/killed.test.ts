import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NO_POSTGRES } from '../server/postgres.ts';
import type { Moment } from './line.ts';
import { buildPage, type Engine, type Rig, startRig } from './rig.ts';
import { expectAllOnce, type Work } from './work.ts';

/** Where a device or the service is killed, in the order of a round. */
const PHASES: readonly [what: string, moment: Moment][] = [
  ['a push is sent', { request: 'POST /sync/push', stage: 'asked' }],
  ['a push is being stored', { request: 'POST /sync/push', stage: 'given' }],
  ['a push is stored', { request: 'POST /sync/push', stage: 'answered' }],
  ['a push is answered', { request: 'POST /sync/push', stage: 'told' }],
  ['an upload is created', { request: 'POST /uploads', stage: 'asked' }],
  ['the first part is on its way', { request: 'POST /uploads', stage: 'half' }],
  ['the first part is stored', { request: 'POST /uploads', stage: 'answered' }],
  ['the last part is on its way', { request: 'PATCH /uploads', stage: 'half' }],
  ['the last part is there and being hashed', { request: 'PATCH /uploads', stage: 'given' }],
  ['a file has its receipt', { request: 'PATCH /uploads', stage: 'answered' }],
  ['a pull is asked for', { request: 'GET /sync/pull', stage: 'asked' }],
  ['a pull is answered', { request: 'GET /sync/pull', stage: 'answered' }],
];
/** ms from healing until nothing waits. */
const DRAINED = 11_000;
/** More than one part. */
const PHOTO = 300_000;

let page = '';
beforeAll(async () => {
  page = await buildPage();
}, 120_000);
afterAll(() => rmSync(page, { recursive: true }));

describe.each<Engine>(['PGlite', 'PostgreSQL'])('on %s, killed while', (engine) => {
  const skipped = engine === 'PostgreSQL' && NO_POSTGRES !== null;
  let rig: Rig;
  const works: Work[] = [];
  beforeAll(async () => {
    if (skipped) return;
    rig = await startRig(page, engine);
    await rig.openDevice();
    await rig.device('enrol', await rig.newCode());
  }, 120_000);
  afterAll(() => rig?.end(), 60_000);

  /** Resolves when somebody was killed at the moment. */
  const killAt = (moment: Moment, kill: () => Promise<void>) =>
    new Promise<void>((resolve, reject) => {
      rig.line.onMoment(async ({ request, stage }) => {
        if (request !== moment.request || stage !== moment.stage) return;
        rig.line.onMoment(() => {});
        // What has passed of a body has time to be written.
        if (stage === 'half') await pause(50);
        await kill().then(resolve, reject);
      });
    });

  const drained = () =>
    expect.poll(() => rig.device('unsent'), { timeout: DRAINED, interval: 100 }).toBe(0);

  it.skipIf(skipped).each(PHASES)(
    '%s, the service loses nothing and does nothing twice',
    async (_, moment) => {
      const killed = killAt(moment, rig.killService);
      works.push(await rig.device('work', 5, PHOTO));
      await killed;
      await rig.startService();
      await drained();
    },
    240_000,
  );

  it.skipIf(skipped).each(PHASES)(
    '%s, the device loses nothing and does nothing twice',
    async (_, moment) => {
      // Not before it was told what is saved.
      const killed = killAt(moment, async () => {
        await working;
        await rig.killDevice();
      });
      const working = rig.device('work', 5, PHOTO);
      works.push(await working);
      await killed;
      await rig.openDevice();
      await drained();
    },
    240_000,
  );

  it.skipIf(skipped)(
    'everything, all is there once',
    async () => {
      expect(works).toHaveLength(2 * PHASES.length);
      await expectAllOnce(await rig.colleague(), works);
    },
    60_000,
  );
});
