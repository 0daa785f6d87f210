// "What has been read stays readable offline for the rooms in use." Without a network means
// without any: lines are cut, new ones refused, and the device knows.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { BROKEN_NETWORK } from "../fixtures/expected";
import { BACK_WITHIN_MS } from "../fixtures/person";
import { expect, test } from "../fixtures/test";

/** How long the service worker waits for a network that says nothing, and some time more. */
const SHOWN_WITHIN_MS = 15_000;
/** How long it waits for a page that is to be kept, and some time more. */
const KEPT_WITHIN_MS = 30_000;

test.beforeEach(({ mishaps }) => {
  mishaps.expect(BROKEN_NETWORK, "there is no network on purpose");
});

test("a room in use opens without a network, with all that was heard", async ({
  person,
  network,
}) => {
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.says("one");
  await ada.knowsItIsSent("one");
  await ada.canReadOffline("general");
  // These come after the page that is kept.
  await bo.says("two");
  await bo.says("three");
  await ada.sees("two", "three");
  await ada.goesOffline(network);

  await ada.closesTab();
  await ada.opensAnotherTab("general");
  await ada.readsInOrder(["one", "two", "three"]);
  await expect(ada.screen.connectionDot("Offline")).toBeVisible();
  await expect(ada.screen.connectionLine).toHaveText(/You are offline/);
  await bo.says("four");

  await ada.comesBack(network);
  await ada.readsInOrder(["one", "two", "three", "four"]);
});

test("the newest page of a room is shown while the network answers", async ({
  person,
  network,
}) => {
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.canReadOffline("general");
  await ada.page.goto("about:blank");
  await bo.says("news");
  await bo.knowsItIsSent("news");
  const page = await ada.page.goto("/r/general");
  expect(await page?.text()).toContain("news");
});

test("a network that says nothing does not hold a kept room back", async ({ person, network }) => {
  const ada = await person("Ada", { through: network });
  await ada.joins("general");
  await ada.says("read before");
  await ada.knowsItIsSent("read before");
  await ada.canReadOffline("general");
  network.blackHole();
  await ada.page.goto("/r/general", { timeout: SHOWN_WITHIN_MS });
  await ada.isAlive();
  await ada.readsInOrder(["read before"]);
  network.heal();
  await expect(ada.screen.connectionDot("Connected")).toBeVisible({ timeout: BACK_WITHIN_MS });
});

test("a page that stops half way does not hold up the pages that are kept after it", async ({
  person,
  network,
}) => {
  const ada = await person("Ada", { through: network });
  await ada.joins("general");
  await ada.canReadOffline("general");
  await ada.page.evaluate(async () => {
    await (await navigator.serviceWorker.ready).navigationPreload.disable();
  });
  const server = createServer((_, answer) => {
    answer.writeHead(200, { "content-type": "text/html", "hubbub-person": "99" });
    answer.write("<!doctype html><title>garden</title><p>half of it");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await ada.context.route("**/r/garden", (route) =>
    route.continue({ url: `http://127.0.0.1:${port}/r/garden` }),
  );
  await ada.page.goto("/r/garden", { waitUntil: "commit" });
  await expect(ada.page.getByText("half of it")).toBeVisible();
  // It is somebody else's: that is known from its beginning.
  const kept = async () => (await (await caches.open("hubbub-pages")).keys()).length;
  await expect.poll(() => ada.page.evaluate(kept)).toBe(0);
  await ada.opensAnotherTab("general");
  await ada.canReadOffline("general", KEPT_WITHIN_MS);
  server.close();
  server.closeAllConnections();
});

test(
  "an address that was never seen says what helps, and which rooms can be read",
  {
    tag: ["@phone", "@dark"],
  },
  async ({ person, network }) => {
    const ada = await person("Ada", { through: network });
    await ada.joins("general");
    await ada.says("read before");
    await ada.canReadOffline("general");
    await ada.goesOffline(network);
    await ada.page.goto("/r/never-seen");
    await expect(ada.page.getByRole("heading")).toHaveText("This page needs a connection");
    await expect(ada.page.getByRole("link", { name: "Try again" })).toBeVisible();
    await ada.page.getByRole("link", { name: "#general" }).click();
    await ada.isAlive();
    await ada.sees("read before");
  },
);

test("another room in use is a click away without a network", async ({ person, network }) => {
  const ada = await person("Ada", { through: network });
  await ada.joins("general");
  await ada.createsRoom("garden");
  await ada.says("in the garden");
  await ada.knowsItIsSent("in the garden");
  await ada.canReadOffline("garden");
  await ada.goesTo("general");
  await ada.says("in general");
  await ada.knowsItIsSent("in general");
  await ada.canReadOffline("general");
  // A page that does not have the other room in it.
  await ada.opens("garden");
  await ada.goesOffline(network);
  await ada.goesTo("general");
  await ada.sees("in general");
  await ada.goesTo("garden");
  await ada.sees("in the garden");
});

test("who signs out leaves nothing to read behind", async ({ person, network }) => {
  const ada = await person("Ada", { through: network });
  await ada.joins("general");
  await ada.says("words of Ada");
  await ada.knowsItIsSent("words of Ada");
  await ada.canReadOffline("general");
  await ada.signsOut();
  const kept = await ada.page.evaluate(async () => {
    const pages = await (await caches.open("hubbub-pages")).matchAll();
    return pages.map((page) => page.headers.get("hubbub-person")).filter((who) => who !== "0");
  });
  expect(kept).toEqual([]);
});

test("somebody else finds no pages of the person before", async ({ person, network, server }) => {
  const first = await person("First", { through: network });
  await first.joins("general");
  await first.createsRoom("secret plans");
  await first.canReadOffline("secret-plans");
  // The session ends where the storage of this address is out of reach.
  const tab = await first.context.newPage();
  await tab.goto(`${server.url}/me`);
  await tab.locator("html[data-live]").waitFor();
  await tab.getByRole("button", { name: "Sign out" }).click();
  await tab.waitForURL("**/r/general");
  await tab.close();
  await first.opens("general");
  await first.joinsAs("Second");
  await expect(first.screen.composer).toBeVisible();
  await first.canReadOffline("general");
  const kept = await first.page.evaluate(async () =>
    (await (await caches.open("hubbub-pages")).keys()).map(({ url }) => new URL(url).pathname),
  );
  expect(kept).toEqual(["/r/general"]);
});

test("a page that was opened without a network goes on when the server is back", async ({
  person,
  network,
  server,
}) => {
  const ada = await person("Ada", { through: network });
  await ada.joins("general");
  await ada.says("before");
  await ada.knowsItIsSent("before");
  await ada.canReadOffline("general");
  await ada.goesOffline(network);
  await ada.closesTab();
  await ada.opensAnotherTab("general");
  await ada.says("meanwhile");
  await server.restart();
  await ada.comesBack(network);
  await ada.knowsItIsSent("meanwhile");
  await ada.readsInOrder(["before", "meanwhile"]);
  await ada.reloads();
  await ada.readsInOrder(["before", "meanwhile"]);
});
