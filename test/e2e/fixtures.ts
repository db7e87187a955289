/**
 * The rig: the same test drives the app in Chromium and in the real Electron. Each test has a
 * profile, a service and a data folder of its own; the service is down until the test starts it.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, type ElectronApplication, expect, type Page } from '@playwright/test';
import { type Launch, launchChromium, launchElectron, type Running } from './rig/engines.ts';
import { startGateway } from './rig/gateway.ts';
import { freePort, type Victim } from './rig/processes.ts';
import { createServiceRig, type ServiceRig } from './rig/service.ts';

export interface EngineOptions {
  engine: 'chromium' | 'electron';
}

/** The app as a person has it: one window, closed and opened again, torn away. */
export interface App {
  readonly engine: EngineOptions['engine'];
  /** Folder that the app keeps everything in. */
  readonly profile: string;
  /** The page of the running app. */
  readonly page: Page;
  /** The Electron application; throws in a browser. */
  readonly shell: ElectronApplication;
  /** Opens it on the same profile, after `kill` or `close`. @param pin null leaves the vault closed */
  start(pin?: string | null): Promise<void>;
  close(): Promise<void>;
  restart(): Promise<void>;
  /** SIGKILL to every process, as a power cut, or to one part first. */
  kill(victim?: Victim): Promise<void>;
  /** Enters a one-time code in the settings, as a person does. */
  enrol(code: string): Promise<void>;
  /** Does what makes the app save a file; gives the saved bytes. */
  saveAs(action: () => Promise<void>): Promise<Uint8Array>;
}

interface Fixtures {
  /** A folder of the test's own, removed behind it. */
  folder: string;
  service: ServiceRig;
  /** Opens the app on another device, with a profile of its own. */
  device: (name: string) => Promise<App>;
  app: App;
}

export const test = base.extend<Fixtures & EngineOptions>({
  engine: ['chromium', { option: true }],

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixture's needs from it.
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'onsite-e2e-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  },

  service: async ({ folder }, use) => {
    const service = createServiceRig(join(folder, 'service'), await freePort());
    await use(service);
    await service.kill();
  },

  device: async ({ engine, folder, service }, use) => {
    const gateway = await startGateway(join(process.cwd(), 'dist/renderer'), service.url);
    const apps: App[] = [];
    await use(async (name) => {
      const profile = join(folder, name);
      const app = createApp(engine, { profile, page: gateway.url, service: service.url });
      apps.push(app);
      await app.start();
      return app;
    });
    for (const app of apps) await app.close();
    gateway.close();
  },

  app: async ({ device }, use) => use(await device('profile')),
});

const createApp = (engine: EngineOptions['engine'], launch: Launch): App => {
  let running: Running | null = null;
  const now = (): Running => {
    if (!running) throw new Error('the app is not running');
    return running;
  };
  const app: App = {
    engine,
    profile: launch.profile,
    get page() {
      return now().page;
    },
    get shell() {
      const { shell } = now();
      if (!shell) throw new Error('a browser has no shell');
      return shell;
    },
    start: async (pin) => {
      const open = engine === 'electron' ? launchElectron : launchChromium;
      running = await open({ ...launch, ...(pin === undefined ? {} : { pin }) });
    },
    close: async () => {
      await running?.close();
      running = null;
    },
    restart: async () => {
      await app.close();
      await app.start();
    },
    kill: async (victim) => {
      await now().kill(victim);
      running = null;
    },
    enrol: async (code) => {
      const { page } = now();
      const back = new URL(page.url()).hash || '#/';
      await goTo(page, '#/settings');
      await page.getByLabel('登记码').fill(code);
      await page.getByRole('button', { name: '登记本设备' }).click();
      await expect(page.getByText('本设备已登记')).toBeVisible();
      await goTo(page, back);
    },
    saveAs: (action) => now().saveAs(action),
  };
  return app;
};

/** Follows one of the page's own addresses. */
export const goTo = (page: Page, hash: string): Promise<void> =>
  page.evaluate((to) => {
    location.hash = to;
  }, hash);

export { expect };
