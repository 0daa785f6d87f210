// "A list of public rooms with unread marks, create one, edit the topic."
import { expect, test } from "../fixtures/test";
import { NOT_FOUND, REFUSED_FORM } from "../fixtures/expected";
import { fillRoom, Guest } from "../fixtures/guest";

/** `limits::READ_EVERY`. */
const READ_EVERY_MS = 1_000;

test("a new room has a name, an address and a topic, and others find it", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.createsRoom("Book Club!", "This month: The Summer Book");
  expect(new URL(ada.page.url()).pathname).toBe("/r/book-club");
  await expect(ada.screen.topic).toHaveText("This month: The Summer Book");

  await bo.goesTo("Book Club!");
  await bo.says("is this the club?");
  await ada.sees("is this the club?");
});

test("a room's name may be in any script", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.createsRoom("صباح الخير");
  expect(decodeURI(new URL(ada.page.url()).pathname)).toBe("/r/صباح-الخير");
  await ada.reloads();
  await ada.says("صباح النور");
});

for (const { rule, name, says } of [
  { rule: "a blank name", name: "   ", says: /name/ },
  { rule: "a name without a letter", name: "!!!", says: /letter or digit/ },
  { rule: "a name of 41 letters", name: "r".repeat(41), says: /too long/ },
  { rule: "the name of another room", name: "General", says: /already/ },
]) {
  test(`a room with ${rule} is refused beside the field`, async ({ person, mishaps }) => {
    mishaps.expect(REFUSED_FORM, "the form is refused on purpose");
    const ada = await person("Ada");
    await ada.joins("general");
    await ada.visits("/rooms");
    await ada.page.getByLabel("Name", { exact: true }).fill(name);
    await ada.page.getByRole("button", { name: "Open room", exact: true }).click();
    await expect(ada.screen.problem(says)).toBeVisible();
    await expect(ada.page.getByLabel("Name", { exact: true })).toHaveValue(name);
    expect(new URL(ada.page.url()).pathname).toBe("/rooms");
  });
}

test("the plus leads to the field for a name", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.screen.rooms.getByRole("link", { name: "New room" }).click();
  await expect(ada.page.getByLabel("Name", { exact: true })).toBeFocused();
});

test("new rooms stand where people look for them", async ({ person, server }) => {
  const ada = await person("Ada");
  await ada.opens("general");
  await ada.isConnected();
  const guest = await Guest.joins(server.url, "general", "Guest");
  for (const name of ["garden", "Zoo", "Äpfel", "bread", "room 10", "room 9"]) {
    await guest.creates(name);
  }
  const names = ["general", "Äpfel", "bread", "garden", "room 9", "room 10", "Zoo"];
  await expect(ada.screen.rooms.locator(".room-name")).toHaveText(names);
  await ada.reloads();
  await expect(ada.screen.rooms.locator(".room-name")).toHaveText(names);
});

test("an empty room invites to speak", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.createsRoom("garden");
  await ada.page.getByRole("link", { name: "Say hello" }).click();
  await expect(ada.screen.composer).toBeFocused();
  await ada.says("hello");
  await expect(ada.page.getByRole("link", { name: "Say hello" })).toHaveCount(0);
});

test("the tab says where one is and how much is unread", async ({ person, server, mishaps }) => {
  mishaps.expect(NOT_FOUND, "the room is not there on purpose");
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.createsRoom("garden");
  await expect(ada.page).toHaveTitle("#garden · Hubbub");
  const guest = await Guest.joins(server.url, "general", "Guest");
  await guest.says("general", "one");
  await guest.says("general", "two");
  await expect(ada.page).toHaveTitle("(2) #garden · Hubbub");
  await ada.goesTo("general");
  await expect(ada.page).toHaveTitle("#general · Hubbub");
  await ada.visits("/rooms");
  await expect(ada.page).toHaveTitle("Rooms · Hubbub");
  await ada.visits("/r/nowhere");
  await expect(ada.page).toHaveTitle("Not found · Hubbub");
});

test("rooms keep their conversations apart", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.says("in general");
  await ada.createsRoom("garden");
  await expect(ada.screen.message("in general")).toHaveCount(0);
  await ada.says("in the garden");
  await ada.goesTo("general");
  await ada.readsInOrder(["in general"]);
  await ada.goesTo("garden");
  await ada.readsInOrder(["in the garden"]);
});

test("changing rooms does not load the page again, and back goes back", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.says("in general");
  await ada.createsRoom("garden");
  await ada.page.evaluate(() => (document.documentElement.dataset.same = "page"));
  await ada.goesTo("general");
  await ada.sees("in general");
  await ada.page.goBack();
  await expect(ada.screen.roomTitle).toHaveText(/garden/);
  expect(new URL(ada.page.url()).pathname).toBe("/r/garden");
  await expect(ada.page.locator("html[data-same]")).toHaveCount(1);
});

