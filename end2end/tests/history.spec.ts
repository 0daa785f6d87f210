// "Older pages load when scrolling up, the position holds still." "Scroll follows new
// messages only when at the end; otherwise a button counts them."
import { expect, test } from "../fixtures/test";
import { fillRoom, Guest } from "../fixtures/guest";
import type { Person } from "../fixtures/person";
import { numbered } from "../fixtures/texts";

/** Turns the wheel over the timeline; negative is up. */
async function scrolls(who: Person, pixels: number): Promise<void> {
  await who.screen.timeline.hover();
  await who.page.mouse.wheel(0, pixels);
}

/** Where a message stands, in pixels from the top of the window. */
async function placeOf(who: Person, text: string): Promise<number> {
  return who.screen.message(text).evaluate((message) => message.getBoundingClientRect().top);
}

/** The same once nothing moves any more. */
async function restingPlaceOf(who: Person, text: string): Promise<number> {
  let last = Number.NaN;
  await expect(async () => {
    const now = await placeOf(who, text);
    const moved = now !== last;
    last = now;
    expect(moved, `${text} is still moving`).toBe(false);
  }).toPass({ intervals: [50] });
  return last;
}

/** Browsers round places to whole pixels; less than one is no movement. */
function expectStill(before: number, now: number): void {
  expect(Math.abs(now - before), "pixels moved").toBeLessThan(1);
}

const atTheEnd = (who: Person) =>
  who.screen.timeline.evaluate((timeline) => Math.abs(timeline.scrollTop) < 4);

test("the page arrives with the last 50 events, at the end", async ({ person, server }) => {
  await fillRoom(server.url, "general", 120);
  const ada = await person("Ada");
  await ada.opens("general");
  await expect(ada.screen.message("line 120")).toBeInViewport();
  await expect(ada.screen.message("line 60")).toHaveCount(0);
  expect(await ada.screen.messages.count()).toBeLessThanOrEqual(50);
});

test("scrolling up brings older messages until where it began, each once", async ({
  person,
  server,
}) => {
  await fillRoom(server.url, "general", 120);
  const ada = await person("Ada");
  await ada.opens("general");
  await expect(async () => {
    await scrolls(ada, -4_000);
    await expect(ada.screen.message("line 1")).toHaveCount(1, { timeout: 500 });
  }).toPass({ timeout: 15_000 });
  await expect(ada.page.getByText("This is where it began")).toHaveCount(1);
  await ada.readsInOrder(numbered(120));
});

test("what one reads holds still while older messages come", async ({
  person,
  server,
  network,
}) => {
  await fillRoom(server.url, "general", 120);
  const ada = await person("Ada", { through: network });
  await ada.opens("general");
  await ada.isConnected();
  const oldest = await ada.screen.messages.first().getAttribute("id");
  // Slow enough that the wheel has come to rest before the older messages arrive.
  network.delay(1_500, "down");
  await scrolls(ada, -10_000);
  const reading = (await ada.screen.bodies.nth(2).innerText()).trim();
  const before = await restingPlaceOf(ada, reading);
  expect(await ada.screen.messages.first().getAttribute("id")).toBe(oldest);

  await expect(ada.screen.messages.first()).not.toHaveAttribute("id", oldest ?? "");
  expectStill(before, await restingPlaceOf(ada, reading));
});

test("choosing a name while reading the past keeps one's place", async ({ person, server }) => {
  await fillRoom(server.url, "general", 120);
  const ada = await person("Ada");
  await ada.opens("general");
  await ada.isConnected();
  await scrolls(ada, -20_000);
  await expect(ada.screen.message("line 30")).toBeAttached();
  await ada.screen.message("line 40").scrollIntoViewIfNeeded();
  await ada.joinsAs("Ada");
  await expect(ada.screen.composer).toBeVisible();
  await ada.isConnected();
  await expect(ada.screen.message("line 40")).toBeInViewport();
  await expect(ada.screen.message("line 30")).toBeAttached();
});

test("a crowd that joined hides nothing of what was said before", async ({ person, server }) => {
  await fillRoom(server.url, "general", 20);
  const ada = await person("Ada");
  await ada.joins("general");
  // Comings and goings merge into one line, so the newest page is far from filling the screen.
  const names = Array.from({ length: 55 }, (_, number) => `Guest ${number}`);
  await Promise.all(names.map((name) => Guest.joins(server.url, "general", name)));
  await ada.reloads();
  await expect(ada.screen.message("line 20")).toBeVisible();
  await expect(ada.screen.message("line 1")).toBeAttached();
});

test("at the end the timeline follows what comes", async ({ person, server }) => {
  await fillRoom(server.url, "general", 60);
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await bo.says("newest");
  await expect(ada.screen.message("newest")).toBeInViewport();
  expect(await atTheEnd(ada)).toBe(true);
  await expect(ada.screen.jump).toBeHidden();
});

