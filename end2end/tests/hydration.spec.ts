// "A hydrated page equals its server HTML in text on every route, debug and release."
// Run against both builds: `make test` asks the debug build for the tests tagged @hydration.
import { setTimeout as after } from "node:timers/promises";
import { expect, test } from "../fixtures/test";
import { NOT_FOUND, REFUSED_FORM } from "../fixtures/expected";
import { fillRoom, Guest } from "../fixtures/guest";
import { expectNoLayoutShift } from "../fixtures/layout-shift";
import { expectHydratedEquals, expectHydrationEqual } from "../fixtures/served-text";

/** Everything a message can be made of. */
const MESSAGES = [
  "plain words",
  "**bold**, _slanted_, ~~struck~~, `code` and :robot:",
  "```rust\nfn main() {}\n```",
  "> a quote\n\n- a list\n- of things\n\n1. counted",
  "[a link](https://example.org) and https://example.org/a_b",
  "two\nlines",
  "😀",
  "صباح الخير",
  `<b>no tag</b> & "quotes"`,
];

const ROUTES = ["/", "/r/general", "/r/general?before=8", "/rooms", "/me"];

test.describe("the page comes alive as it was served", { tag: "@hydration" }, () => {
  test.beforeEach(async ({ server }) => {
    const writer = await Guest.joins(server.url, "general", "Writer");
    for (const message of MESSAGES) await writer.says("general", message);
    const other = await Guest.joins(server.url, "general", "Other");
    await other.says("general", "and another author");
    await other.creates("garden", "What to sow, what to save");
  });

  for (const path of ROUTES) {
    test(`for a visitor at ${path}`, async ({ person }) => {
      const visitor = await person("a visitor");
      await expectHydrationEqual(visitor.page, path);
      await expectNoLayoutShift(visitor.page);
    });

    test(`for a member at ${path}`, async ({ person }) => {
      const ada = await person("Ada");
      await ada.joins("general");
      await ada.says("hello");
      await expectHydrationEqual(ada.page, path);
      await expectNoLayoutShift(ada.page);
    });
  }

  test("in an empty room", async ({ person }) => {
    const ada = await person("Ada");
    await expectHydrationEqual(ada.page, "/r/garden");
    await ada.joinsAs("Ada");
    await expect(ada.screen.composer).toBeVisible();
    await expectHydrationEqual(ada.page, "/r/garden");
  });

  test("in a long room, at its end and in its past", async ({ person, server }) => {
    await fillRoom(server.url, "general", 80);
    const visitor = await person("a visitor");
    await expectHydrationEqual(visitor.page, "/r/general");
    await expectHydrationEqual(visitor.page, "/r/general?before=40");
    await expectNoLayoutShift(visitor.page);
  });

  test("where nothing is", async ({ person, mishaps }) => {
    mishaps.expect(NOT_FOUND, "the page is not there on purpose");
    const ada = await person("Ada");
    for (const path of ["/r/nowhere", "/no/such/page"]) {
      await expectHydrationEqual(ada.page, path);
    }
    await ada.joins("general");
    await expectHydrationEqual(ada.page, "/r/nowhere");
  });

  test("after a refused form", async ({ person, mishaps }) => {
    mishaps.expect(REFUSED_FORM, "the form is refused on purpose");
    const ada = await person("Ada");
    // Posted before the page is alive, so that the server answers with a page.
    let slow = true;
    await ada.page.route("**/*.wasm", async (route) => {
      if (slow) await after(2_000);
      await route.continue().catch(() => {});
    });
    await ada.page.goto("/r/general", { waitUntil: "commit" });
    const answer = ada.page.waitForResponse((answer) => answer.request().method() === "POST");
    await ada.joinsAs("   x\u202E");
    slow = false;
    const served = await answer;
    expect(served.status()).toBe(422);
    await expectHydratedEquals(ada.page, served);
    await expect(ada.screen.problem(/characters/)).toBeVisible();
    await ada.joinsAs("Ada");
    await ada.says("well then");
  });

  test("in another time zone, where only times differ", async ({ person }) => {
    const ada = await person("Ada", { timezoneId: "Pacific/Auckland" });
    await expectHydrationEqual(ada.page, "/r/general", { exceptTimes: true });
    await ada.joinsAs("Ada");
    await ada.says("hello from tomorrow");
    // The second visit is served in the zone of the browser.
    await expectHydrationEqual(ada.page, "/r/general");
    await expectNoLayoutShift(ada.page);
  });
});

test(
  "a page that arrives in pieces does not shift",
  { tag: "@phone" },
  async ({ person, server }) => {
    await fillRoom(server.url, "general", 60);
    const ada = await person("Ada");
    const network = await ada.context.newCDPSession(ada.page);
    const speed = (bytesPerSecond: number) =>
      network.send("Network.emulateNetworkConditions", {
        offline: false,
        latency: 20,
        downloadThroughput: bytesPerSecond,
        uploadThroughput: -1,
      });
    await network.send("Network.enable");
    // The second visit: the style is there at once, and nothing holds the first pieces back.
    await ada.opens("general");
    await speed(20_000);
    await ada.page.goto("/r/general", { waitUntil: "domcontentloaded" });
    await expect(ada.screen.message("line 60")).toBeInViewport();
    await expectNoLayoutShift(ada.page);
    await speed(-1);
    await ada.isAlive();
    await expectNoLayoutShift(ada.page);
  },
);

test("a phone comes alive without a shift", { tag: "@phone" }, async ({ person, server }) => {
  await fillRoom(server.url, "general", 30);
  const ada = await person("Ada");
  await expectHydrationEqual(ada.page, "/r/general");
  await expectNoLayoutShift(ada.page);
});
