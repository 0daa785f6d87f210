// "What I write is mine": whoever comes next in the same browser finds nothing of it.
import type { Page } from "@playwright/test";
import { BROKEN_NETWORK } from "../fixtures/expected";
import { keptWords } from "../fixtures/kept";
import { Person } from "../fixtures/person";
import { expect, test } from "../fixtures/test";

/** What the browser asks, by the words of the page. */
const ASKED = /a dialog said: Some of your words are not sent yet/;

/** The WebAssembly of this page never arrives: forms are posted by the browser itself. */
async function neverComesAlive(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const never = { value: () => new Promise(() => {}) };
    Object.defineProperty(WebAssembly, "instantiateStreaming", never);
  });
}

/** What Ada wrote and never sent. */
const UNSENT = /not sent by Ada|half a thought of Ada/;

const signOutButton = (page: Page) => page.getByRole("button", { name: "Sign out" });

for (const { how, signsOut } of [
  {
    how: "and says that the words may be lost",
    signsOut: (page: Page) => signOutButton(page).click(),
  },
  {
    how: "with no script at all",
    // So no script hears of it.
    signsOut: (page: Page) =>
      signOutButton(page).evaluate((button: HTMLButtonElement) => button.form?.submit()),
  },
]) {
  test(`who signs out by the plain form ${how} leaves nothing to whoever is next`, async ({
    person,
    network,
    mishaps,
  }) => {
    mishaps.expect(BROKEN_NETWORK, "there is no network on purpose");
    mishaps.expect(ASKED, "the words are not sent on purpose");
    const ada = await person("Ada", { through: network });
    await ada.joins("general");
    await ada.says("Ada said this");
    await ada.knowsItIsSent("Ada said this");
    await ada.canReadOffline("general");
    await ada.goesOffline(network);
    await ada.says("not sent by Ada");
    await ada.types("half a thought of Ada");
    await ada.closesTab();
    await network.accept();
    await ada.context.setOffline(false);

    const tab = await ada.context.newPage();
    await neverComesAlive(tab);
    await tab.goto("/me");
    const before = ["half a thought of Ada", "not sent by Ada"];
    await expect.poll(() => keptWords(tab, UNSENT)).toEqual(before);
    await signsOut(tab);
    await tab.waitForURL("**/r/general");
    await tab.close();

    const bea = new Person("Bea", ada.context, tab, true);
    await bea.opensAnotherTab("general");
    await bea.isConnected();
    await expect(bea.screen.nameField).toBeVisible();
    await bea.readsInOrder(["Ada said this"]);
    await expect.poll(() => keptWords(bea.page, UNSENT)).toEqual([]);
    await bea.joinsAs("Bea");
    await expect(bea.screen.composer).toHaveValue("");
    await bea.says("said by Bea");
    await bea.readsInOrder(["Ada said this", "said by Bea"]);
    await bea.reloads();
    await bea.readsInOrder(["Ada said this", "said by Bea"]);
    expect(await keptWords(bea.page, UNSENT)).toEqual([]);
  });
}

test("the question before signing out keeps unsent words, or gives them up in every tab", async ({
  person,
  mishaps,
}) => {
  mishaps.expect(ASKED, "the words are not sent on purpose");
  mishaps.staysWhenAsked = true;
  const ada = await person("Ada");
  // Forms reach the server, frames do not.
  await ada.context.routeWebSocket(/\/ws$/, (line) => line.close());
  await ada.joins("general");
  await ada.says("never sent");
  const tab = await ada.inAnotherTab();
  await tab.sees("never sent");

  await ada.page.getByRole("link", { name: "Ada" }).click();
  await signOutButton(ada.page).click();
  await expect(ada.page).toHaveURL(/\/me$/);
  await ada.goesTo("general");
  await ada.sees("never sent");
  expect(await keptWords(ada.page, /never sent/)).toEqual(["never sent"]);

  mishaps.staysWhenAsked = false;
  await ada.page.getByRole("link", { name: "Ada" }).click();
  await signOutButton(ada.page).click();
  await ada.page.waitForURL("**/r/general");
  await expect(ada.screen.nameField).toBeVisible();
  await expect(tab.screen.message("never sent")).toHaveCount(0);
  await expect.poll(() => keptWords(ada.page, /never sent/)).toEqual([]);
});

test("a tab that was signed out follows another one that joins", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  const tab = await ada.inAnotherTab();
  await ada.signsOut();
  await expect(tab.screen.nameField).toBeVisible();
  await ada.opens("general");
  await ada.joinsAs("Countess");
  await expect(tab.screen.nameField).toBeHidden();
  await tab.says("from the other tab");
  await ada.sees("from the other tab");
  await expect(ada.screen.message("from the other tab")).toContainText("Countess");
  await ada.seesNotice("Ada left, Countess joined");
});
