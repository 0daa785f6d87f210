// The server restarts, or dies, in mid-conversation.
import { expect, test } from "../fixtures/test";
import { BROKEN_NETWORK } from "../fixtures/expected";
import { BACK_WITHIN_MS } from "../fixtures/person";
import { numbered } from "../fixtures/texts";

test.beforeEach(({ mishaps }) => {
  mishaps.expect(BROKEN_NETWORK, "the server is away for a moment on purpose");
});

for (const { how, away } of [
  { how: "a restart", away: "stop" },
  { how: "a crash", away: "kill" },
] as const) {
  test(`a conversation goes on over ${how} of the server`, async ({ person, server }) => {
    test.slow();
    const ada = await person("Ada");
    const bo = await person("Bo");
    await ada.joins("general");
    await bo.joins("general");
    await ada.says("before");
    await bo.sees("before");
    await ada.knowsItIsSent("before");
    await ada.page.evaluate(() => (document.documentElement.dataset.same = "page"));

    await server[away]();
    await expect(ada.screen.connectionDot("Reconnecting")).toBeVisible();
    await ada.says("from Ada, meanwhile");
    await bo.says("from Bo, meanwhile");
    await server.start();

    for (const who of [ada, bo]) {
      await expect(who.screen.connectionDot("Connected")).toBeVisible({ timeout: BACK_WITHIN_MS });
      await expect(who.screen.bodies).toHaveCount(3, { timeout: BACK_WITHIN_MS });
    }
    await ada.says("after");
    await bo.sees("after");
    const order = await ada.screen.bodies.allInnerTexts();
    expect(new Set(order)).toEqual(
      new Set(["before", "from Ada, meanwhile", "from Bo, meanwhile", "after"]),
    );
    await bo.readsInOrder(order);
    await bo.seesOnline("Ada", "Bo");
    await expect(ada.page.locator("html[data-same]")).toHaveCount(1);
    await bo.reloads();
    await bo.readsInOrder(order);
  });
}

test("whatever was acknowledged survives a crash", async ({ person, server }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  const texts = numbered(10, "kept");
  for (const text of texts) {
    await ada.says(text);
    await ada.knowsItIsSent(text);
  }
  await server.kill();
  await server.start();
  const reader = await person("a reader");
  await reader.opens("general");
  await reader.readsInOrder(texts);
});
