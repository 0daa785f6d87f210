// Pictures of the main states for the README and for people to look at; no assertions.
import { defineConfig } from "@playwright/test";
import { launchOptions } from "./browser";

export default defineConfig({
  testDir: "screenshots",
  outputDir: "test-results/screenshots",
  fullyParallel: true,
  workers: 2,
  timeout: 120_000,
  reporter: [["list"]],
  use: { launchOptions, locale: "en-GB", timezoneId: "UTC" },
});
