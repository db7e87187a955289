/**
 * `npm run dist [-- --linux deb --x64 …]`: packs the app with electron-builder.
 * `--test-pack` packs the Linux folder on the test runtime, without any download: what CI drives.
 */
import { join } from 'node:path';
import { ensureModules } from './modules.mjs';
import { ensureBuilt } from './sources.mjs';
import { fail, ROOT, run, say } from './steps.mjs';

ensureModules();
ensureBuilt();
const builder = join(ROOT, 'node_modules/electron-builder/cli.js');
const args = process.argv.slice(2);
const testPack = args.includes('--test-pack');

const options = [];
if (testPack) {
  const { electronRuntime, RUNTIME_VERSION } = await import('./electron-runtime.mjs');
  options.push('--linux', 'dir', '--x64', `-c.electronDist=${electronRuntime()}`);
  options.push(`-c.electronVersion=${RUNTIME_VERSION}`);
  // Playwright drives main through its debugger.
  options.push('-c.electronFuses.enableNodeCliInspectArguments=true');
} else {
  // A fuse that the test runtime is too old to have; hence here and not in electron-builder.yml.
  options.push(...args, '-c.electronFuses.grantFileProtocolExtraPrivileges=false');
}

say('正在打包…');
const env = {
  ...process.env,
  CSC_IDENTITY_AUTO_DISCOVERY: process.env.CSC_LINK ? 'true' : 'false',
};
if (run(process.execPath, [builder, ...options], { env }) !== 0) {
  fail(
    '没有打包成功，原因见上。',
    '打包 Windows 安装程序需要 Windows 或装有 wine 的机器；打包 macOS 需要 macOS。',
  );
}
say('打包完成，结果在 release/。');
