/** Every line that keeps the shell closed, one test each: take the line out and its test fails. */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { SHELL_CHANNELS } from '../../../domain/shell/contract.ts';
import { expect, test } from '../fixtures.ts';

/** A site of somebody else's on this machine, and what reached it. */
const foreignSite = async (listenOn = 0) => {
  const asked: string[] = [];
  const server = createServer((request, answer) => {
    asked.push(request.url ?? '');
    if (request.url === '/redirect') {
      answer.writeHead(302, { location: '/target' }).end();
      return;
    }
    answer.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' });
    answer.end('<title>foreign</title>');
  });
  await new Promise<void>((resolve) => server.listen(listenOn, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
};

test('the page has the origin app://onsite and is a secure context', async ({ app }) => {
  expect(await app.page.evaluate(() => location.origin)).toBe('app://onsite');
  expect(await app.page.evaluate(() => isSecureContext)).toBe(true);
});

test('the scheme serves files of the built page only', async ({ app }) => {
  const statusOf = (path: string) =>
    app.page.evaluate(async (address) => (await fetch(address)).status, path);
  expect(await statusOf('/index.html')).toBe(200);
  for (const path of [
    '/../electron/main.cjs',
    '/%2e%2e/electron/main.cjs',
    '/..%2felectron%2fmain.cjs',
    '/..%5celectron%5cmain.cjs',
    '/assets/..%2f..%2f..%2fpackage.json',
    '/etc/passwd',
    '/nothing-here.js',
  ]) {
    expect(await statusOf(path), path).toBe(404);
  }
});

test('another host of the scheme serves nothing', async ({ app }) => {
  const status = await app.shell.evaluate(
    async ({ net }) => (await net.fetch('app://elsewhere/index.html')).status,
  );
  expect(status).toBe(404);
});

test('each file comes with its type and no other is guessed', async ({ app }) => {
  const scripts = await app.page.evaluate(async () => {
    const [script] = document.querySelectorAll<HTMLScriptElement>('script[src]');
    const answers = await Promise.all([fetch('/index.html'), fetch(script?.src ?? '')]);
    return answers.map(({ headers }) => [
      headers.get('content-type'),
      headers.get('x-content-type-options'),
    ]);
  });
  expect(scripts).toEqual([
    ['text/html; charset=utf-8', 'nosniff'],
    ['text/javascript; charset=utf-8', 'nosniff'],
  ]);
});

test('every answer carries exactly the content security policy', async ({ app, service }) => {
  const policies = await app.page.evaluate(async () => {
    const answers = await Promise.all([fetch('/index.html'), fetch('/icon.svg'), fetch('/none')]);
    return answers.map(({ headers }) => headers.get('content-security-policy'));
  });
  const expected = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "font-src 'self' data:",
    `connect-src 'self' ${service.url}`,
    "worker-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');
  expect(policies).toEqual([expected, expected, expected]);
});

test('an inline script does not run', async ({ app }) => {
  const ran = await app.page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.inlineRan = true';
    document.body.append(script);
    return 'inlineRan' in window;
  });
  expect(ran).toBe(false);
});

test('eval does not run', async ({ app }) => {
  // A page's own code asks, not the debugger: the debugger may evaluate anything.
  const refused = await app.page.evaluate(
    () =>
      new Promise((resolve) => {
        document.addEventListener('securitypolicyviolation', (event) => resolve(event.blockedURI), {
          once: true,
        });
        setTimeout(() => resolve('nothing'), 3_000);
        setTimeout('window.evalRan = true');
      }),
  );
  expect(refused).toBe('eval');
  expect(await app.page.evaluate(() => 'evalRan' in window)).toBe(false);
});

test('the page reaches the service and no other site', async ({ app, service }) => {
  const site = await foreignSite();
  const office = await foreignSite(Number(new URL(service.url).port));
  try {
    const reach = (url: string) =>
      app.page.evaluate(
        (address) =>
          fetch(address).then(
            ({ status }) => status,
            () => 'refused',
          ),
        url,
      );
    expect(await reach(`${service.url}/health`)).toBe(200);
    expect(await reach(`${site.url}/leak`)).toBe('refused');
    expect(site.asked).toEqual([]);
  } finally {
    site.close();
    office.close();
  }
});

