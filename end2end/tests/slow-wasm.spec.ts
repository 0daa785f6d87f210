// The page is the product before its WebAssembly arrives: here that takes ten seconds,
// while somebody reads, types and posts.
import { setTimeout as after } from "node:timers/promises";
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures/test";
import { fillRoom } from "../fixtures/guest";
import { expectNoLayoutShift } from "../fixtures/layout-shift";

const TEN_SECONDS = 10_000;

/** A service worker would have the file already, or fetch it where no test can delay it. */
const NO_WORKER = { serviceWorkers: "block" } as const;

/** Every WebAssembly file of this page takes this long. */
async function delayWasm(page: Page, ms: number): Promise<void> {
  await page.route("**/*.wasm", async (route) => {
    await after(ms);
    // The page may have gone on to another one meanwhile.
    await route.continue().catch(() => {});
  });
}

test("what somebody types before the page is alive stays, with the cursor in it", async ({
  person,
}) => {
  test.slow();
  const ada = await person("Ada", NO_WORKER);
  await ada.joins("general");
  await delayWasm(ada.page, TEN_SECONDS);
  await ada.page.reload({ waitUntil: "commit" });
  await ada.screen.composer.pressSequentially("typed early, ");
  await expect(ada.page.locator("html[data-live]")).toHaveCount(0);
  await ada.page.locator("html[data-live]").waitFor({ timeout: 2 * TEN_SECONDS });
  await expect(ada.screen.composer).toHaveValue("typed early, ");
  await expect(ada.screen.composer).toBeFocused();
  await ada.page.keyboard.type("sent late");
  await ada.page.keyboard.press("Enter");
  await ada.sees("typed early, sent late");
  await expectNoLayoutShift(ada.page);
});

test("one joins and posts before the page is alive, and others read it", async ({ person }) => {
  test.slow();
  const bo = await person("Bo");
  await bo.joins("general");
  const ada = await person("Ada", NO_WORKER);
  await delayWasm(ada.page, TEN_SECONDS);
  await ada.page.goto("/r/general", { waitUntil: "commit" });
  await ada.joinsAs("Ada");
  await ada.posts("posted by a plain form");
  await bo.sees("posted by a plain form");
  await expect(ada.page.locator("html[data-live]")).toHaveCount(0);
  await bo.says("welcome");
  await ada.page.locator("html[data-live]").waitFor({ timeout: 2 * TEN_SECONDS });
  // What was said between the page and the socket is not missing.
  await ada.readsInOrder(["posted by a plain form", "welcome"]);
  await ada.says("alive now");
  await bo.readsInOrder(["posted by a plain form", "welcome", "alive now"]);
});

test("half a name typed before the page is alive stays", async ({ person }) => {
  test.slow();
  const ada = await person("Ada", NO_WORKER);
  await delayWasm(ada.page, TEN_SECONDS);
  await ada.page.goto("/r/general", { waitUntil: "commit" });
  await ada.screen.nameField.pressSequentially("Ada Love");
  await ada.page.locator("html[data-live]").waitFor({ timeout: 2 * TEN_SECONDS });
  await expect(ada.screen.nameField).toHaveValue("Ada Love");
  await ada.screen.nameField.pressSequentially("lace");
  await ada.screen.joinButton.click();
  await ada.says("there I am");
  await expect(ada.screen.message("there I am")).toContainText("Ada Lovelace");
});

test("where somebody has scrolled to stays when the page comes alive", async ({
  person,
  server,
}) => {
  test.slow();
  await fillRoom(server.url, "general", 45);
  const ada = await person("Ada", NO_WORKER);
  await delayWasm(ada.page, TEN_SECONDS);
  await ada.page.goto("/r/general", { waitUntil: "commit" });
  await expect(ada.screen.message("line 45")).toBeInViewport();
  await ada.screen.timeline.hover();
  await ada.page.mouse.wheel(0, -700);
  await expect(ada.screen.message("line 45")).not.toBeInViewport();
  const reading = await ada.screen.beingRead();
  const place = () =>
    ada.screen.message(reading).evaluate((message) => message.getBoundingClientRect().top);
  let before = await place();
  await expect(async () => {
    const last = before;
    before = await place();
    expect(before, "the wheel has come to rest").toBe(last);
  }).toPass({ intervals: [100] });
  await ada.page.locator("html[data-live]").waitFor({ timeout: 2 * TEN_SECONDS });
  expect(Math.abs((await place()) - before), "pixels moved").toBeLessThan(1);
});