test("while one reads above, nothing moves and a button counts", async ({ person, server }) => {
  await fillRoom(server.url, "general", 60);
  const ada = await person("Ada");
  const bo = await person("Bo");
  await ada.joins("general");
  await bo.joins("general");
  await scrolls(ada, -900);
  await expect.poll(() => atTheEnd(ada)).toBe(false);
  const reading = await ada.screen.beingRead();
  const before = await restingPlaceOf(ada, reading);

  for (const text of ["one", "two", "three"]) await bo.says(text);
  await expect(ada.screen.jump).toHaveText(/3 new messages/);
  expectStill(before, await placeOf(ada, reading));

  await ada.screen.jump.click();
  await expect(ada.screen.message("three")).toBeInViewport();
  await expect(ada.screen.jump).toBeHidden();
  expect(await atTheEnd(ada)).toBe(true);
});

test("one's own message leads back to the end", async ({ person, server }) => {
  await fillRoom(server.url, "general", 60);
  const ada = await person("Ada");
  await ada.joins("general");
  await scrolls(ada, -900);
  await expect.poll(() => atTheEnd(ada)).toBe(false);
  await ada.says("mine");
  await expect(ada.screen.message("mine")).toBeInViewport();
});

test("an address into the past shows the past, and the way back", async ({ person, server }) => {
  await fillRoom(server.url, "general", 120);
  const ada = await person("Ada");
  await ada.visits("/r/general?before=60");
  await expect(ada.screen.message("line 120")).toHaveCount(0);
  await ada.page.getByRole("link", { name: "Back to now" }).click();
  await expect(ada.screen.message("line 120")).toBeInViewport();
});

test("pages of the past lead from one to the next", async ({ person, server }) => {
  await fillRoom(server.url, "general", 120);
  const ada = await person("Ada");
  await ada.visits("/r/general?before=110");
  await expect(ada.screen.message("line 100")).toBeVisible();
  await ada.page.getByRole("link", { name: "Older messages" }).click();
  await expect(ada.screen.message("line 40")).toBeVisible();
  await expect(ada.screen.message("line 100")).toHaveCount(0);
  await ada.isAlive();
  await ada.page.getByRole("link", { name: "Newer messages" }).click();
  await expect(ada.screen.message("line 100")).toBeVisible();
});

for (const how of ["Enter", "the button"]) {
  test(`what one says beside the past with ${how} is said now`, async ({ person, server }) => {
    await fillRoom(server.url, "general", 80);
    const ada = await person("Ada");
    await ada.joins("general");
    await ada.visits("/r/general?before=40");
    await ada.screen.composer.fill("about that");
    if (how === "Enter") await ada.page.keyboard.press("Enter");
    else await ada.screen.sendButton.click();
    await expect(ada.screen.message("about that")).toBeInViewport();
    await expect(ada.screen.message("line 80")).toBeInViewport();
    expect(new URL(ada.page.url()).search).toBe("");
  });
}

test("the composer growing does not cover the last message", async ({ person, server }) => {
  await fillRoom(server.url, "general", 60);
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.screen.composer.fill("a\n".repeat(12));
  await expect(ada.screen.message("line 60")).toBeInViewport({ ratio: 0.9 });
});

test("of a long conversation the newest part stays on the page, and the rest comes back", async ({
  person,
  server,
}) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await fillRoom(server.url, "general", 480);
  await ada.sees("line 480");
  // Eight pages of fifty (`PAGES_SHOWN`).
  await expect.poll(() => ada.screen.bodies.count()).toBeLessThanOrEqual(400);
  const order = async () => {
    const lines = await ada.screen.bodies.allTextContents();
    return lines.map((line) => Number(line.replace("line ", "")));
  };
  const [first = 0] = await order();
  expect(first).toBeGreaterThan(1);
  await expect
    .poll(async () => {
      await ada.screen.timeline.evaluate((list) => list.scrollTo(0, -list.scrollHeight));
      return (await order())[0];
    })
    .toBe(1);
  expect(await order()).toEqual(Array.from({ length: 480 }, (_, index) => index + 1));
});

test("what is selected stays selected while older messages go", async ({ person, server }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await fillRoom(server.url, "general", 340);
  await ada.sees("line 340");
  const shown = await ada.screen.bodies.count();
  expect(shown).toBe(340);
  const newest = ada.screen.message("line 340");
  await newest.locator(".message-body").selectText();
  await newest.evaluate((row) => Object.assign(window, { __row: row }));
  for (const name of ["Eve", "Fay", "Gil"]) {
    const guest = await Guest.joins(server.url, "general", name);
    for (let number = 1; number <= 20; number += 1) await guest.says("general", `I, ${name}`);
  }
  await expect.poll(() => ada.screen.bodies.count()).toBeLessThan(shown);
  expect(await ada.page.evaluate(() => String(getSelection()).trim())).toBe("line 340");
  expect(await newest.evaluate((row) => Object.is(row, Reflect.get(window, "__row")))).toBe(true);
});
