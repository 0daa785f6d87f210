// "Enter sends, Shift+Enter breaks the line."
import { expect, test } from "../fixtures/test";

test("what one says, the other reads", { tag: "@phone" }, async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.posts("hello Bo");
  await bo.sees("hello Bo");
  await bo.posts("hello Ada");
  await ada.sees("hello Ada");
  await ada.readsInOrder(["hello Bo", "hello Ada"]);
  await bo.readsInOrder(["hello Bo", "hello Ada"]);
});

test("what is said has a name that begins with the time", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  const made: number[] = [];
  ada.page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => {
      const { t, cid } = JSON.parse(payload.toString());
      if (t === "send") made.push(Buffer.from(cid, "base64url").readUIntBE(0, 6));
    });
  });
  await ada.reloads();
  await ada.isConnected();
  const before = Date.now();
  await ada.says("hello");
  await ada.knowsItIsSent("hello");
  expect(made).toHaveLength(1);
  expect(made[0]).toBeGreaterThanOrEqual(before);
  expect(made[0]).toBeLessThanOrEqual(Date.now());
});

test("Enter sends and keeps the focus", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.types("one");
  await ada.page.keyboard.press("Enter");
  await expect(ada.screen.composer).toBeFocused();
  await ada.page.keyboard.type("two");
  await ada.page.keyboard.press("Enter");
  await ada.readsInOrder(["one", "two"]);
  await expect(ada.screen.composer).toBeFocused();
});

test("Shift+Enter breaks the line, and the field grows with it", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  const height = async () => (await ada.screen.composer.boundingBox())?.height ?? 0;
  const before = await height();
  await ada.types("roses are red");
  await ada.page.keyboard.press("Shift+Enter");
  await ada.page.keyboard.type("violets are blue");
  await expect(ada.screen.composer).toHaveValue("roses are red\nviolets are blue");
  expect(await height()).toBeGreaterThan(before);
  await ada.page.keyboard.press("Enter");
  await expect(ada.screen.bodies.getByText("violets are blue")).toBeVisible();
  await expect(ada.screen.bodies.locator("br")).toHaveCount(1);
  await expect.poll(height).toBe(before);
});

test("Enter while composing a word with an input method does not send", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.screen.composer.focus();
  const session = await ada.context.newCDPSession(ada.page);
  await session.send("Input.imeSetComposition", {
    text: "にほん",
    selectionStart: 3,
    selectionEnd: 3,
  });
  await ada.screen.composer.dispatchEvent("keydown", { key: "Enter", isComposing: true });
  await expect(ada.screen.messages).toHaveCount(0);
  await session.send("Input.insertText", { text: "日本" });
  await ada.page.keyboard.press("Enter");
  await ada.sees("日本");
});

test("nothing is sent when there is nothing to send", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.screen.composer.press("Enter");
  await ada.screen.sendButton.click();
  await ada.screen.composer.fill("   ");
  await ada.page.keyboard.press("Enter");
  await ada.says("something");
  await ada.readsInOrder(["something"]);
});

test("a message that is too long says so, and the words stay", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  const novel = "word ".repeat(1_601).trim();
  await ada.screen.composer.fill(novel);
  await ada.screen.composer.press("Enter");
  await expect(ada.screen.problem(/too long/)).toBeVisible();
  await expect(ada.screen.composer).toHaveValue(novel);
  await expect(ada.screen.messages).toHaveCount(0);
});

test("a message of exactly 8,000 characters is kept", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  const page = "w".repeat(8_000);
  await ada.screen.composer.fill(page);
  await ada.screen.composer.press("Enter");
  await expect(ada.screen.messages).toHaveCount(1);
  await ada.knowsItIsSent(page);
  await ada.reloads();
  await ada.sees(page);
});

test("whatever somebody writes is text, never page", async ({ person }) => {
  const attack = `<img src=x onerror="alert(1)"><script>alert(2)</script>&lt;`;
  const ada = await person("Ada");
  const bo = await person("Bo");
  await bo.joins("general");
  await ada.joins("general");
  await ada.says(attack);
  await bo.sees(attack);
  await bo.reloads();
  await bo.sees(attack);
});

test("a shortcode becomes its emoji for everybody, but not in code", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await bo.joins("general");
  await ada.joins("general");
  await ada.screen.composer.fill("hello :robot: and `:robot:`");
  await ada.screen.composer.press("Enter");
  for (const reader of [ada, bo]) {
    await expect(reader.screen.bodies).toHaveText(["hello 🤖 and :robot:"]);
  }
});

