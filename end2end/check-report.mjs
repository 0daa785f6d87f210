// Reads Playwright's JSON report, prints one line that sums it up, and fails unless tests
// ran and all of them passed: an empty run must not look like a good one.
import { readFileSync } from "node:fs";

const path = process.argv[2] ?? "";
/** @type {{ expected: number, unexpected: number, flaky: number, skipped: number }} */
let stats;
try {
  stats = JSON.parse(readFileSync(path, "utf8")).stats;
} catch {
  console.error(`end-to-end: 0 passed, 1 failed (no report at ${path})`);
  process.exit(1);
}

const { expected, unexpected, flaky, skipped } = stats;
if (flaky > 0) console.log(`end-to-end needed a second try for ${flaky} tests: mend them`);
console.log(`end-to-end: ${expected + flaky} passed, ${unexpected} failed, ${skipped} skipped`);
if (expected === 0 || unexpected > 0) process.exit(1);