test('the page runs in a sandbox', async ({ app }) => {
  const preferences = await app.shell.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    const contents = window?.webContents;
    // Not in Electron's types: what the window was really made with.
    return contents && 'getLastWebPreferences' in contents
      ? (contents.getLastWebPreferences as () => Record<string, unknown>)()
      : {};
  });
  expect(preferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
  });
});

test('the preload script lives in a world of its own', async ({ app }) => {
  // Through the context bridge comes a frozen copy; without isolation it would be the object itself.
  const shell = await app.page.evaluate(() => [
    typeof window.onsite,
    Object.isFrozen(window.onsite),
  ]);
  expect(shell).toEqual(['object', true]);
});

test('the page has no Node and no Electron', async ({ app }) => {
  const found = await app.page.evaluate(() =>
    ['require', 'process', 'module', 'Buffer', 'global', 'electron', 'ipcRenderer'].filter(
      (name) => name in window,
    ),
  );
  expect(found).toEqual([]);
});

test('the page gets exactly the functions of the contract', async ({ app }) => {
  const exposed = await app.page.evaluate(() => {
    const shell: unknown = Reflect.get(window, 'onsite');
    return typeof shell === 'object' && shell !== null
      ? Object.entries(shell).map(([name, value]) => [name, typeof value])
      : [];
  });
  const contract = Object.keys(SHELL_CHANNELS).map((name) => [name, 'function']);
  expect(exposed.sort()).toEqual(contract.sort());
});

test('permissions are denied before anybody asks', async ({ app }) => {
  const states = await app.page.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'midi', 'camera', 'microphone'];
    const query = (name: string) => navigator.permissions.query({ name: name as PermissionName });
    return Promise.all(names.map(async (name) => `${name} ${(await query(name)).state}`));
  });
  for (const state of states) expect(state).toMatch(/ denied$/);
});

test('a permission that is asked for is denied', async ({ app }) => {
  const answers = await app.page.evaluate(async () => [
    await new Promise((resolve) =>
      navigator.geolocation.getCurrentPosition(
        () => resolve('given'),
        ({ code }) => resolve(code),
      ),
    ),
    await Notification.requestPermission(),
    await navigator.clipboard.readText().then(
      () => 'given',
      ({ name }) => name,
    ),
  ]);
  expect(answers).toEqual([1, 'denied', 'NotAllowedError']);
});

test('the page may keep its data for good', async ({ app }) => {
  expect(await app.page.evaluate(() => navigator.storage.persist())).toBe(true);
});

test('the page cannot be navigated away', async ({ app }) => {
  const site = await foreignSite();
  try {
    await app.page.evaluate((url) => {
      location.href = url;
    }, site.url);
    await app.page.evaluate((url) => {
      const link = document.createElement('a');
      link.href = url;
      document.body.append(link);
      link.click();
    }, `${site.url}/link`);
    await app.page.waitForTimeout(500);
    expect(app.page.url()).toMatch(/^app:\/\/onsite\//);
    expect(site.asked).toEqual([]);
  } finally {
    site.close();
  }
});

test('no redirect leads the window elsewhere', async ({ app }) => {
  const site = await foreignSite();
  try {
    await app.shell.evaluate(async ({ BrowserWindow }, url) => {
      await BrowserWindow.getAllWindows()[0]
        ?.webContents.loadURL(url)
        .catch(() => {});
    }, `${site.url}/redirect`);
    expect(site.asked).toEqual(['/redirect']);
  } finally {
    site.close();
  }
});

test('no page embeds another, even where the tag is allowed', async ({ app }) => {
  const site = await foreignSite();
  try {
    await app.shell.evaluate(async ({ BrowserWindow }, url) => {
      const window = new BrowserWindow({ show: false, webPreferences: { webviewTag: true } });
      await window.loadURL('data:text/html,<title>embedding</title>');
      await window.webContents.executeJavaScript(
        `document.body.innerHTML = '<webview src="${url}/embedded"></webview>'; 0`,
      );
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      window.destroy();
    }, site.url);
    expect(site.asked).toEqual([]);
  } finally {
    site.close();
  }
});

test('the page opens no window', async ({ app }) => {
  const opened = await app.page.evaluate(() => {
    const link = document.createElement('a');
    link.href = 'https://example.invalid/';
    link.target = '_blank';
    document.body.append(link);
    link.click();
    return window.open('app://onsite/index.html') !== null;
  });
  expect(opened).toBe(false);
  await app.page.waitForTimeout(300);
  expect(
    await app.shell.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length),
  ).toBe(1);
});

