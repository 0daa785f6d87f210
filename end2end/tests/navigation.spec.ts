// Links within the chat lead on without loading a page; the browser's own ways stay.
import { expect, test } from "../fixtures/test";
import { fillRoom } from "../fixtures/guest";
import type { Person } from "../fixtures/person";

/** Marks the page as loaded; a page that is loaded anew has no mark. */
const marks = (who: Person) =>
  who.page.evaluate(() => (document.documentElement.dataset.same = ""));
const isSamePage = (who: Person) => expect(who.page.locator("html[data-same]")).toHaveCount(1);
const isNewPage = (who: Person) => expect(who.page.locator("html[data-same]")).toHaveCount(0);

test("every page is one click away, and back and forward lead along the way", async ({
  person,
}) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await marks(ada);
  await ada.screen.rooms.getByRole("link", { name: "All rooms" }).click();
  await expect(ada.page).toHaveTitle(/^Rooms/);
  await ada.screen.rooms.getByRole("link", { name: /Ada/ }).click();
  await expect(ada.page).toHaveURL(/\/me$/);
  await expect(ada.page.getByRole("button", { name: "Sign out" })).toBeVisible();
  await ada.page.goBack();
  await expect(ada.page.getByRole("button", { name: "Open room" })).toBeVisible();
  await ada.page.goBack();
  await expect(ada.screen.composer).toBeVisible();
  await ada.page.goForward();
  await expect(ada.page.getByRole("button", { name: "Open room" })).toBeVisible();
  await isSamePage(ada);
});

test("what is being written waits in its room", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.types("half a tho");
  await ada.screen.rooms.getByRole("link", { name: "All rooms" }).click();
  await expect(ada.page.getByRole("button", { name: "Open room" })).toBeVisible();
  await ada.goesTo("general");
  await expect(ada.screen.composer).toHaveValue("half a tho");
});

test("the plus above the rooms puts the cursor into the new room's name", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await marks(ada);
  const plus = ada.screen.rooms.getByRole("link", { name: "New room" });
  await plus.click();
  const name = ada.page.getByLabel("Name", { exact: true });
  await expect(name).toBeFocused();
  await name.blur();
  await plus.click();
  await expect(name).toBeFocused();
  await isSamePage(ada);
});

test("a room whose name is not Latin has an address like any other", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.createsRoom("\u05E9\u05DC\u05D5\u05DD");
  await ada.says("shalom");
  await marks(ada);
  await ada.goesTo("general");
  await expect(ada.screen.message("shalom")).toHaveCount(0);
  await ada.page.goBack();
  await ada.sees("shalom");
  await isSamePage(ada);
});

test("a page of the past is still there after going on and back", async ({ person, server }) => {
  await fillRoom(server.url, "general", 120);
  const ada = await person("Ada");
  await ada.visits("/r/general?before=60");
  await marks(ada);
  await ada.page.getByRole("link", { name: "Back to now" }).click();
  await expect(ada.screen.message("line 120")).toBeInViewport();
  await isSamePage(ada);
  await ada.page.goBack();
  await expect(ada.screen.message("line 50")).toBeVisible();
  await expect(ada.screen.message("line 120")).toHaveCount(0);
});

test("a click with a key held opens another tab", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  const opened = ada.context.waitForEvent("page");
  await ada.screen.rooms
    .getByRole("link", { name: "All rooms" })
    .click({ modifiers: ["ControlOrMeta"] });
  await expect(await opened).toHaveURL(/\/rooms$/);
  await expect(ada.screen.composer).toBeVisible();
});

test("links to what is no page of the chat are the browser's", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  const words = `look: ${new URL(ada.page.url()).origin}/healthz`;
  await ada.says(words);
  // What is drawn when it is acknowledged is another link.
  await ada.knowsItIsSent(words);
  await marks(ada);
  const link = ada.screen.bodies.getByRole("link");
  await link.evaluate((it) => it.removeAttribute("target"));
  await link.click();
  await expect(ada.page).toHaveURL(/\/healthz$/);
  await isNewPage(ada);
});

test("skipping to the messages moves the cursor and stays on the page", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await marks(ada);
  const skip = ada.page.getByRole("link", { name: /Skip/ });
  await skip.focus();
  await skip.press("Enter");
  await expect(ada.page).toHaveURL(/#timeline$/);
  await isSamePage(ada);
});
