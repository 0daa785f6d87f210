// Figures, not checks: each test writes what it measured into a file of its own.
import { test, type Browser, type BrowserContextOptions, type Page } from "@playwright/test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Screen } from "../fixtures/screen";

/** What a page has noticed of itself. Times in milliseconds since it was asked for. */
interface Noticed {
  largestPaint: number;
  firstPaint: number;
  shift: number;
  /** Of tasks longer than 50 ms. */
  long: { start: number; took: number }[];
  /** From a key or a tap until the screen showed what came of it. */
  answered: number[];
  alive: number;
  /** Of the newest message that is shown. */
  newest: number;
}

declare global {
  interface Window {
    __noticed: Noticed;
  }
}

const { BENCH_URL, BENCH_COOKIE, BENCH_FOLDER } = process.env;
const ROUNDS = 5;
const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
};

test("a first visit with a slow processor", async ({ browser }) => {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const page = await newPage(browser, PHONE);
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    await page.goto(`${BENCH_URL}/r/room-0`);
    await page.locator("html[data-live]").waitFor();
    await page.waitForTimeout(3_000);
    const { largestPaint, firstPaint, shift, long, alive } = await noticed(page);
    const bytes = await page.evaluate(() => {
      const files = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
      const ours = files.filter(({ name }) => /\.(wasm|js|css)$/.test(name));
      return ours.reduce((sum, file) => sum + file.encodedBodySize, 0);
    });
    const screen = new Screen(page);
    await screen.composer.tap();
    await page.keyboard.type("words that somebody types", { delay: 60 });
    await screen.sendButton.tap();
    await page.waitForTimeout(500);
    await screen.roomsButton.tap();
    await page.waitForTimeout(1_000);
    const { answered } = await noticed(page);
    const blocking = long
      .filter(({ start }) => start >= firstPaint)
      .reduce((sum, { took }) => sum + Math.max(0, took - 50), 0);
    const longest = Math.max(0, ...long.map(({ took }) => took));
    const slowest = Math.max(...answered);
    const count = answered.length;
    rounds.push({ largestPaint, blocking, shift, slowest, count, alive, longest, bytes });
    await page.context().close();
  }
  keep("visit", rounds);
});

test("a long room and a short one", async ({ browser }) => {
  const rounds = [];
  for (let round = 0; round < 2 * ROUNDS; round++) {
    const took = [];
    for (const room of ["room-0", "room-1"]) {
      const page = await newPage(browser, {});
      await page.goto(`${BENCH_URL}/r/${room}`);
      await page.locator("html[data-live]").waitFor();
      took.push((await noticed(page)).alive);
      await page.context().close();
    }
    rounds.push({ short: took[0], long: took[1] });
  }
  keep("open", rounds);
});

test("a room where everybody talks @busy", async ({ browser }) => {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round++) {
    const page = await newPage(browser, {});
    await page.goto(`${BENCH_URL}/r/room-2`);
    await page.locator("html[data-live]").waitFor();
    await page.waitForTimeout(2_000);
    const before = await noticed(page);
    const [began, seconds] = [Date.now(), 6];
    await page.waitForTimeout(seconds * 1_000);
    const after = await noticed(page);
    rounds.push({
      perSecond: ((after.newest - before.newest) / (Date.now() - began)) * 1_000,
      long: after.long.length - before.long.length,
      longest: Math.max(0, ...after.long.slice(before.long.length).map(({ took }) => took)),
    });
    await page.context().close();
  }
  keep("busy", rounds);
});

/** A page of somebody whose browser has never been here, with nothing kept. */
async function newPage(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext(options);
  const [name = "", value = ""] = (BENCH_COOKIE ?? "").split("=");
  await context.addCookies([{ name, value, url: BENCH_URL ?? "" }]);
  await context.addInitScript(notice);
  return context.newPage();
}

/** In the page, before anything else. */
function notice(): void {
  const noticed: Noticed = {
    largestPaint: 0,
    firstPaint: 0,
    shift: 0,
    long: [],
    answered: [],
    alive: 0,
    newest: 0,
  };
  window.__noticed = noticed;
  const on = (type: string, take: (entry: PerformanceEntry) => void, more = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({
      type,
      buffered: true,
      ...more,
    });
  on("largest-contentful-paint", ({ startTime }) => (noticed.largestPaint = startTime));
  on("paint", ({ startTime }) => (noticed.firstPaint = startTime));
  on("longtask", ({ startTime, duration }) =>
    noticed.long.push({ start: startTime, took: duration }),
  );
  on("layout-shift", (entry) => {
    const { value, hadRecentInput } = entry as PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
    };
    if (!hadRecentInput) noticed.shift += value;
  });
  on(
    "event",
    (entry) => {
      const { interactionId } = entry as PerformanceEntry & { interactionId: number };
      if (interactionId > 0) noticed.answered.push(entry.duration);
    },
    { durationThreshold: 16 },
  );
  new MutationObserver(() => {
    if (noticed.alive === 0 && document.documentElement?.hasAttribute("data-live")) {
      noticed.alive = performance.now();
    }
  }).observe(document, { subtree: true, attributeFilter: ["data-live"] });
}

function noticed(page: Page): Promise<Noticed> {
  return page.evaluate(() => {
    const shown = [...document.querySelectorAll(".message[id]")];
    const newest = Number(shown.at(-1)?.id.slice(1) ?? 0);
    return { ...window.__noticed, newest };
  });
}

function keep(name: string, rounds: unknown[]): void {
  writeFileSync(join(BENCH_FOLDER ?? ".", `${name}.json`), JSON.stringify(rounds));
}
