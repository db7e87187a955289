import { defineConfig } from '@playwright/test';
import type { EngineOptions } from './test/e2e/fixtures.ts';

/**
 * One suite, two engines: Debian's Chromium (the newest) and a real Electron (the oldest we
 * support). `shell/` and most of `faults/` are about the desktop itself. `packed` drives what
 * electron-builder made, if it was made (`.ci/run` does).
 */
export default defineConfig<EngineOptions>({
  testDir: 'test',
  outputDir: 'test-results',
  globalSetup: './test/prepared-database.ts',
  // A project's tests share the screen; `npm test` runs the projects beside each other.
  workers: 1,
  fullyParallel: false,
  timeout: 120_000,
  // A busy machine takes its time; what is fast is judged by `npm run bench`. A long run of kills (see
  // faults/kill.spec.ts) is to find losses, not slow hours of its machine.
  expect: { timeout: process.env.ONSITE_KILLS ? 60_000 : 30_000 },
  forbidOnly: process.env.CI === 'true',
  // Of a screen on a machine that others use too, one that comes late; never of `faults/`. What needed
  // its second try is named at the end.
  retries: process.env.CI === 'true' ? 1 : 0,
  reporter: [
    ['list'],
    ['json', { outputFile: process.env.ONSITE_REPORT ?? 'out/reports/playwright.json' }],
  ],
  // What cannot be clicked within a minute never will be: without, it waits as long as the whole test may.
  use: { screenshot: 'off', trace: 'off', actionTimeout: 60_000 },
  projects: [
    {
      name: 'chromium',
      testMatch: ['e2e/*.spec.ts', 'faults/{damage,plaintext}.spec.ts'],
      use: { engine: 'chromium' },
    },
    {
      name: 'electron',
      testMatch: ['e2e/*.spec.ts', 'e2e/shell/*.spec.ts', 'faults/*.spec.ts'],
      use: { engine: 'electron' },
    },
    { name: 'packed', testMatch: 'e2e/packed/*.spec.ts', use: { engine: 'electron' } },
  ],
});
