// The page comes alive a few messages at a time; whoever does something meanwhile is answered as
// if all of it were alive. Here the time between two times does not pass unless it is told to.
import type { Page } from "@playwright/test";
import { expect, test } from "../fixtures/test";
import { fillRoom } from "../fixtures/guest";

interface Held {
  __held: (() => void)[];
}

/** From the next page on, whatever would be done next waits for [`doNext`]. */
async function holdWhatComesNext(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const held: (() => void)[] = [];
    const wait = window.setTimeout.bind(window);
    Object.assign(window, { __held: held });
    const hold = (next: () => void, ms?: number) => (ms ? wait(next, ms) : held.push(next));
    window.setTimeout = hold as typeof window.setTimeout;
  });
}

/** Does what was to be done next; more of it may follow. */
async function doNext(page: Page): Promise<void> {
  await page.waitForFunction(() => (window as unknown as Held).__held.length > 0);
  await page.evaluate(() => (window as unknown as Held).__held.shift()?.());
}

test("whoever writes while the page comes alive is heard, and nothing is there twice", async ({
  person,
  server,
}) => {
  await fillRoom(server.url, "general", 30);
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.says("one of my own");
  await ada.knowsItIsSent("one of my own");
  const before = await ada.screen.bodies.allTextContents();
  await holdWhatComesNext(ada.page);
  await ada.page.reload();
  // What everything hangs on, and the first messages.
  await doNext(ada.page);
  await doNext(ada.page);
  await expect(ada.page.locator("html[data-live]")).toHaveCount(0);
  await ada.screen.composer.fill("and another one");
  await expect(ada.page.locator("html[data-live]")).toHaveCount(1);
  await ada.screen.composer.press("Enter");
  await ada.knowsItIsSent("and another one");
  await expect(ada.screen.bodies).toHaveText([...before, "and another one"]);
});

test("a message that sleeps wakes for whoever clicks on it", async ({ person, server }) => {
  await fillRoom(server.url, "general", 30);
  const ada = await person("Ada");
  await ada.joins("general");
  await holdWhatComesNext(ada.page);
  await ada.page.reload();
  await doNext(ada.page);
  await expect(ada.page.locator("html[data-live]")).toHaveCount(0);
  await ada.begins("React", "line 30");
  await ada.page.getByRole("group", { name: "React" }).getByText("👍").click();
  await expect(ada.screen.chip("👍")).toHaveText("👍 1");
});
