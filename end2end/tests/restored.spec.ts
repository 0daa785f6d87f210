// A host puts a backup back: what was said since is gone, and its places are given again.
import { BROKEN_NETWORK } from "../fixtures/expected";
import { expect, test } from "../fixtures/test";

test("what is being done to a message is not done to the one that has its place now", async ({
  person,
  network,
  server,
  mishaps,
}) => {
  mishaps.expect(BROKEN_NETWORK, "there is no network on purpose");
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.says("before the backup");
  await ada.knowsItIsSent("before the backup");
  await server.backsUp();
  await ada.says("after the backup");
  await ada.knowsItIsSent("after the backup");
  await ada.begins("Edit", "after the backup");
  await ada.screen.editor.fill("of another log");
  await ada.goesOffline(network);
  await server.stop();
  await server.restores();
  await server.start();
  await bo.opens("general");
  await bo.says("in its place");
  await bo.knowsItIsSent("in its place");

  await ada.comesBack(network);
  await ada.readsInOrder(["before the backup", "in its place"]);
  await expect(ada.screen.message("in its place")).toContainText("Bo");
  await expect(ada.screen.editor).toHaveCount(0);
  // Her words are still hers.
  await expect(ada.screen.composer).toHaveValue("of another log");
  await ada.isConnected();
  await bo.readsInOrder(["before the backup", "in its place"]);
});
