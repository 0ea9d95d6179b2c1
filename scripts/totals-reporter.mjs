import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reportsFolder } from "./workspace.mjs";

/** Only the test of this reporter writes elsewhere. */
const folder = process.env.OCI_BUILD_REPORTS_DIR ?? reportsFolder;

const NO_REASON = "no reason given";
const BROKEN_SUITE = "its suite could not be set up";

/** Vitest reporter: writes reports/tests.json and ends the output with the true totals and each reason for skipping.
 * Counted as failed: tests, files and suites that could not be set up, errors outside of tests. In a whole run a
 * skip without a reason fails too. */
export default class TotalsReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const totals = summarize(modules, unhandledErrors);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "tests.json"), `${JSON.stringify(totals, undefined, 2)}\n`);
    for (const line of describe(totals)) console.log(line);
    if (totals.failed > 0 || totals.passed === 0) process.exitCode = 1;
  }
}

function summarize(modules, unhandledErrors) {
  const tests = modules.flatMap((module) => [...module.children.allTests()]);
  const state = (name) => tests.filter((test) => test.result().state === name);
  const skips = countReasons([...state("skipped"), ...state("pending")]);
  const broken = modules.flatMap((module) => [module, ...module.children.allSuites()]);
  const brokenErrors = broken.reduce((count, part) => count + part.errors().length, 0);
  const nameless = process.env.OCI_BUILD_TEST_RUN === "whole" ? (skips[NO_REASON] ?? 0) : 0;
  return {
    passed: state("passed").length,
    failed: state("failed").length + brokenErrors + unhandledErrors.length + nameless,
    skipped: Object.values(skips).reduce((sum, count) => sum + count, 0) - nameless,
    skips,
  };
}

function countReasons(tests) {
  const counts = {};
  for (const test of tests) {
    const reason = test.result().note ?? (isInBrokenSuite(test) ? BROKEN_SUITE : reasonInName(test.fullName));
    counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}

/** What a name says in `(skipped: REASON)` or `(skipped without PROGRAM)`, the test's own or its suite's. Tests for one
 * system only are no gap elsewhere. */
function reasonInName(name) {
  const [, said] = /\((skipped[^)]*)\)/.exec(name) ?? [];
  const elsewhere = process.platform === "linux" ? NO_REASON : `not for ${process.platform}`;
  return said?.replace(/^skipped:? /, "") ?? elsewhere;
}

function isInBrokenSuite({ parent }) {
  return parent.errors().length > 0 || (parent.type === "suite" && isInBrokenSuite(parent));
}

function describe({ passed, failed, skipped, skips }) {
  const lines = Object.entries(skips).map(([reason, count]) => `  skipped ${count}: ${reason}`);
  return ["", ...lines, `Tests: ${passed} passed, ${failed} failed, ${skipped} skipped`];
}