test('the shell answers no other page', async ({ app }) => {
  const answers = await app.shell.evaluate(async ({ app: main, BrowserWindow, dialog }) => {
    dialog.showSaveDialog = async () => ({ canceled: true, filePath: '' });
    const preload = `${main.getAppPath()}/dist/electron/preload.cjs`;
    const foreign = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
    await foreign.loadURL('data:text/html,<title>foreign</title>');
    const call = (code: string) =>
      foreign.webContents.executeJavaScript(
        `window.onsite.${code}.then(() => 'answered', (error) => error.message)`,
      );
    const all = [
      await call('readConfig()'),
      await call('readJournal(null)'),
      await call('appendJournal(new Uint8Array([1]))'),
      await call('saveFile("a.pdf", new Uint8Array([1]))'),
      await call('setService(null)'),
      await call('readSessionKey()'),
      await call('readKeyFile()'),
      await call('eraseKeyFile()'),
      await call('keystoreDecrypt(new Uint8Array([1]))'),
      await call('listPrinters()'),
      await call(
        'printDirectly({ printer: "a", title: "a", doubleSided: false, content: { pdf: new Uint8Array([1]) } })',
      ),
    ];
    foreign.destroy();
    return all;
  });
  expect(new Set(answers)).toEqual(new Set(['只有本应用的页面可以这样做']));
});

test('wrong arguments are refused and named', async ({ app }) => {
  const refusals = await app.page.evaluate(async () => {
    const shell = Reflect.get(window, 'onsite') as Record<string, (...args: unknown[]) => unknown>;
    const pdf = new Uint8Array([1]);
    const job = { printer: 'none', title: 'a', doubleSided: false, content: { pdf } };
    const calls: [string, unknown[]][] = [
      ['readConfig', ['more']],
      ['setService', ['no address']],
      ['setService', [{}]],
      ['appendJournal', ['text']],
      ['appendJournal', []],
      ['saveFile', ['', new Uint8Array([1])]],
      ['saveFile', ['a.pdf', 'text']],
      ['saveFile', ['x'.repeat(121), new Uint8Array([1])]],
      ['writeKeyFile', ['x'.repeat(70_000)]],
      ['keepSessionKey', [new Uint8Array(31)]],
      ['keepSessionKey', ['text']],
      ['keystoreDecrypt', [null]],
      ['listPrinters', ['more']],
      ['printDirectly', []],
      ['printDirectly', [{ ...job, printer: '' }]],
      ['printDirectly', [{ ...job, copies: 4 }]],
      ['printDirectly', [{ ...job, content: { pdf: 'text' } }]],
      ['printDirectly', [{ ...job, content: { images: [], sides: [] } }]],
    ];
    return Promise.all(
      calls.map(async ([name, args]) => {
        try {
          await shell[name]?.(...args);
          return `${name} answered`;
        } catch (error) {
          return error instanceof Error ? error.message : '';
        }
      }),
    );
  });
  for (const refusal of refusals) expect(refusal).toMatch(/^调用 \w+ 的参数不对：/);
});

test('main and preload are one CommonJS file each', () => {
  expect(readdirSync('dist/electron').sort()).toEqual(['main.cjs', 'preload.cjs']);
  const builtin = new Set(createRequire(import.meta.url)('node:module').builtinModules);
  for (const [file, allowed] of [
    ['main.cjs', (name: string) => name === 'electron' || builtin.has(name.replace(/^node:/, ''))],
    ['preload.cjs', (name: string) => name === 'electron'],
  ] as const) {
    const text = readFileSync(`dist/electron/${file}`, 'utf8');
    expect(text).not.toMatch(/^\s*(import|export)\s/m);
    const required = [...text.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name ?? '');
    expect(required.filter((name) => !allowed(name))).toEqual([]);
  }
});
