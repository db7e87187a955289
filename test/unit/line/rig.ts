/** A device in a real Chromium, a line, and the real service as a process: each can be killed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright';
import { build } from 'vite';
import { askService, readServiceFile } from '../../../server/service/service-file.ts';
import { resolve } from '../../../vite.config.ts';
import { browserOfProfile, killTree } from '../../e2e/rig/processes.ts';
import { startPostgres } from '../server/postgres.ts';
import { kill, startProcess } from '../server/process.ts';
import { enrolDevice, type TestDevice } from '../server/service.ts';
import { openLine } from './line.ts';
import type { Device } from './page/page.ts';

export type Engine = 'PGlite' | 'PostgreSQL';

export async function buildPage(): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), 'onsite-line-page-'));
  await build({
    configFile: false,
    root: 'test/unit/line/page',
    base: './',
    logLevel: 'error',
    resolve,
    build: { target: 'chrome114', outDir, chunkSizeWarningLimit: 10_000 },
    worker: { format: 'es' },
  });
  return outDir;
}

export type Rig = Awaited<ReturnType<typeof startRig>>;

/** @param pageFolder what `buildPage` made */
export async function startRig(pageFolder: string, engine: Engine) {
  const folder = mkdtempSync(join(tmpdir(), 'onsite-line-'));
  const [data, profile] = [join(folder, 'data'), join(folder, 'profile')];
  const cluster = engine === 'PostgreSQL' ? await startPostgres({ durable: true }) : null;
  const start = () => startProcess(data, { DATABASE_URL: cluster?.url ?? '' });
  let service = await start();
  const line = await openLine(pageFolder);
  line.lead(service.url);
  let context: BrowserContext | null = null;
  let page: Page | null = null;

  const newCode = async (): Promise<string> => {
    const file = await readServiceFile(data);
    if (!file) throw new Error('no service runs');
    const organisation = ['样例省公司', '样例分公司', '样例班'];
    const person = { owner: '样例装维', role: 'installer', organisation };
    return (await (await askService(file, '/admin/codes', person)).json()).code;
  };

  const rig = {
    line,
    newCode,
    /** Opens the page, in a browser started anew. */
    async openDevice() {
      context = await chromium.launchPersistentContext(profile, {
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: [
          ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
          '--disable-background-networking',
        ],
      });
      page = await context.newPage();
      await page.goto(`${line.url}/index.html`);
      await page.waitForFunction(() => window.device !== undefined);
    },
    /** Calls a function of the device. */
    async device<K extends keyof Device>(
      name: K,
      ...given: Parameters<Device[K]>
    ): Promise<Awaited<ReturnType<Device[K]>>> {
      if (!page) throw new Error('the device is off');
      const list = given.map((each) => JSON.stringify(each)).join();
      return page.evaluate<Awaited<ReturnType<Device[K]>>>(`window.device.${name}(${list})`);
    },
    /** SIGKILL to every process of the browser. */
    async killDevice() {
      const closed = new Promise((resolve) => context?.once('close', resolve));
      killTree(browserOfProfile(profile) ?? 0);
      await closed;
      [context, page] = [null, null];
    },
    killService: () => kill(service.child),
    async startService() {
      service = await start();
      line.lead(service.url);
    },
    /** A colleague's device, past the line. */
    colleague: async (): Promise<TestDevice> =>
      enrolDevice(
        {
          get url() {
            return service.url;
          },
        },
        await newCode(),
      ),
    async end() {
      await context?.close();
      await line.close();
      if (service.child.exitCode === null) await kill(service.child);
      await cluster?.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
  return rig;
}
