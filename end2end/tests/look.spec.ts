// Every state, in every project: no accessibility violation, nothing wider than the window.
import { expect, test } from "../fixtures/test";
import { expectAccessible } from "../fixtures/axe";
import { STATES, SETTINGS } from "../fixtures/states";
import { fillRoom, Guest } from "../fixtures/guest";
import type { Page } from "@playwright/test";

test.use({ settings: SETTINGS });

async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const over = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  expect(over, "pixels that stick out sideways").toBeLessThanOrEqual(0);
}

test.describe("states", { tag: ["@phone", "@dark"] }, () => {
  for (const { name, arrange } of STATES) {
    test(`${name} is accessible and fits`, async ({ person, server, network, mishaps }) => {
      test.slow();
      const ada = await person("Ada", { through: network });
      await arrange({ ada, server, network, mishaps });
      await expectNoSidewaysScroll(ada.page);
      await expectAccessible(ada.page);
    });
  }
});

test("it fits from 320 px to 4K", async ({ person, server }) => {
  await fillRoom(server.url, "general", 30, (number) => `${number} ${"long".repeat(number * 4)}`);
  const ada = await person("Ada");
  await ada.joins("general");
  for (const width of [320, 360, 768, 1024, 1440, 3840]) {
    await ada.page.setViewportSize({ width, height: 900 });
    await expectNoSidewaysScroll(ada.page);
    await expect(ada.screen.composer).toBeInViewport();
  }
});

test("it works with text twice as large", async ({ person, server }) => {
  await fillRoom(server.url, "general", 10);
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.page.setViewportSize({ width: 1280, height: 900 });
  const session = await ada.context.newCDPSession(ada.page);
  await session.send("Emulation.setDeviceMetricsOverride", {
    width: 640,
    height: 450,
    deviceScaleFactor: 2,
    mobile: false,
  });
  await expectNoSidewaysScroll(ada.page);
  await expect(ada.screen.composer).toBeInViewport();
  await ada.says("still fine");
});

test("the theme follows the system", { tag: "@dark" }, async ({ person }) => {
  const ada = await person("Ada");
  await ada.opens("general");
  const ground = () =>
    ada.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await ada.page.emulateMedia({ colorScheme: "light" });
  const light = await ground();
  await ada.page.emulateMedia({ colorScheme: "dark" });
  expect(await ground()).not.toBe(light);
});

test("what people write runs in its own direction", async ({ person, server }) => {
  const writer = await Guest.joins(server.url, "general", "يوسف");
  await writer.says("general", "صباح الخير");
  await writer.says("general", "good morning");
  const ada = await person("Ada");
  await ada.opens("general");
  const direction = (text: string) =>
    ada.screen
      .message(text)
      .locator(".message-body > *")
      .evaluate((block) => getComputedStyle(block).direction);
  expect(await direction("صباح الخير")).toBe("rtl");
  expect(await direction("good morning")).toBe("ltr");
});

test("a page turned right-to-left mirrors and fits", async ({ person, server }) => {
  await fillRoom(server.url, "general", 10);
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.page.evaluate(() => (document.documentElement.dir = "rtl"));
  await expectNoSidewaysScroll(ada.page);
  const rooms = await ada.screen.rooms.boundingBox();
  const people = await ada.screen.people.boundingBox();
  expect(rooms?.x ?? 0).toBeGreaterThan(people?.x ?? 0);
});

test("who asks for less motion gets none", async ({ person }) => {
  const ada = await person("Ada", { reducedMotion: "reduce" });
  await ada.joins("general");
  await ada.says("hello");
  const moving = await ada.page.evaluate(
    () => document.getAnimations().filter(({ playState }) => playState === "running").length,
  );
  expect(moving).toBe(0);
});

test("the first stop of the Tab key leads past the rooms", async ({ person }) => {
  const ada = await person("Ada");
  await ada.opens("general");
  await ada.page.keyboard.press("Tab");
  await expect(ada.page.getByRole("link", { name: "Skip to messages" })).toBeFocused();
  await ada.page.keyboard.press("Enter");
  await expect(ada.screen.timeline).toBeFocused();
});

test("the focus is always visible", async ({ person }) => {
  const ada = await person("Ada");
  // What fades in would be measured before it is there.
  await ada.page.emulateMedia({ reducedMotion: "reduce" });
  await ada.joins("general");
  await ada.says("hello");
  // A fresh page: the Tab key begins at its top.
  await ada.reloads();
  // What an element and what it stands in look like: focused, it must look different.
  const looks = (element: Element) =>
    [element, element.parentElement, element.parentElement?.parentElement].map((part) => {
      if (!part) return "";
      const style = getComputedStyle(part);
      return `${style.outline} ${style.boxShadow} ${style.clipPath} ${style.borderColor}`;
    });
  await ada.page.keyboard.press("Tab");
  for (let stop = 0; stop < 12; stop += 1) {
    const focused = await ada.page.evaluateHandle(() => document.activeElement ?? document.body);
    const what = await focused.evaluate((element) => element.outerHTML.slice(0, 120));
    expect(what, `stop ${stop + 1} of the Tab key is somewhere`).not.toMatch(/^<body/);
    const inFocus = await focused.evaluate(looks);
    // The Tab key goes on from where the focus was.
    await focused.evaluate((element) => (element as HTMLElement).blur());
    expect(await focused.evaluate(looks), `${what} shows the focus`).not.toEqual(inFocus);
    await ada.page.keyboard.press("Tab");
  }
});
