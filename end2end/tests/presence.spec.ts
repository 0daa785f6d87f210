// "Sorted as people sort, counted, each person once however many tabs."
import { expect, test } from "../fixtures/test";
import { crowd, Guest } from "../fixtures/guest";
import { GONE_WITHIN_MS, type Person } from "../fixtures/person";

/** Fails if `name` is missing from the list at any moment while `action` happens. */
async function staysListed(watcher: Person, name: string, action: () => Promise<void>) {
  const list = await watcher.screen.people.elementHandle();
  const observer = await watcher.page.evaluateHandle(
    ([list, name]) => {
      const state = { missing: false, stop: () => {} };
      const observer = new MutationObserver(() => {
        if (!list?.textContent?.includes(name)) state.missing = true;
      });
      if (list) observer.observe(list, { childList: true, subtree: true, characterData: true });
      state.stop = () => observer.disconnect();
      return state;
    },
    [list, name] as const,
  );
  await action();
  const missing = await observer.evaluate((state) => (state.stop(), state.missing));
  expect(missing, `${name} flickered out of the list`).toBe(false);
}

test("people see each other come and go", { tag: "@phone" }, async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  if (await ada.screen.peopleButton.isVisible()) await ada.screen.peopleButton.click();
  await ada.seesOnline("Ada", "Bo");
  await bo.goesAway();
  await ada.seesGone("Bo");
  await ada.seesOnline("Ada");
});

test("each person stands once in the list, however many tabs", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await bo.joins("general");
  await ada.joins("general");
  const first = ada.page;
  await ada.opensAnotherTab("general");
  await ada.opensAnotherTab("general");
  await ada.isConnected();
  await bo.seesOnline("Ada", "Bo");
  await expect(bo.screen.peopleCount).toHaveText("2");
  await expect(bo.screen.people.getByRole("listitem")).toHaveCount(2);

  await staysListed(bo, "Ada", async () => {
    await first.close();
    await ada.closesTab();
    await ada.context.pages()[0]?.bringToFront();
    // The last of the three tabs still speaks for her, longer than the server would wait.
    await expect(bo.screen.personListed("Ada")).toHaveCount(1);
    await bo.says("are you there?");
  });
  await ada.goesAway();
  await bo.seesGone("Ada");
});

test("a reload does not flicker", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await bo.seesOnline("Ada");
  await staysListed(bo, "Ada", async () => {
    await ada.reloads();
    await ada.isConnected();
    await ada.says("back already");
    await bo.sees("back already");
  });
});

test("a closed laptop is gone within ten seconds", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await bo.seesOnline("Ada");
  const closed = Date.now();
  await ada.goesAway();
  await bo.seesGone("Ada");
  expect(Date.now() - closed).toBeLessThanOrEqual(GONE_WITHIN_MS);
});

test("the list is sorted as people sort", async ({ person, server }) => {
  for (const name of ["Zoë", "émile", "Bo", "ada", "Çağla"]) {
    const guest = await Guest.joins(server.url, "general", name);
    await guest.comesOnline("general");
  }
  const reader = await person("Mira");
  await reader.joins("general");
  await reader.seesOnline("Mira");
  const names = reader.screen.people.locator("bdi");
  await expect(names).toHaveText(["ada", "Bo", "Çağla", "émile", "Mira", "Zoë"]);
});

test("visitors without a name are not listed", async ({ person }) => {
  const ada = await person("Ada");
  const visitor = await person("a visitor");
  await ada.joins("general");
  await visitor.opens("general");
  await visitor.isConnected();
  await visitor.seesOnline("Ada");
  await expect(visitor.screen.people.getByRole("listitem")).toHaveCount(1);
});

test("notices of joining are merged", async ({ person, server }) => {
  const reader = await person("a reader");
  await reader.opens("general");
  for (const name of ["Ada", "Bo", "Cleo", "Dev", "Eve"]) {
    await Guest.joins(server.url, "general", name);
  }
  await reader.seesNotice("Ada, Bo and 3 others joined");
  await expect(reader.screen.notices).toHaveCount(1);
  await reader.reloads();
  await reader.seesNotice("Ada, Bo and 3 others joined");
});

test("leaving is said and ends being a member", async ({ person }) => {
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await bo.leavesRoom();
  await ada.seesNotice("Bo left");
  await expect(ada.screen.personListed("Bo")).toHaveCount(0);
});

test.describe("a crowd", () => {
  test.use({ settings: { HUBBUB_TRUSTED_PROXIES: "127.0.0.1/32" } });
  test.slow();

  test("above 200 the list shows the count and the first of it", async ({ person, server }) => {
    await crowd(server.url, "general", 210);
    const reader = await person("Zed");
    await reader.joins("general");
    await expect(reader.screen.peopleCount).toHaveText("211");
    await reader.seesOnline("Guest 001");
    await expect(reader.screen.people.getByText("and 11 more")).toBeVisible();
    await expect(reader.screen.personListed("Guest 210")).toHaveCount(0);
  });
});
