// How every configuration here starts Chromium.
import type { LaunchOptions } from "@playwright/test";
import { findChromium } from "./find-chromium.mjs";

const executablePath = findChromium();
if (!executablePath) throw new Error("No Chromium found; run `make setup` or set CHROMIUM.");

const asRoot = process.getuid?.() === 0;

export const launchOptions: LaunchOptions = {
  executablePath,
  args: [
    // The sandbox needs a user other than root.
    ...(asRoot ? ["--no-sandbox"] : []),
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};
