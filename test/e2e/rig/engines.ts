import { execFileSync } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  chromium,
  type ElectronApplication,
  _electron as electron,
  type Page,
} from '@playwright/test';
import { browserOfProfile, killPart, killTree, type Victim, within } from './processes.ts';
import { openVault } from './vault.ts';

/** The app's window on the screen, px: the laptop that most installers have. */
export const SCREEN = { width: 1366, height: 768 } as const;

/** A running app, whatever engine shows it. */
export interface Running {
  readonly page: Page;
  /** The Electron application, for tests of the shell itself. */
  readonly shell: ElectronApplication | null;
  /** Closes it as a person would. */
  close(): Promise<void>;
  /** SIGKILL to a part of it, and a moment later to the rest; to every process at once by default. */
  kill(victim?: Victim): Promise<void>;
  /** Runs what makes the app save a file, chooses a place for it, gives its bytes. */
  saveAs(action: () => Promise<void>): Promise<Uint8Array>;
}

export interface Launch {
  /** Folder that the app keeps everything in. */
  readonly profile: string;
  /** Origin of the page, for the browser. */
  readonly page: string;
  /** Origin of the service, for the shell. */
  readonly service: string;
  readonly enrolmentCode?: string;
  /** What the vault is opened with; null leaves it closed. */
  readonly pin?: string | null;
}

const isRoot = process.getuid?.() === 0;

/** The oldest Electron we support; see `build/electron-runtime.mjs`. */
export const electronPath = (): string => {
  const stdio = ['ignore', 'pipe', 'inherit'] as const;
  const folder = execFileSync(process.execPath, ['build/electron-runtime.mjs'], {
    encoding: 'utf8',
    stdio: [...stdio],
  });
  return join(folder.trim(), 'electron');
};

/** Electron's arguments: as root (containers) Chromium cannot use its sandbox. */
export const ELECTRON_ARGS: readonly string[] = [
  ...(isRoot ? ['--no-sandbox'] : []),
  '--disable-gpu',
  process.cwd(),
];

export const shellEnvironment = ({
  profile,
  service,
  enrolmentCode,
}: Pick<Launch, 'profile' | 'service' | 'enrolmentCode'>) => {
  const env: Record<string, string> = {};
  for (const [key, value] of Object.entries(process.env)) if (value) env[key] = value;
  return {
    ...env,
    ONSITE_PROFILE: profile,
    ONSITE_SERVICE: service,
    ...(enrolmentCode ? { ONSITE_ENROL: enrolmentCode } : {}),
  };
};

/** @param packed the packed app's binary, instead of this folder's app on the runtime */
export const launchElectron = async (launch: Launch, packed?: string): Promise<Running> => {
  const shell = await electron.launch({
    executablePath: packed ?? electronPath(),
    // A packed app knows its own folder.
    args: packed ? ELECTRON_ARGS.slice(0, -1) : [...ELECTRON_ARGS],
    env: shellEnvironment(launch),
    timeout: 30_000,
  });
  const pid = shell.process().pid ?? 0;
  const kill = async (victim: Victim = 'tree') => {
    const closed = new Promise<void>((resolve) => shell.once('close', () => resolve()));
    await killPart(pid, victim);
    await within(30_000, 'killing Electron', closed);
  };
  try {
    const page = await shell.firstWindow({ timeout: 30_000 });
    // A window begins empty: what a test did to it before its page came would be lost.
    await page.waitForURL(/^app:/, { waitUntil: 'load' });
    await shell.evaluate(
      ({ BrowserWindow }, size) =>
        BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
      SCREEN,
    );
    await openVault(page, launch.pin);
    return {
      page,
      shell,
      kill,
      close: () => within(15_000, 'closing Electron', shell.close()).catch(() => kill()),
      saveAs: async (action) => {
        // Not in the profile: what a person saves is readable, and tests look for readable text there.
        const path = `${launch.profile}-saved-${Date.now()}`;
        await shell.evaluate(({ dialog }, filePath) => {
          dialog.showSaveDialog = async () => ({ canceled: false, filePath });
        }, path);
        await action();
        const saved = async () => {
          // It appears whole or not at all: the shell renames it into place.
          while (!(await stat(path).catch(() => null))) await new Promise((r) => setTimeout(r, 50));
        };
        await within(30_000, 'saving a file', saved());
        return readFile(path);
      },
    };
  } catch (error) {
    killTree(pid);
    throw error;
  }
};

export const launchChromium = async ({
  profile,
  page: origin,
  enrolmentCode,
  pin,
}: Launch): Promise<Running> => {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [...(isRoot ? ['--no-sandbox'] : []), '--disable-background-networking'],
    viewport: SCREEN,
    locale: 'zh-CN',
    timeout: 30_000,
  });
  // The system's own picker cannot be driven; without it the page downloads.
  await context.addInitScript(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
  const page = context.pages()[0] ?? (await context.newPage());
  await page.goto(`${origin}/${enrolmentCode ? `?enrol=${enrolmentCode}` : ''}`);
  await openVault(page, pin);
  const kill = async (victim: Victim = 'tree') => {
    const closed = new Promise<void>((resolve) => context.once('close', () => resolve()));
    const pid = browserOfProfile(profile);
    if (pid === null) return;
    await killPart(pid, victim);
    await within(30_000, 'killing Chromium', closed);
  };
  return {
    page,
    shell: null,
    kill,
    close: () => within(15_000, 'closing Chromium', context.close()).catch(() => kill()),
    saveAs: async (action) => {
      const [download] = await Promise.all([page.waitForEvent('download'), action()]);
      return readFile(await download.path());
    },
  };
};
