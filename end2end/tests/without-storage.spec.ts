// A browser that keeps nothing, or in which tabs cannot take turns: the page itself has what
// waits, and words are lost only by closing it against its advice.
import { BROKEN_NETWORK } from "../fixtures/expected";
import { BACK_WITHIN_MS } from "../fixtures/person";
import { expect, test } from "../fixtures/test";
import { numbered } from "../fixtures/texts";

test.beforeEach(({ mishaps }) => {
  mishaps.expect(BROKEN_NETWORK, "there is no network on purpose");
});

test.describe("where the browser keeps nothing", () => {
  const block = () => {
    const blocked = { get: () => undefined };
    Object.defineProperty(window, "indexedDB", {
      get: () => {
        throw new DOMException("blocked", "SecurityError");
      },
    });
    Object.defineProperty(window, "localStorage", {
      get: () => {
        throw new DOMException("blocked", "SecurityError");
      },
    });
    Object.defineProperty(window, "caches", blocked);
    Object.defineProperty(Navigator.prototype, "serviceWorker", blocked);
  };

  test("messages wait in the page, and the browser asks before it goes", async ({
    person,
    network,
    mishaps,
  }) => {
    mishaps.expect(/a dialog said/, "the browser asks in its own words");
    mishaps.staysWhenAsked = true;
    const ada = await person("Ada", { through: network });
    await ada.context.addInitScript(block);
    const bo = await person("Bo");
    await ada.joins("general");
    await bo.joins("general");
    await ada.says("kept by the server");
    await ada.knowsItIsSent("kept by the server");
    await network.goAway();
    await ada.says("not sent yet");
    await expect(ada.screen.pending("not sent yet")).toBeVisible();
    const asked = ada.page.waitForEvent("dialog");
    await ada.page.evaluate(() => setTimeout(() => location.reload()));
    expect((await asked).type()).toBe("beforeunload");
    await network.accept();
    await ada.triesNow();
    await ada.knowsItIsSent("not sent yet");
    await bo.readsInOrder(["kept by the server", "not sent yet"]);
  });

  test("storage that is full loses no words", async ({ person, network }) => {
    const ada = await person("Ada", { through: network });
    await ada.context.addInitScript(() => {
      IDBObjectStore.prototype.add = () => {
        throw new DOMException("full", "QuotaExceededError");
      };
    });
    const bo = await person("Bo");
    await ada.joins("general");
    await bo.joins("general");
    await network.goAway();
    const texts = numbered(3);
    for (const text of texts) await ada.says(text);
    await ada.readsInOrder(texts);
    await network.accept();
    await ada.triesNow();
    await bo.readsInOrder(texts);
    await ada.knowsItIsSent(...texts);
  });
});

test("without locks, as over plain HTTP, each tab sends what it wrote", async ({
  person,
  network,
}) => {
  const ada = await person("Ada", { through: network });
  await ada.context.addInitScript(() => {
    const missing = { get: () => undefined };
    Object.defineProperty(Navigator.prototype, "locks", missing);
    Object.defineProperty(Navigator.prototype, "serviceWorker", missing);
    Object.defineProperty(window, "caches", missing);
  });
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  const tab = await ada.inAnotherTab();
  await network.goAway();
  for (const text of numbered(5, "first")) await ada.says(text);
  for (const text of numbered(5, "second")) await tab.says(text);
  await network.accept();
  await expect(bo.screen.bodies).toHaveCount(10, { timeout: BACK_WITHIN_MS });
  const order = await bo.screen.bodies.allInnerTexts();
  for (const what of ["first", "second"]) {
    expect(order.filter((text) => text.startsWith(what))).toEqual(numbered(5, what));
  }
  for (const who of [ada, tab]) {
    await who.knowsItIsSent(...order);
    await who.readsInOrder(order);
  }
});
