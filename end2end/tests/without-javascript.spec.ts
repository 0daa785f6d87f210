// "Choose a name, read, post, change room, page back through history, by plain forms and
// links." This file runs in the project whose browsers have JavaScript switched off.
import { expect, test } from "../fixtures/test";
import { REFUSED_FORM } from "../fixtures/expected";
import { fillRoom } from "../fixtures/guest";

test("one chooses a name, posts, and others read it", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  expect(new URL(ada.page.url()).pathname).toBe("/r/general");
  await ada.posts("hello by post");
  await ada.posts("and **again**".replaceAll("*", ""));

  await bo.joins("general");
  await bo.readsInOrder(["hello by post", "and again"]);
  await bo.posts("hello Ada");
  await ada.reloads();
  await ada.readsInOrder(["hello by post", "and again", "hello Ada"]);
});

test("people with and without JavaScript talk to each other", async ({ person }) => {
  const plain = await person("Plain");
  const live = await person("Live", { javaScriptEnabled: true });
  await live.joins("general");
  await plain.joins("general");
  await plain.posts("by form");
  await live.sees("by form");
  await live.says("by socket");
  await live.knowsItIsSent("by socket");
  await plain.reloads();
  await plain.readsInOrder(["by form", "by socket"]);
});

test("a refused name says why beside the field and keeps what was typed", async ({
  person,
  mishaps,
}) => {
  mishaps.expect(REFUSED_FORM, "the form is refused on purpose");
  const ada = await person("Ada");
  await ada.joins("general");
  const impostor = await person("an impostor");
  await impostor.opens("general");
  const answer = impostor.page.waitForResponse((answer) => answer.request().method() === "POST");
  await impostor.joinsAs("ADA");
  expect((await answer).status()).toBe(422);
  await expect(impostor.screen.problem(/has that name/)).toBeVisible();
  await expect(impostor.screen.nameField).toHaveValue("ADA");
  expect(new URL(impostor.page.url()).pathname).toBe("/r/general");
});

test("a refused message stays in the field", async ({ person, mishaps }) => {
  mishaps.expect(REFUSED_FORM, "the form is refused on purpose");
  const ada = await person("Ada");
  await ada.joins("general");
  const novel = "w".repeat(8_001);
  await ada.screen.composer.fill(novel);
  await ada.screen.sendButton.click();
  await expect(ada.screen.problem(/too long/)).toBeVisible();
  await expect(ada.screen.composer).toHaveValue(novel);
});

test("a message posted twice by going back and forth is there once", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.posts("only once");
  await ada.page.reload();
  await ada.readsInOrder(["only once"]);
});

test("one pages back through history and returns", async ({ person, server }) => {
  await fillRoom(server.url, "general", 120);
  const ada = await person("Ada");
  await ada.opens("general");
  await expect(ada.screen.message("line 120")).toBeInViewport();
  const seen = new Set<string>();
  const older = ada.page.getByRole("link", { name: "Older messages" });
  for (;;) {
    for (const text of await ada.screen.bodies.allInnerTexts()) seen.add(text.trim());
    if (!(await older.isVisible())) break;
    await older.click();
  }
  expect(seen.size).toBe(120);
  await expect(ada.page.getByText("This is where it began")).toBeVisible();
  await ada.page.getByRole("link", { name: "Back to now" }).click();
  await expect(ada.screen.message("line 120")).toBeInViewport();
});

test("one makes a room, sets its topic, and walks between rooms", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.createsRoom("garden", "What to sow");
  await expect(ada.screen.topic).toHaveText("What to sow");
  await ada.setsTopic("What to save");
  await ada.posts("broad beans");
  await ada.goesTo("general");
  await expect(ada.screen.message("broad beans")).toHaveCount(0);
  await ada.goesTo("garden");
  await ada.sees("broad beans");
});

test("unread marks are there too", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.createsRoom("garden");
  await bo.opens("garden");
  await bo.posts("hello");
  await bo.opens("general");
  await ada.posts("fresh news");
  await bo.reloads();
  await expect(bo.screen.roomLink("garden")).toContainText("1 unread");
  await bo.opens("garden");
  await bo.posts("I have read it");
  await expect(bo.screen.roomLink("garden")).not.toContainText("unread");
});

test("one takes another name, leaves a room and signs out", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.posts("I was here");
  await ada.renamesTo("Countess");
  await ada.opens("general");
  await expect(ada.screen.message("I was here")).toContainText("Countess");
  await ada.leavesRoom();
  await ada.opens("general");
  await ada.seesNotice(/Countess .*left/);
  await ada.visits("/me");
  await ada.page.getByRole("button", { name: "Sign out" }).click();
  await ada.opens("general");
  await expect(ada.screen.nameField).toBeVisible();
});

test("nothing that needs JavaScript is offered", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.posts("hello");
  await expect(ada.page.getByRole("button", { name: /copy/i })).toHaveCount(0);
  await expect(ada.screen.connectionDot("Connected")).toHaveCount(0);
  await expect(ada.screen.tryNow).toHaveCount(0);
});
