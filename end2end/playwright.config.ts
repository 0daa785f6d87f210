// What people do, in a real Chromium, against the real executable. Each test starts its own
// server on its own data (fixtures/server.ts), so that tests cannot disturb each other.
import { defineConfig } from "@playwright/test";
import { launchOptions } from "./browser";

const report = process.env.E2E_REPORT ?? "test-results/report.json";

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results/output",
  fullyParallel: true,
  // Chromium, its renderers and the server share the cores.
  workers: 2,
  // Shared machines stall for seconds. A second try is counted and named in the report.
  retries: process.env["CI"] ? 1 : 0,
  // When something is wrong with everything, the rest of the tests tells nothing new.
  maxFailures: process.env.CI ? 30 : 0,
  forbidOnly: !!process.env.CI,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [["list"], ["json", { outputFile: report }]],
  use: {
    launchOptions,
    locale: "en-GB",
    timezoneId: "UTC",
    colorScheme: "light",
    trace: "retain-on-failure",
  },
  projects: [
    {
      name: "desktop",
      testIgnore: /without-javascript|phone\.spec/,
      use: { viewport: { width: 1440, height: 900 } },
    },
    {
      name: "phone",
      grep: /@phone/,
      use: {
        viewport: { width: 360, height: 740 },
        deviceScaleFactor: 2,
        hasTouch: true,
        isMobile: true,
      },
    },
    {
      name: "nojs",
      testMatch: /without-javascript/,
      use: { javaScriptEnabled: false, viewport: { width: 1440, height: 900 } },
    },
    {
      name: "dark",
      grep: /@dark/,
      use: { colorScheme: "dark", viewport: { width: 1440, height: 900 } },
    },
  ],
});
