// "Never lost, never doubled, never out of order", also when the tab goes: what waits is kept
// in the browser, shown again in its order, and sent by one tab. Tabs that are killed: killed-tab.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BROKEN_NETWORK } from "../fixtures/expected";
import { expect, test } from "../fixtures/test";
import { numbered } from "../fixtures/texts";

test.beforeEach(({ mishaps }) => {
  mishaps.expect(BROKEN_NETWORK, "there is no network on purpose");
});

test("20 messages written offline survive the tab, and arrive in order, once", async ({
  person,
  network,
}) => {
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.canReadOffline("general");
  await ada.goesOffline(network);
  const texts = numbered(20);
  for (const text of texts) await ada.says(text);

  await ada.closesTab();
  await ada.opensAnotherTab("general");
  await ada.readsInOrder(texts);
  for (const text of texts) await expect(ada.screen.pending(text)).toBeVisible();
  await expect(bo.screen.messages).toHaveCount(0);

  await ada.comesBack(network);
  await bo.readsInOrder(texts);
  await ada.knowsItIsSent(...texts);
  await ada.readsInOrder(texts);
  // The page as the server has it, without a word from the browser.
  await bo.reloads();
  await bo.readsInOrder(texts);
  await ada.reloads();
  await ada.readsInOrder(texts);
});

test("two tabs that write in turns without a network show the same and send it once", async ({
  person,
  network,
}) => {
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.isConnected();
  const tab = await ada.inAnotherTab();
  await tab.isConnected();
  await network.goAway();
  await expect(ada.screen.connectionDot("Reconnecting")).toBeVisible();
  await expect(tab.screen.connectionDot("Reconnecting")).toBeVisible();

  const texts = numbered(10);
  for (const [index, text] of texts.entries()) {
    await (index % 2 === 0 ? ada : tab).says(text);
    await (index % 2 === 0 ? tab : ada).sees(text);
  }
  await network.accept();
  await bo.readsInOrder(texts);
  for (const who of [ada, tab]) {
    await who.knowsItIsSent(...texts);
    await who.readsInOrder(texts);
  }
});

test("another tab sends what waits when the one that wrote it is closed", async ({
  person,
  network,
}) => {
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  const tab = await ada.inAnotherTab();
  await network.goAway();
  const texts = numbered(4);
  for (const text of texts) {
    await ada.says(text);
    await tab.sees(text);
  }
  await ada.closesTab();
  await network.accept();
  await bo.readsInOrder(texts);
  await tab.readsInOrder(texts);
});

test("a room that is not open gets what was written in it", async ({ person, network }) => {
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await ada.joins("general");
  await ada.createsRoom("garden");
  await ada.canReadOffline("general");
  await ada.goesOffline(network);
  const texts = numbered(3);
  for (const text of texts) await ada.says(text);
  await ada.closesTab();
  await ada.opensAnotherTab("general");
  await ada.comesBack(network);
  await bo.opens("garden");
  await bo.readsInOrder(texts);
  await ada.goesTo("garden");
  await ada.readsInOrder(texts);
  await ada.knowsItIsSent(...texts);
});

test("what waits survives the end of the whole browser", async ({ person, network }) => {
  const profile = await mkdtemp(join(tmpdir(), "hubbub-profile-"));
  try {
    const before = await person("Ada", { through: network, profile });
    const bo = await person("Bo");
    await before.joins("general");
    await bo.joins("general");
    await before.canReadOffline("general");
    await before.goesOffline(network);
    const texts = numbered(3);
    for (const text of texts) await before.says(text);
    await before.goesAway();

    const after = await person("Ada", { through: network, profile });
    await after.context.setOffline(true);
    await after.opens("general");
    await after.readsInOrder(texts);
    await after.comesBack(network);
    await bo.readsInOrder(texts);
    await after.knowsItIsSent(...texts);
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
});

test("a message that needs a decision still does after a reload", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  let spoils = true;
  // What comes to the server as nothing is refused by it.
  await ada.context.routeWebSocket(/\/ws$/, (line) => {
    const server = line.connectToServer();
    const spoilt = (frame: string) => frame.replace(/"body":"[^"]*"/, '"body":""');
    line.onMessage((frame) => server.send(spoils ? spoilt(String(frame)) : frame));
  });
  await ada.joins("general");
  await bo.joins("general");
  await ada.says("to be sent");
  await ada.says("to be discarded");
  for (let reloads = 0; reloads < 2; reloads += 1) {
    for (const text of ["to be sent", "to be discarded"]) {
      await expect(ada.screen.choice(text, "Retry")).toBeVisible();
    }
    await ada.isConnected();
    await ada.reloads();
  }
  spoils = false;
  await ada.screen.choice("to be discarded", "Discard").click();
  await expect(ada.screen.message("to be discarded")).toHaveCount(0);
  await ada.screen.choice("to be sent", "Retry").click();
  await ada.knowsItIsSent("to be sent");
  await bo.readsInOrder(["to be sent"]);
  await ada.reloads();
  await ada.readsInOrder(["to be sent"]);
});

