// What a page costs a browser: run by `make bench`, which says where and for whom.
import { defineConfig } from "@playwright/test";
import { launchOptions } from "./browser";

export default defineConfig({
  testDir: "bench",
  outputDir: "test-results/bench",
  workers: 1,
  timeout: 300_000,
  reporter: "line",
  use: { launchOptions, locale: "en-GB", timezoneId: "UTC" },
});
