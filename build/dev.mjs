/**
 * `npm run dev`: the app with every change at once. With a display, the page and the shell are built
 * whenever a file changes and the Electron window loads anew (a change of the shell needs a new
 * start); without one, Vite's own server serves the page. The service runs beside it.
 */
import { ensureModules } from './modules.mjs';
import { ensureBuilt } from './sources.mjs';
import { fail, isRoot, launch, ROOT, say, stop } from './steps.mjs';

const { DISPLAY, WAYLAND_DISPLAY } = process.env;
const web =
  process.argv.includes('--web') || (process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY);

ensureModules();
const { electronBinary } = await import('./electron.mjs');
const { startService } = await import('./service.mjs');
ensureBuilt();
const service = await startService();
if (service === null) fail('同步服务没有启动，原因见上一行。');

const vite = 'node_modules/vite/bin/vite.js';
const output = { stdio: ['ignore', 2, 2] };
const children = [service.child];
let ending = false;
const end = async () => {
  if (ending) return;
  ending = true;
  for (const child of children.reverse()) await stop(child);
  process.exit(0);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);

if (web) {
  // What is no page goes on to the service (vite.config.ts): one origin, as in the office.
  const env = { ...process.env, ONSITE_DEV_SERVICE: service.url };
  const address = ['--host', '127.0.0.1', '--port', '5173', '--strictPort'];
  children.push(launch(process.execPath, [vite, ...address], { ...output, env }));
  say(`请在浏览器打开：http://127.0.0.1:5173/?enrol=${service.codes.installer}`);
} else {
  children.push(launch(process.execPath, [vite, 'build', '--watch'], output));
  const app = launch(electronBinary(), [...(isRoot ? ['--no-sandbox'] : []), ROOT], {
    ...output,
    env: {
      ...process.env,
      ONSITE_RELOAD: '1',
      ONSITE_SERVICE: service.url,
      ONSITE_ENROL: service.codes.installer,
    },
  });
  children.push(app);
  app.once('exit', end);
}
