/**
 * The end of `.ci/run`: what failed, and one line that sums all suites and its own steps. Fails when
 * anything failed or when a suite did not run at all.
 */
import { countReports, listFailures } from './reports.mjs';
import { say } from './steps.mjs';

let [passed = 0, failed = 0] = process.argv.slice(2).map(Number);
const counts = countReports();
for (const suite of ['unit', 'chromium', 'electron', 'packed']) {
  const count = counts[suite];
  if (!count || count.passed + count.failed === 0) {
    say(`${suite} 没有运行！`);
    failed += 1;
  }
  passed += count?.passed ?? 0;
  failed += count?.failed ?? 0;
}
for (const failure of listFailures()) say(`没有通过：${failure}`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