test("unread marks count what others said elsewhere, and go when it is read", async ({
  person,
}) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await ada.createsRoom("garden");
  await bo.joins("garden");
  await bo.goesTo("general");

  await ada.says("one");
  await ada.says("two");
  await expect(bo.screen.roomLink("garden")).toContainText("2 unread");
  await expect(ada.screen.roomLink("garden")).not.toContainText("unread");

  await bo.goesTo("garden");
  await bo.readsInOrder(["one", "two"]);
  await expect(bo.screen.roomLink("garden")).not.toContainText("unread");
  await bo.goesTo("general");
  await bo.reloads();
  await expect(bo.screen.roomLink("garden")).not.toContainText("unread");
});

test("what is read on one device is read on the other", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await ada.createsRoom("garden");
  await bo.joins("garden");
  await bo.goesTo("general");
  await ada.says("fresh news");
  const first = bo.screen;
  await expect(first.roomLink("garden")).toContainText("1 unread");
  await bo.opensAnotherTab("garden");
  await bo.sees("fresh news");
  await expect(first.roomLink("garden")).not.toContainText("unread");
});

test("who looks on while many talk says what they read, and no more often than one may", async ({
  person,
  server,
}) => {
  const ada = await person("Ada");
  await ada.joins("general");
  const said: { at: number; seq: number }[] = [];
  const heard: string[] = [];
  ada.page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => {
      const { t, seq } = JSON.parse(payload.toString());
      if (t === "read") said.push({ at: Date.now(), seq });
    });
    socket.on("framereceived", ({ payload }) => heard.push(payload.toString()));
  });
  await ada.reloads();
  // More than anybody may report one by one (`limits::FRAMES`).
  await fillRoom(server.url, "general", 150);
  await ada.sees("line 150");
  const newest = Number((await ada.screen.messages.last().getAttribute("id"))?.slice(1));
  await expect.poll(() => said.at(-1)?.seq).toBe(newest);
  const lasted = (said.at(-1)?.at ?? 0) - (said[0]?.at ?? 0);
  expect(said.length).toBeLessThanOrEqual(2 + lasted / READ_EVERY_MS);
  expect(heard.filter((text) => text.includes('"t":"refused"'))).toEqual([]);
});

test("what was read in the last moment counts although the page is left", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await ada.createsRoom("garden");
  await bo.joins("garden");
  // The first is told at once; then it takes a while.
  for (const words of ["one", "two", "three"]) {
    await ada.says(words);
    await bo.sees(words);
  }
  await bo.page.goto("about:blank");
  await bo.opens("general");
  await expect(bo.screen.roomLink("garden")).not.toContainText("unread");
});

test("everybody sees a changed topic", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.setsTopic("Come in, the kettle is on");
  await expect(bo.screen.topic).toHaveText("Come in, the kettle is on");
  await bo.reloads();
  await expect(bo.screen.topic).toHaveText("Come in, the kettle is on");
});

test("a topic that is too long says so, and stays to be shortened", async ({ person, mishaps }) => {
  mishaps.expect(REFUSED_FORM, "the form is refused on purpose");
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.screen.topicOpener.click();
  const field = ada.page.getByRole("main").getByLabel("Topic", { exact: true });
  await field.evaluate((input) => input.removeAttribute("maxlength"));
  await field.fill("t".repeat(201));
  await ada.page.getByRole("button", { name: "Save topic" }).click();
  await expect(ada.screen.problem(/too long/)).toBeVisible();
  await expect(field).toHaveValue("t".repeat(201));
});

test("leaving ends the marks of a room, coming back is joining again", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await ada.createsRoom("garden");
  await bo.joins("garden");
  await ada.seesNotice("Bo joined");
  await bo.leavesRoom();
  await ada.seesNotice(/Bo .*left/);
  await bo.opens("general");
  await ada.says("is anybody here?");
  await bo.says("in general");
  await expect(bo.screen.roomLink("garden")).not.toContainText("unread");
  await bo.opens("garden");
  await bo.says("here I am again");
  await ada.sees("here I am again");
});

test("an address without a room says where the others are", async ({ person, mishaps }) => {
  mishaps.expect(NOT_FOUND, "the room is not there on purpose");
  const ada = await person("Ada");
  await ada.page.goto("/r/nowhere");
  await expect(ada.screen.roomTitle).toHaveText(/Nothing behind/);
  await ada.page.getByRole("main").getByRole("link").last().click();
  await expect(ada.screen.roomTitle).toHaveText(/general/);
});

test("an address without a page says so too", async ({ person, mishaps }) => {
  mishaps.expect(NOT_FOUND, "the page is not there on purpose");
  const ada = await person("Ada");
  const answer = await ada.page.goto("/no/such/page");
  expect(answer?.status()).toBe(404);
  await expect(ada.page.getByRole("heading", { level: 1 })).toBeVisible();
});
