// "What was said can be written anew, taken back, and answered with an emoji."
import { BROKEN_NETWORK, REFUSED_FORM } from "../fixtures/expected";
import { expect, test } from "../fixtures/test";

test(
  "an edit shows at once, for everybody, and says that it is one",
  { tag: "@phone" },
  async ({ person }) => {
    const ada = await person("Ada");
    const bo = await person("Bo");
    await ada.joins("general");
    await bo.joins("general");
    await ada.says("see you at fvie");
    await bo.sees("see you at fvie");
    await ada.edits("see you at fvie", "see you at five");
    await ada.sees("see you at five");
    await bo.sees("see you at five");
    await expect(bo.screen.message("see you at fvie")).toHaveCount(0);
    await expect(bo.screen.message("see you at five").getByText("edited")).toBeVisible();
    await bo.reloads();
    await bo.readsInOrder(["see you at five"]);
  },
);

test("an edit can be given up, and an empty one is refused", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.says("as it was");
  await ada.begins("Edit", "as it was");
  await ada.screen.editor.fill("something else");
  await ada.screen.editor.press("Escape");
  await ada.readsInOrder(["as it was"]);
  await ada.begins("Edit", "as it was");
  await ada.screen.editor.fill("   ");
  await ada.screen.editor.press("Enter");
  await expect(ada.page.getByText("There is nothing to send yet.")).toBeVisible();
  await expect(ada.screen.editor).toHaveValue("   ");
});

test("the arrow up in an empty composer edits one's last message", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.says("first");
  await ada.says("secnod");
  await ada.knowsItIsSent("secnod");
  await ada.screen.composer.press("ArrowUp");
  await expect(ada.screen.editor).toHaveValue("secnod");
  await expect(ada.screen.editor).toBeFocused();
  await ada.screen.editor.fill("second");
  await ada.screen.editor.press("Enter");
  await ada.readsInOrder(["first", "second"]);
  await expect(ada.screen.composer).toBeFocused();
});

test("the browser asks before words in the editor are lost, and not when there are none", async ({
  person,
  mishaps,
}) => {
  mishaps.expect(/a dialog said/, "the browser asks in its own words");
  mishaps.staysWhenAsked = true;
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.createsRoom("garden");
  await ada.says("as it was");
  await ada.knowsItIsSent("as it was");
  await ada.begins("Edit", "as it was");
  await ada.reloads();
  await ada.begins("Edit", "as it was");
  await ada.screen.editor.fill("as it shall be");
  // Out of sight they are not lost either.
  await ada.goesTo("general");
  const asked = ada.page.waitForEvent("dialog");
  await ada.page.evaluate(() => setTimeout(() => location.reload()));
  expect((await asked).type()).toBe("beforeunload");
  await ada.goesTo("garden");
  await expect(ada.screen.editor).toHaveValue("as it shall be");
  await ada.screen.editor.press("Enter");
  await ada.knowsItIsSent("as it shall be");
  await ada.reloads();
  await ada.readsInOrder(["as it shall be"]);
});

test("by the keyboard alone one comes to a message and to what can be done to it", async ({
  person,
}) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.says("reach me");
  await ada.knowsItIsSent("reach me");
  const message = ada.screen.message("reach me");
  await expect(message.getByRole("button", { name: "React" })).toHaveCount(0);
  await ada.screen.timeline.focus();
  await ada.page.keyboard.press("Tab");
  await expect(message.getByRole("link", { name: "Message actions" })).toBeFocused();
  await ada.page.keyboard.press("Tab");
  await expect(message.getByRole("button", { name: "React" })).toBeFocused();
  await expect(message.getByRole("button", { name: "React" })).toBeInViewport();
  await ada.page.keyboard.press("Enter");
  await ada.page.keyboard.press("Tab");
  await expect(ada.page.getByLabel("Find an emoji")).toBeVisible();
});

test("a deleted message is gone from every screen", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.says("a secret");
  await ada.says("and something else");
  await bo.sees("a secret", "and something else");
  await ada.begins("Delete", "a secret");
  await ada.page.getByRole("button", { name: "Keep" }).click();
  await ada.sees("a secret");
  await ada.deletes("a secret");
  for (const who of [ada, bo]) {
    await expect(who.screen.message("a secret")).toHaveCount(0);
    await expect(who.page.getByText("Message deleted")).toBeVisible();
    await who.sees("and something else");
  }
  await bo.reloads();
  await expect(bo.page.getByText("Message deleted")).toBeVisible();
  expect(await bo.page.content()).not.toContain("a secret");
});

