/** Reads what the test runners reported: how many tests of each suite passed, failed, were skipped. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './steps.mjs';

const FOLDER = join(ROOT, 'out', 'reports');
export const reportPath = (name) => join(FOLDER, `${name}.json`);
export const forgetReports = () => rmSync(FOLDER, { recursive: true, force: true });

const read = (name) => {
  try {
    return JSON.parse(readFileSync(reportPath(name), 'utf8'));
  } catch {
    return null;
  }
};

const none = () => ({ passed: 0, failed: 0, skipped: 0 });

const ofVitest = (report) => ({
  passed: report.numPassedTests,
  // A file that could not even be loaded has no tests, and has failed all the same.
  failed:
    report.numFailedTests +
    report.testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.length === 0,
    ).length,
  skipped: report.numPendingTests + (report.numTodoTests ?? 0),
});

const ofPlaywright = (report) => {
  const counts = {};
  const KINDS = { expected: 'passed', flaky: 'passed', unexpected: 'failed', skipped: 'skipped' };
  const walk = (suite) => {
    for (const spec of suite.specs ?? []) {
      for (const { projectName, status } of spec.tests) {
        counts[projectName] ??= none();
        counts[projectName][KINDS[status]] += 1;
      }
    }
    for (const inner of suite.suites ?? []) walk(inner);
  };
  for (const suite of report.suites) walk(suite);
  return counts;
};

/** Counts by suite; a suite without a report is missing. */
export const countReports = () => {
  const unit = read('unit');
  return {
    ...(unit ? { unit: ofVitest(unit) } : {}),
    ...ofPlaywright(read('engines') ?? { suites: [] }),
    ...ofPlaywright(read('packed') ?? { suites: [] }),
  };
};
