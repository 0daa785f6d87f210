// Tests of what the tests stand on: the proxy, the watch for mishaps, the shift meter.
// They need a browser but no Hubbub.
import { defineConfig } from "@playwright/test";
import { launchOptions } from "./browser";

export default defineConfig({
  testDir: "helpers",
  outputDir: "test-results/helpers",
  fullyParallel: true,
  workers: 2,
  timeout: 15_000,
  reporter: [["list"]],
  use: { launchOptions },
});
