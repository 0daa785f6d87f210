// "Never lost, never doubled, never out of order", also when a tab dies without a last word.
import { BROKEN_NETWORK, KILLED_TAB } from "../fixtures/expected";
import { test } from "../fixtures/test";
import { numbered } from "../fixtures/texts";

// A trace without snapshots, of which the network is a part: for it, Playwright asks for the body
// of every response. When a tab was killed, Chromium as a whole may end over such a question, about
// a page that it fetched ahead for the service worker (`Network.getResponseBody` of "preload-1").
test.use({ trace: { mode: "retain-on-failure", snapshots: false } });

test.beforeEach(({ mishaps }) => {
  mishaps.expect(BROKEN_NETWORK, "lines break on purpose");
  mishaps.expect(KILLED_TAB, "tabs are killed on purpose");
});

for (const { when, break: breakNetwork } of [
  { when: "before the server has them", break: "up" },
  { when: "before the answer is here", break: "down" },
] as const) {
  test(`a tab that dies ${when} loses and doubles nothing`, async ({ person, network }) => {
    const ada = await person("Ada", { through: network });
    const bo = await person("Bo");
    await ada.joins("general");
    await bo.joins("general");
    await ada.isConnected();
    network.blackHole(breakNetwork);
    const texts = numbered(5);
    for (const text of texts) await ada.says(text);
    if (breakNetwork === "down") await bo.sees("line 1");
    network.heal();
    await ada.losesTab();
    await bo.readsInOrder(texts);
    await ada.knowsItIsSent(...texts);
    await ada.readsInOrder(texts);
  });
}

test("tabs that die one after the other in mid-sentence lose and double nothing", async ({
  person,
  network,
}) => {
  test.slow();
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  network.delay(150);
  const texts = numbered(12);
  for (const [index, text] of texts.entries()) {
    await ada.says(text);
    if (index % 4 === 3) await ada.losesTab();
  }
  await bo.readsInOrder(texts);
  await ada.knowsItIsSent(...texts);
  await ada.readsInOrder(texts);
});
