// "Badge: connected, reconnecting, offline. Sends made while away wait, are shown as
// pending, and go out in order." The proxy cuts for real.
import { keptWords } from "../fixtures/kept";
import { expect, test } from "../fixtures/test";
import { BROKEN_NETWORK } from "../fixtures/expected";
import { fillRoom } from "../fixtures/guest";
import { BACK_WITHIN_MS } from "../fixtures/person";
import { numbered } from "../fixtures/texts";

/** Two looks at the line, and some time; silence alone takes longer. */
const NOTICED_WITHIN_MS = 13_000;

test.beforeEach(({ mishaps }) => {
  mishaps.expect(BROKEN_NETWORK, "the proxy breaks the network on purpose");
});

test("when all is well, it says no more than a dot", { tag: "@phone" }, async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.isConnected();
  await expect(ada.screen.connectionLine).toBeEmpty();
});

test("a cut connection comes back by itself, with what was missed", async ({ person, network }) => {
  const ada = await person("Ada");
  const bo = await person("Bo", { through: network });
  await ada.joins("general");
  await bo.joins("general");
  await ada.says("before");
  await bo.sees("before");

  await network.goAway();
  await expect(bo.screen.connectionDot("Reconnecting")).toBeVisible();
  await ada.says("while Bo was away");
  await ada.says("and still");
  await network.accept();

  await expect(bo.screen.connectionDot("Connected")).toBeVisible({ timeout: BACK_WITHIN_MS });
  await bo.readsInOrder(["before", "while Bo was away", "and still"]);
  await expect(bo.screen.connectionLine).toBeEmpty();
});

test("silence is noticed sooner by a device that knows it has no network", async ({
  person,
  network,
}) => {
  const ada = await person("Ada", { through: network });
  await ada.joins("general");
  await ada.isConnected();
  network.blackHole();
  await ada.context.setOffline(true);
  await expect(ada.screen.connectionDot("Offline")).toBeVisible({ timeout: NOTICED_WITHIN_MS });
});

test("it says when it tries again, and a button tries now", async ({ person, network }) => {
  const ada = await person("Ada", { through: network });
  await ada.joins("general");
  await network.goAway();
  await expect(ada.screen.connectionLine).toHaveText(/^Reconnecting.* Next try in \d+ s/);
  await network.accept();
  await expect(async () => {
    // The button is gone as soon as a try of its own has worked.
    await ada.triesNow();
    await expect(ada.screen.connectionDot("Connected")).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 10_000 });
});

test("what is said while away is shown as waiting and goes out in order", async ({
  person,
  network,
}) => {
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await network.goAway();
  await expect(ada.screen.connectionDot("Reconnecting")).toBeVisible();

  const texts = ["first", "second", "third"];
  for (const text of texts) {
    await ada.says(text);
    await expect(ada.screen.pending(text)).toBeVisible();
  }
  await expect(bo.screen.messages).toHaveCount(0);

  await network.accept();
  await ada.triesNow();
  await bo.readsInOrder(texts);
  await ada.knowsItIsSent(...texts);
  await ada.readsInOrder(texts);
});

test("nobody says or sees what somebody else of the same browser wrote", async ({
  person,
  network,
  server,
}) => {
  const first = await person("First", { through: network });
  await first.joins("general");
  await first.isConnected();
  await network.goAway();
  await first.says("words of First");
  await expect(first.screen.pending("words of First")).toBeVisible();

  const tab = await first.context.newPage();
  await tab.goto(`${server.url}/me`);
  await tab.locator("html[data-live]").waitFor();
  await tab.getByRole("button", { name: "Sign out" }).click();
  await tab.waitForURL("**/r/general");
  await tab.locator("html[data-live]").waitFor();
  await tab.getByLabel("What should people call you?").fill("Second");
  await tab.getByRole("button", { name: "Join", exact: true }).click();
  await expect(tab.getByLabel("Message", { exact: true })).toBeVisible();

  await network.accept();
  await first.triesNow();
  await expect(first.screen.connectionDot("Connected")).toBeVisible({ timeout: BACK_WITHIN_MS });
  await expect(first.screen.rooms).toContainText("Second");
  for (const page of [first.page, tab]) {
    await expect(page.getByText("words of First")).toHaveCount(0);
  }
  await expect.poll(() => keptWords(first.page, /words of First/)).toEqual([]);
});

test("a lost acknowledgement does not double a message", async ({ person, network }) => {
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.isConnected();
  network.blackHole("down");
  await ada.says("only once");
  await bo.sees("only once");
  await expect(ada.screen.pending("only once")).toBeVisible();

  network.heal();
  await expect(ada.screen.pending("only once")).toHaveCount(0, { timeout: BACK_WITHIN_MS });
  await ada.readsInOrder(["only once"]);
  await bo.readsInOrder(["only once"]);
  await bo.reloads();
  await bo.readsInOrder(["only once"]);
});

