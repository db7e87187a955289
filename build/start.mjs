/**
 * `npm start`: installs and builds what is missing, starts the sync service on its embedded database
 * and opens the desktop app on it. `npm run web` (`--web`), or a machine without a display: the same
 * app in the browser.
 */
import { ensureModules } from './modules.mjs';
import { ensureBuilt } from './sources.mjs';
import { fail, isRoot, launch, ROOT, say, stop } from './steps.mjs';

const { DISPLAY, WAYLAND_DISPLAY, ONSITE_PORT = '8620' } = process.env;
const noDisplay = process.platform === 'linux' && !DISPLAY && !WAYLAND_DISPLAY;
const web = process.argv.includes('--web') || noDisplay;

ensureModules();
// Loaded now: these need node_modules, which the line above may just have made.
const { electronBinary } = await import('./electron.mjs');
const { ensurePackages, missingLibraries } = await import('./system.mjs');
const { startService } = await import('./service.mjs');
ensureBuilt();

let binary = null;
if (!web) {
  binary = electronBinary();
  ensurePackages(missingLibraries(binary));
}

say('正在启动同步服务…');
const service = await startService();
if (service === null) {
  fail(
    '同步服务没有启动，原因见上一行。',
    `若端口 ${ONSITE_PORT} 已被占用（可能已经启动过一次），请关闭占用它的程序，或换一个端口：ONSITE_PORT=8621 npm start`,
  );
}
say(`同步服务已启动：${service.url}`);

let app = null;
let ending = false;
const end = async (code) => {
  if (ending) return;
  ending = true;
  say('正在停止…');
  if (app) await stop(app);
  await stop(service.child);
  process.exit(code);
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(0));
service.child.once('exit', () => {
  if (ending) return;
  if (web) fail('同步服务意外停止了。', '请重新运行。');
  say('同步服务意外停止了。应用可以继续离线使用；重新运行 npm start 后会自动上传。');
});

const { codes, accounts } = service;
const office = `${service.url}/?enrol=${codes.reviewer}#/office`;
const people = { installer: '装维', reviewer: '审核', administrator: '管理' };
say(
  '试用的账号（都是样例；在另一台设备或浏览器上登录时用，也存在数据目录的 demo-passwords.json 里）：',
);
for (const [role, title] of Object.entries(people)) {
  const { username, password } = accounts[role];
  say(`  ${title}  用户名 ${username.padEnd(9)}  密码 ${password}`);
}
if (web) {
  if (!process.argv.includes('--web')) say('这台机器没有图形显示，改为在浏览器里使用。');
  say(`请在浏览器打开：${service.url}/?enrol=${codes.installer}`);
  say(`后台查看：      ${office}（请用另一个浏览器或无痕窗口）`);
  say(`管理人员和设备：${service.url}/#/sign-in（用上面的管理账号登录）`);
  say('按 Ctrl+C 停止。');
} else {
  say(`后台请在浏览器打开：${office}`);
  say(`管理人员和设备：    ${service.url}/#/sign-in（用上面的管理账号登录）`);
  say('正在打开 Onsite 勘签…（关闭窗口或按 Ctrl+C 停止）');
  app = launch(
    binary,
    [...(isRoot && process.platform === 'linux' ? ['--no-sandbox'] : []), ROOT],
    {
      env: { ...process.env, ONSITE_SERVICE: service.url, ONSITE_ENROL: codes.installer },
      stdio: ['ignore', 'ignore', 'ignore'],
    },
  );
  app.once('error', (error) => {
    say(`桌面程序打不开：${error.message}`);
    void end(1);
  });
  app.once('exit', (code) => {
    if (code) say(`桌面程序以代码 ${code} 退出。`);
    void end(code ?? 1);
  });
}
