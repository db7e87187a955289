/**
 * `npm test`: installs and builds what is missing, then runs every test: the unit tests (Node and a
 * real Chromium), and the app in Chromium and in a real Electron.
 *
 * `--packed` runs only the tests of the packed app; arguments after `--` go to Playwright alone.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { ensureModules } from './modules.mjs';
import { countReports, forgetReports, reportPath } from './reports.mjs';
import { ensureBuilt } from './sources.mjs';
import { ROOT, run, runBeside, say } from './steps.mjs';

const packed = process.argv.includes('--packed');

ensureModules();
const { electronRuntime } = await import('./electron-runtime.mjs');
const { ensurePackages, missingLibraries, missingTools } = await import('./system.mjs');
ensurePackages([...missingTools(), ...missingLibraries(`${electronRuntime()}/electron`)]);
ensureBuilt();

const bin = (name) => `${ROOT}/node_modules/.bin/${name}`;
/** Runs one suite; suites that run at the same time share nothing. */
const playwright = (suite) =>
  runBeside(
    'xvfb-run',
    [
      // Electron shows windows, which would take the focus from each other on one screen.
      ...['-a', '-s', '-screen 0 1600x1000x24'],
      ...[bin('playwright'), 'test', `--project=${suite}`, `--output=test-results/${suite}`],
    ],
    { env: { ...process.env, ONSITE_REPORT: reportPath(suite) } },
  );

let codes;
let suites;
if (packed) {
  say('正在驱动打包好的应用…');
  suites = ['packed'];
  codes = [await playwright('packed')];
} else {
  forgetReports();
  mkdirSync(dirname(reportPath('unit')), { recursive: true });
  say('单元测试…');
  const reporters = [
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${reportPath('unit')}`,
  ];
  codes = [run(bin('vitest'), ['run', ...reporters])];
  say('在 Chromium 和 Electron 里运行整个应用…');
  suites = ['unit', 'chromium', 'electron'];
  codes.push(...(await Promise.all([playwright('chromium'), playwright('electron')])));
}

const counts = countReports();
let failed = codes.some((code) => code !== 0);
say('结果：');
for (const suite of suites) {
  const count = counts[suite];
  if (!count || count.passed + count.failed === 0) {
    failed = true;
    say(`  ${suite.padEnd(9)} 没有运行！`);
  } else {
    say(`  ${suite.padEnd(9)} 通过 ${count.passed}，失败 ${count.failed}，跳过 ${count.skipped}`);
  }
}
if (failed && existsSync(`${ROOT}/test-results`))
  say('失败的细节在上面的输出和 test-results/ 里。');
say(failed ? '有测试没有通过。' : '全部通过。');
process.exit(failed ? 1 : 0);