test("a message lost on the way is sent again", async ({ person, network }) => {
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.isConnected();
  network.blackHole("up");
  await ada.says("into the void");
  network.heal();
  await expect(bo.screen.message("into the void")).toBeVisible({ timeout: BACK_WITHIN_MS });
  await ada.knowsItIsSent("into the void");
});

test("cuts while people talk lose nothing, double nothing and keep the order", async ({
  person,
  network,
}) => {
  test.slow();
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo", { through: network });
  const cleo = await person("Cleo");
  for (const who of [ada, bo, cleo]) await who.joins("general");

  const talk = async (who: typeof ada) => {
    for (let number = 1; number <= 10; number += 1) {
      await who.says(`${who.name} ${number}`);
      if (number % 3 === 0) network.cut();
    }
  };
  await Promise.all([talk(ada), talk(bo)]);

  await expect(cleo.screen.bodies).toHaveCount(20, { timeout: BACK_WITHIN_MS });
  const order = await cleo.screen.bodies.allInnerTexts();
  for (const who of ["Ada", "Bo"]) {
    const own = order.filter((text) => text.startsWith(who));
    expect(own).toEqual(numbered(10, who));
  }
  for (const who of [ada, bo]) {
    await expect(who.screen.connectionDot("Connected")).toBeVisible({ timeout: BACK_WITHIN_MS });
    await who.readsInOrder(order);
  }
});

test("a slow line shows messages late but in order", async ({ person, network }) => {
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  network.delay(400);
  for (const text of ["one", "two", "three"]) await ada.says(text);
  await bo.readsInOrder(["one", "two", "three"]);
  for (const text of ["one", "two", "three"]) await ada.knowsItIsSent(text);
});

test("a line that stalls and goes on loses nothing", async ({ person, network }) => {
  const ada = await person("Ada");
  const bo = await person("Bo", { through: network });
  await ada.joins("general");
  await bo.joins("general");
  await bo.isConnected();
  network.stall("down");
  const texts = numbered(12);
  for (const text of texts) await ada.says(text);
  await expect(bo.screen.messages).toHaveCount(0);
  network.heal();
  await bo.readsInOrder(texts);
});

test("a dead line that nobody reports is given up and replaced", async ({ person, network }) => {
  // Both sides give up after 30 s of silence.
  test.setTimeout(90_000);
  const ada = await person("Ada");
  const bo = await person("Bo", { through: network });
  await ada.joins("general");
  await bo.joins("general");
  await bo.isConnected();
  network.blackHole();
  await ada.says("into the dark");
  await expect(bo.screen.connectionDot("Reconnecting")).toBeVisible({ timeout: 40_000 });
  network.heal();
  await expect(bo.screen.message("into the dark")).toBeVisible({ timeout: BACK_WITHIN_MS });
});

test("a browser without a network says that it is offline", async ({ person, network }) => {
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await network.goAway();
  await ada.context.setOffline(true);
  await expect(ada.screen.connectionDot("Offline")).toBeVisible();
  await expect(ada.screen.connectionLine).toHaveText(/You are offline/);
  await ada.says("written on the train");

  await network.accept();
  await ada.context.setOffline(false);
  await bo.sees("written on the train");
  await ada.knowsItIsSent("written on the train");
  await ada.isConnected();
});

test("what is half typed survives a lost connection", async ({ person, network }) => {
  const ada = await person("Ada", { through: network });
  await ada.joins("general");
  await ada.types("half a thou");
  await network.goAway();
  await expect(ada.screen.connectionDot("Reconnecting")).toBeVisible();
  await expect(ada.screen.composer).toHaveValue("half a thou");
  await expect(ada.screen.composer).toBeFocused();
  await network.accept();
  await expect(ada.screen.connectionDot("Connected")).toBeVisible({ timeout: BACK_WITHIN_MS });
  await ada.page.keyboard.type("ght");
  await ada.page.keyboard.press("Enter");
  await ada.sees("half a thought");
});

test("after a long absence the newest page is shown", async ({ person, network, server }) => {
  test.slow();
  const bo = await person("Bo", { through: network });
  await bo.joins("general");
  await network.goAway();
  await expect(bo.screen.connectionDot("Reconnecting")).toBeVisible();
  await fillRoom(server.url, "general", 520);
  await network.accept();
  await bo.triesNow();
  await expect(bo.screen.message("line 520")).toBeInViewport({ timeout: BACK_WITHIN_MS });
  await bo.says("what a lot");
});
