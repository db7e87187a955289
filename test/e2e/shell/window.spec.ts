import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '../fixtures.ts';
import { ELECTRON_ARGS, electronPath, shellEnvironment } from '../rig/engines.ts';
import { within } from '../rig/processes.ts';

test('a second start ends and brings the first window to the front', async ({ app, service }) => {
  await app.shell.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  const second = spawn(electronPath(), [...ELECTRON_ARGS], {
    env: shellEnvironment({ profile: app.profile, service: service.url }),
    stdio: 'ignore',
  });
  try {
    await within(10_000, 'the second start', once(second, 'exit'));
  } finally {
    second.kill('SIGKILL');
  }
  const visible = () =>
    app.shell.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
  await expect.poll(visible).toBe(true);
});

test('the window comes back where it was', async ({ app }) => {
  const place = { x: 60, y: 40, width: 1000, height: 700 };
  await app.shell.evaluate(
    ({ BrowserWindow }, bounds) => BrowserWindow.getAllWindows()[0]?.setBounds(bounds),
    place,
  );
  await app.close();
  const kept = JSON.parse(readFileSync(join(app.profile, 'settings.json'), 'utf8'));
  expect(kept.window).toMatchObject({ width: 1000, height: 700, maximized: false });
});

test('the menu has no developer tools in a packed app and speaks Chinese', async ({ app }) => {
  const labels = await app.shell.evaluate(({ Menu }) =>
    Menu.getApplicationMenu()?.items.flatMap((item) => [
      item.label,
      ...(item.submenu?.items.filter(({ type }) => type !== 'separator') ?? []).map(
        ({ label }) => label,
      ),
    ]),
  );
  expect(labels).toContain('退出');
  for (const label of labels ?? []) expect(label).toMatch(/[\u4e00-\u9fff]/);
});

test('a page that died is offered again, and what was saved is there', async ({ app }) => {
  await app.shell.evaluate(({ dialog, BrowserWindow }) => {
    const asked: string[] = [];
    Reflect.set(globalThis, 'asked', asked);
    Reflect.set(dialog, 'showMessageBox', async (_window: unknown, box: { message: string }) => {
      asked.push(box.message);
      return { response: 0, checkboxChecked: false };
    });
    BrowserWindow.getAllWindows()[0]?.webContents.forcefullyCrashRenderer();
  });
  await expect
    .poll(() => app.shell.evaluate(() => Reflect.get(globalThis, 'asked')))
    .toEqual(['界面意外停止了']);
  await expect
    .poll(() =>
      app.shell.evaluate(async ({ BrowserWindow }) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents;
        return contents?.isCrashed() ? '' : contents?.executeJavaScript('document.title');
      }),
    )
    .toContain('勘签');
});

test('a window with something unsaved asks before it closes', async ({ app }) => {
  const answer = (response: number) =>
    app.shell.evaluate(({ dialog, BrowserWindow }, chosen) => {
      const asked: string[] = [];
      Reflect.set(globalThis, 'asked', asked);
      Reflect.set(dialog, 'showMessageBoxSync', (_window: unknown, box: { message: string }) => {
        asked.push(box.message);
        return chosen;
      });
      BrowserWindow.getAllWindows()[0]?.close();
    }, response);
  // Chromium lets a page hold its window only after somebody touched it.
  await app.page.locator('body').click();
  await app.page.evaluate(() =>
    addEventListener('beforeunload', (event) => event.preventDefault()),
  );
  await answer(0);
  await expect
    .poll(() => app.shell.evaluate(() => Reflect.get(globalThis, 'asked')))
    .toEqual(['还有内容没有保存']);
  expect(await app.page.title()).toContain('勘签');
  const closed = app.page.waitForEvent('close');
  await answer(1);
  await closed;
});

test('the service is remembered and the policy follows it', async ({ app }) => {
  const { page } = app;
  await Promise.all([
    page.waitForEvent('load'),
    page.evaluate(() => window.onsite?.setService('http://127.0.0.1:9')),
  ]);
  const policy = await page.evaluate(async () =>
    (await fetch('/index.html')).headers.get('content-security-policy'),
  );
  expect(policy).toContain("connect-src 'self' http://127.0.0.1:9;");
  const kept = JSON.parse(readFileSync(join(app.profile, 'settings.json'), 'utf8'));
  expect(kept.service).toBe('http://127.0.0.1:9');
});

test('a file is saved whole under a name that cannot leave its folder', async ({ app }) => {
  const bytes = await app.saveAs(async () => {
    await app.page.evaluate(() =>
      window.onsite?.saveFile('../../样例诊所:表.pdf', new Uint8Array([1, 2, 3])),
    );
  });
  expect([...bytes]).toEqual([1, 2, 3]);
});
