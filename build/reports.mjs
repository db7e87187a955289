/** Reads what the test runners reported: how many tests of each suite passed, failed, were skipped. */
import { readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ROOT } from './steps.mjs';

const FOLDER = join(ROOT, 'out', 'reports');
/** The suites that drive the app, a report each. */
const DRIVEN = ['chromium', 'electron', 'packed'];
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

/** Every test of a Playwright report, with its file. */
const testsOf = (suite) => [
  ...(suite.specs ?? []).flatMap((spec) => spec.tests.map((test) => ({ ...test, spec }))),
  ...(suite.suites ?? []).flatMap(testsOf),
];

const ofPlaywright = (report) => {
  const counts = {};
  const KINDS = { expected: 'passed', flaky: 'passed', unexpected: 'failed', skipped: 'skipped' };
  for (const { projectName, status } of report.suites.flatMap(testsOf)) {
    counts[projectName] ??= none();
    counts[projectName][KINDS[status]] += 1;
  }
  return counts;
};

/** Counts by suite; a suite without a report is missing. */
export const countReports = () => {
  const unit = read('unit');
  return {
    ...(unit ? { unit: ofVitest(unit) } : {}),
    ...Object.assign({}, ...DRIVEN.map((name) => ofPlaywright(read(name) ?? { suites: [] }))),
  };
};

/** The first lines of what a test said, without the colours of a terminal. */
const said = (message = '') =>
  stripVTControlCharacters(message).trim().split('\n').slice(0, 6).join('\n    ');

/** What failed, or passed only when tried again, a few lines each: where a log is cut, its end still says it. */
export const listFailures = () => [
  ...(read('unit')?.testResults ?? []).flatMap((file) => {
    const name = relative(ROOT, file.name);
    const tests = file.assertionResults.filter(({ status }) => status === 'failed');
    return file.status === 'failed' && tests.length === 0
      ? [`${name}\n    ${said(file.message)}`]
      : tests.map((test) => `${name} › ${test.fullName}\n    ${said(test.failureMessages[0])}`);
  }),
  ...DRIVEN.flatMap((name) => read(name)?.suites ?? [])
    .flatMap(testsOf)
    .filter(({ status }) => status === 'unexpected' || status === 'flaky')
    .map(
      ({ projectName, spec, results, status }) =>
        `${projectName} › ${spec.file} › ${spec.title}${status === 'flaky' ? '（重试后通过）' : ''}\n    ${said(results[0]?.error?.message)}`,
    ),
];