test("a colon offers emoji by name", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.types("beep :robo");
  const offers = ada.page.getByRole("listbox", { name: "Emoji" });
  await expect(offers.getByRole("option", { name: /robot/ })).toBeVisible();
  await ada.page.keyboard.press("Enter");
  await expect(ada.screen.composer).toHaveValue(/^beep (🤖|:robot:) ?$/u);
  await expect(offers).toBeHidden();
  await expect(ada.screen.messages).toHaveCount(0);
});

test("messages of one author stand together, with one name", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.says("one");
  await ada.says("two");
  await bo.says("three");
  await ada.sees("three");
  const continued = (text: string) =>
    ada.screen.message(text).evaluate((message) => message.hasAttribute("data-continued"));
  expect(await continued("one")).toBe(false);
  expect(await continued("two")).toBe(true);
  expect(await continued("three")).toBe(false);
});

test("each person has one picture, everywhere the same, and no two are alike", async ({
  person,
}) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.says("from Ada");
  await bo.says("from Bo");
  await ada.sees("from Bo");
  await bo.sees("from Ada");
  const picture = (who: typeof ada, text: string) =>
    who.screen.message(text).locator(".avatar svg").innerHTML();
  expect(await picture(ada, "from Ada")).toBe(await picture(bo, "from Ada"));
  expect(await picture(ada, "from Ada")).not.toBe(await picture(ada, "from Bo"));
});

test("times are those of the reader's place, with the full date to hover", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.says("what time is it?");
  const reader = await person("a reader", { timezoneId: "Asia/Kathmandu" });
  await reader.opens("general");
  const time = reader.screen.message("what time is it?").locator("time");
  const at = new Date((await time.getAttribute("datetime")) ?? "");
  const local = new Date(at.getTime() + (5 * 60 + 45) * 60_000).toISOString().slice(11, 16);
  await expect(time).toHaveText(local);
  await expect(time).toHaveAttribute("title", new RegExp(String(at.getUTCFullYear())));
});

test("days are separated, and named from where the reader stands in time", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.says("written today");
  await expect(ada.screen.days).toHaveText(["Today"]);

  const reader = await person("a reader");
  await reader.page.clock.setFixedTime(Date.now() + 24 * 60 * 60 * 1_000);
  await reader.opens("general");
  await expect(reader.screen.days).toHaveText(["Yesterday"]);
});

test("somebody who types is seen typing, until they send", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.isConnected();
  await bo.isConnected();
  await ada.types("a long thought");
  await expect(bo.screen.typing).toHaveText(/Ada is typing/);
  await expect(ada.screen.typing).not.toHaveText(/typing/);
  await ada.page.keyboard.press("Enter");
  await bo.sees("a long thought");
  await expect(bo.screen.typing).not.toHaveText(/typing/);
});

test("typing ends by itself when somebody stops", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.isConnected();
  await bo.isConnected();
  await ada.types("hm");
  await expect(bo.screen.typing).toHaveText(/Ada is typing/);
  await expect(bo.screen.typing).not.toHaveText(/typing/, { timeout: 10_000 });
});

test("two people who talk at the same time read the same order", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  const talk = async (who: typeof ada) => {
    for (let number = 1; number <= 8; number += 1) await who.says(`${who.name} ${number}`);
  };
  await Promise.all([talk(ada), talk(bo)]);
  await expect(ada.screen.bodies).toHaveCount(16);
  const order = await ada.screen.bodies.allInnerTexts();
  expect(new Set(order).size).toBe(16);
  await bo.readsInOrder(order);
  await bo.reloads();
  await bo.readsInOrder(order);
});

test("the whole conversation works from the keyboard", async ({ person }) => {
  const ada = await person("Ada");
  await ada.opens("general");
  await ada.screen.nameField.focus();
  await ada.page.keyboard.type("Ada");
  await ada.page.keyboard.press("Enter");
  await expect(ada.screen.composer).toBeFocused();
  await ada.page.keyboard.type("no mouse needed");
  await ada.page.keyboard.press("Tab");
  await expect(ada.screen.sendButton).toBeFocused();
  await ada.page.keyboard.press("Enter");
  await ada.sees("no mouse needed");
});