test("emoji are counted, each person once, and go again", { tag: "@phone" }, async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.says("who comes along?");
  await bo.begins("React", "who comes along?");
  await bo.page.getByRole("group", { name: "React" }).getByText("👍").click();
  await expect(bo.screen.chip("👍")).toHaveText("👍 1");
  await expect(bo.screen.chip("👍")).toHaveAttribute("aria-pressed", "true");
  await expect(ada.screen.chip("👍")).toHaveAttribute("aria-pressed", "false");
  await expect(ada.screen.chip("👍")).toHaveAttribute("title", "Bo");
  await ada.screen.chip("👍").click();
  await expect(ada.screen.chip("👍")).toHaveText("👍 2");
  await expect(ada.screen.chip("👍")).toBeFocused();
  await expect(bo.screen.chip("👍")).toHaveAttribute("title", "Bo and Ada");
  await bo.screen.chip("👍").click();
  await expect(bo.screen.chip("👍")).toHaveText("👍 1");
  await ada.screen.chip("👍").click();
  for (const who of [ada, bo]) await expect(who.screen.chip("👍")).toHaveCount(0);
});

test("any emoji is found by its name", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.says("beep");
  await ada.begins("React", "beep");
  await ada.page.getByLabel("Find an emoji").fill(":robot");
  await expect(ada.page.getByRole("button", { name: "🤖" })).toBeVisible();
  await ada.page.getByLabel("Find an emoji").press("Enter");
  await expect(ada.screen.chip("🤖")).toHaveText("🤖 1");
});

test("what is done while the line is cut is done once it is back", async ({
  person,
  network,
  mishaps,
}) => {
  mishaps.expect(BROKEN_NETWORK, "the network is gone on purpose");
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.says("one");
  await ada.says("two");
  await ada.knowsItIsSent("two");
  await network.goAway();
  await expect(ada.screen.connectionDot("Connected")).toHaveCount(0);
  await ada.edits("one", "one, edited");
  await expect(ada.screen.message("one, edited")).toHaveAttribute("data-state", "pending");
  await ada.deletes("two");
  await bo.sees("one", "two");
  await network.accept();
  await ada.triesNow();
  await bo.readsInOrder(["one, edited", "Message deleted"]);
  await expect(ada.page.locator("[data-state=pending]")).toHaveCount(0);
});

test("others' messages can be neither edited nor deleted", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.says("mine");
  await bo.sees("mine");
  await bo.screen.message("mine").hover();
  await expect(bo.screen.message("mine").getByRole("button", { name: "React" })).toBeVisible();
  await expect(bo.screen.message("mine").getByRole("button", { name: "Edit" })).toHaveCount(0);
  await expect(bo.screen.message("mine").getByRole("button", { name: "Delete" })).toHaveCount(0);
});

test.describe("without JavaScript", () => {
  test("a message is edited, answered with an emoji and deleted by plain forms", async ({
    person,
  }) => {
    const ada = await person("Ada", { javaScriptEnabled: false });
    await ada.joins("general");
    await ada.posts("see you at fvie");
    await ada.screen
      .message("see you at fvie")
      .getByRole("link", { name: "Message actions" })
      .click();
    await ada.page.getByLabel("Edit message").fill("see you at five");
    await ada.page.getByRole("button", { name: "Save" }).click();
    await ada.readsInOrder(["see you at five"]);
    await ada.page.getByRole("link", { name: "edited" }).click();
    await expect(ada.page.getByRole("heading", { name: "What it said before" })).toBeVisible();
    await expect(ada.page.getByText("see you at fvie")).toBeVisible();
    await ada.page.getByRole("button", { name: "🎉" }).click();
    await expect(ada.screen.chip("🎉")).toHaveText("🎉 1");
    await ada.screen.chip("🎉").click();
    await expect(ada.screen.chip("🎉")).toHaveCount(0);
    await ada.screen
      .message("see you at five")
      .getByRole("link", { name: "Message actions" })
      .click();
    await ada.page.getByRole("button", { name: "Delete" }).click();
    await expect(ada.page.getByText("Message deleted")).toBeVisible();
    await ada.readsInOrder(["Message deleted"]);
  });

  test("an edit that is too long comes back with its text", async ({ person, mishaps }) => {
    mishaps.expect(REFUSED_FORM, "the form is refused on purpose");
    const ada = await person("Ada", { javaScriptEnabled: false });
    await ada.joins("general");
    await ada.posts("short");
    await ada.screen.message("short").getByRole("link", { name: "Message actions" }).click();
    await ada.page.getByLabel("Edit message").fill("x".repeat(8_001));
    await ada.page.getByRole("button", { name: "Save" }).click();
    await expect(ada.page.getByText("That message is too long.")).toBeVisible();
    await expect(ada.page.getByLabel("Edit message")).toHaveValue("x".repeat(8_001));
  });
});
