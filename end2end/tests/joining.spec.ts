// "One field for the name, no account."
import { expect, test } from "../fixtures/test";
import { REFUSED_FORM } from "../fixtures/expected";

test("the front door leads to the default room", async ({ person }) => {
  const ada = await person("Ada");
  await ada.visits("/");
  expect(new URL(ada.page.url()).pathname).toBe("/r/general");
  await expect(ada.screen.roomTitle).toHaveText(/general/);
});

test("one field and one button, then one talks", { tag: "@phone" }, async ({ person }) => {
  const ada = await person("Ada");
  await ada.opens("general");
  await expect(ada.screen.composer).toHaveCount(0);
  await ada.joinsAs("Ada");
  await ada.posts("hello");
  await ada.seesNotice("Ada joined");
});

test("a visitor reads what others say without a name", async ({ person }) => {
  const ada = await person("Ada");
  const visitor = await person("a visitor");
  await visitor.opens("general");
  await ada.joins("general");
  await ada.says("anybody there?");
  await visitor.sees("anybody there?");
  await expect(visitor.screen.people.getByText("visitor")).toHaveCount(0);
});

test("the name is the only thing asked, and the cursor can be there at once", async ({
  person,
}) => {
  const ada = await person("Ada");
  await ada.opens("general");
  await ada.screen.nameField.fill("Ada");
  await ada.screen.nameField.press("Enter");
  await expect(ada.screen.composer).toBeFocused();
});

test("choosing a name is not told as a lost connection", async ({ person }) => {
  const ada = await person("Ada");
  await ada.opens("general");
  await ada.isConnected();
  const line = await ada.screen.connectionLine.elementHandle();
  const said = await ada.page.evaluateHandle((line) => {
    const said: string[] = [];
    const listen = new MutationObserver(() => said.push(line?.textContent ?? ""));
    if (line) listen.observe(line, { childList: true, subtree: true, characterData: true });
    return said;
  }, line);
  await ada.joinsAs("Ada");
  await ada.says("hello");
  await ada.knowsItIsSent("hello");
  expect(await said.jsonValue()).toEqual([]);
});

for (const { rule, name, says } of [
  { rule: "a blank name", name: "   ", says: /Please enter a name/ },
  { rule: "a name of 33 letters", name: "a".repeat(33), says: /too long/ },
  { rule: "a name that turns the text around", name: "Ada\u202Eevil", says: /characters/ },
  { rule: "a name of invisible characters", name: "\u200B\u2060", says: /name/ },
]) {
  test(`${rule} is refused beside the field, and what was typed stays`, async ({
    person,
    mishaps,
  }) => {
    mishaps.expect(REFUSED_FORM, "the form is refused on purpose");
    const ada = await person("Ada");
    await ada.opens("general");
    await ada.joinsAs(name);
    await expect(ada.screen.problem(says)).toBeVisible();
    await expect(ada.screen.nameField).toHaveAttribute("aria-invalid", "true");
    expect((await ada.screen.nameField.inputValue()).length).toBeGreaterThan(0);
    await expect(ada.screen.composer).toHaveCount(0);
  });
}

test("a name of 32 graphemes is long enough for everybody", async ({ person, mishaps }) => {
  mishaps.expect(REFUSED_FORM, "emoji may be refused");
  const family = "👩‍👩‍👧‍👦";
  const ada = await person("a".repeat(31) + "é");
  await ada.joins("general");
  const others = await person("family");
  await others.opens("general");
  await others.joinsAs(family);
  // Emoji are no letters: whichever way the rule goes, it answers in the page.
  await expect(others.screen.composer.or(others.screen.problem(/./))).toBeVisible();
});

for (const { how, name } of [
  { how: "the same name", name: "Ada" },
  { how: "the same name in other letters", name: "aDA" },
  { how: "the name in full-width letters", name: "Ａｄａ" },
  { how: "a look-alike from another alphabet", name: "\u0410d\u0430" },
]) {
  test(`${how} is taken while somebody uses it`, async ({ person, mishaps }) => {
    mishaps.expect(REFUSED_FORM, "the form is refused on purpose");
    const ada = await person("Ada");
    await ada.joins("general");
    const impostor = await person("an impostor");
    await impostor.opens("general");
    await impostor.joinsAs(name);
    await expect(impostor.screen.problem(/has that name|looks like it/)).toBeVisible();
    await impostor.joinsAs("Somebody Else");
    await expect(impostor.screen.composer).toBeVisible();
  });
}

test("a reload keeps the person", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.reloads();
  await ada.says("still me");
});

test("a restart of the server keeps the person", async ({ person, server }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.visits("/rooms");
  await ada.page.goto("about:blank");
  await server.restart();
  await ada.opens("general");
  await ada.says("still me");
});

test("everybody sees a changed name, and old messages follow it", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await ada.says("I am here");
  await bo.sees("I am here");

  await ada.renamesTo("Ada Lovelace");
  await expect(bo.screen.message("I am here")).toContainText("Ada Lovelace");
  await bo.seesOnline("Ada Lovelace");
  await expect(bo.screen.personListed("Ada")).toHaveCount(0);
  await bo.reloads();
  await expect(bo.screen.message("I am here")).toContainText("Ada Lovelace");
});

test("the old name is free for somebody else", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.renamesTo("Countess");
  await expect(ada.screen.rooms).toContainText("Countess");
  const another = await person("Ada");
  await another.joins("general");
});

test("signing out forgets the person and frees the name", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.visits("/me");
  await ada.page.getByRole("button", { name: "Sign out" }).click();
  // "You" asks for a name by the same words: what matters is the page behind it.
  await expect(ada.page).toHaveURL(/\/r\/general$/);
  await ada.isAlive();
  await ada.joinsAs("Ada");
  await expect(ada.screen.composer).toBeVisible();
});

test("joining in one tab is joining in the other", async ({ person }) => {
  const ada = await person("Ada");
  await ada.opens("general");
  const firstTab = ada.page;
  await ada.opensAnotherTab("general");
  await ada.joinsAs("Ada");
  await expect(ada.screen.composer).toBeVisible();
  await expect(firstTab.getByLabel("Message", { exact: true })).toBeVisible();
});