test("edits, deletions and reactions made offline survive the tab", async ({ person, network }) => {
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  for (const text of ["to be amended", "to be deleted", "to be liked"]) {
    await ada.says(text);
    await ada.knowsItIsSent(text);
  }
  await bo.sees("to be liked");
  await ada.canReadOffline("general");
  await ada.goesOffline(network);
  await ada.edits("to be amended", "amended");
  await ada.deletes("to be deleted");
  await ada.begins("React", "to be liked");
  await ada.page.getByRole("group", { name: "React" }).getByText("👍").click();

  await ada.closesTab();
  await ada.opensAnotherTab("general");
  await ada.readsInOrder(["amended", "Message deleted", "to be liked"]);
  await expect(ada.screen.chip("👍")).toHaveText("👍 1");
  await bo.readsInOrder(["to be amended", "to be deleted", "to be liked"]);

  await ada.comesBack(network);
  await bo.readsInOrder(["amended", "Message deleted", "to be liked"]);
  await expect(bo.screen.chip("👍")).toHaveText("👍 1");
  await ada.reloads();
  await ada.readsInOrder(["amended", "Message deleted", "to be liked"]);
  await expect(ada.screen.chip("👍")).toHaveText("👍 1");
});

test("what waits goes out to a server that was restored from a backup", async ({
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
  const texts = numbered(3);
  for (const text of texts) await ada.says(text);
  await ada.edits("before", "of another log");
  await server.stop();
  await server.start("--restored");
  await ada.closesTab();
  await ada.opensAnotherTab("general");
  await ada.comesBack(network);
  await ada.readsInOrder(["before", ...texts]);
  await ada.knowsItIsSent(...texts);
  await ada.reloads();
  await ada.readsInOrder(["before", ...texts]);
});

test("a draft survives a reload, and is gone when it is sent", async ({ person, network }) => {
  const ada = await person("Ada", { through: network });
  await ada.joins("general");
  await ada.createsRoom("garden");
  await ada.types("for the garden");
  await ada.goesTo("general");
  await ada.types("half a thou");
  await ada.reloads();
  await expect(ada.screen.composer).toHaveValue("half a thou");
  await ada.goesTo("garden");
  await expect(ada.screen.composer).toHaveValue("for the garden");
  await ada.screen.composer.press("Enter");
  await ada.knowsItIsSent("for the garden");
  await ada.reloads();
  await expect(ada.screen.composer).toHaveValue("");
  await ada.opens("general");
  await expect(ada.screen.composer).toHaveValue("half a thou");
});

test("signing out takes along what was kept", async ({ person, network }) => {
  const ada = await person("Ada", { through: network });
  await ada.joins("general");
  await ada.canReadOffline("general");
  await ada.types("a secret thought");
  await ada.signsOut();
  const kept = await ada.page.evaluate(async () => {
    const read = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const all = (await read(indexedDB.open("hubbub"))).transaction(["outbox", "rooms"]);
    const rooms: { person: number }[] = await read(all.objectStore("rooms").getAll());
    return {
      drafts: Object.entries(localStorage),
      outbox: await read(all.objectStore("outbox").count()),
      rooms: rooms.filter(({ person }) => person !== 0),
    };
  });
  expect(kept).toEqual({ drafts: [], outbox: 0, rooms: [] });
  await ada.joinsAs("Bea");
  await expect(ada.screen.composer).toHaveValue("");
});
