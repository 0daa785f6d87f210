// One column, rooms in a drawer, people in a sheet, targets large enough for a thumb.
import type { Locator } from "@playwright/test";
import { expect, test } from "../fixtures/test";
import { fillRoom, Guest } from "../fixtures/guest";

test.describe("on a phone", { tag: "@phone" }, () => {
  test("rooms are in a drawer that opens, leads and closes", async ({ person, server }) => {
    const guest = await Guest.joins(server.url, "general", "Guest");
    await guest.creates("garden");
    const ada = await person("Ada");
    await ada.joins("general");
    await expect(ada.screen.rooms).toBeHidden();
    await ada.screen.roomsButton.tap();
    await expect(ada.screen.rooms).toBeVisible();
    await ada.screen.roomLink("garden").tap();
    await expect(ada.screen.roomTitle).toHaveText(/garden/);
    await expect(ada.screen.rooms).toBeHidden();
  });

  test("the drawer closes by its button, by Escape and by a tap beside it", async ({ person }) => {
    const ada = await person("Ada");
    await ada.joins("general");
    for (const close of [
      () => ada.page.getByRole("button", { name: "Close rooms" }).tap(),
      () => ada.page.keyboard.press("Escape"),
      () => ada.page.touchscreen.tap(350, 400),
    ]) {
      await ada.screen.roomsButton.tap();
      await expect(ada.screen.rooms).toBeVisible();
      await close();
      await expect(ada.screen.rooms).toBeHidden();
    }
  });

  test("people are in a sheet, counted on its button", async ({ person }) => {
    const ada = await person("Ada");
    await ada.joins("general");
    await expect(ada.screen.peopleButton).toHaveText("1");
    await ada.screen.peopleButton.tap();
    await ada.seesOnline("Ada");
    await ada.page.getByRole("button", { name: "Close people" }).tap();
    await expect(ada.screen.people).toBeHidden();
  });

  test("everything to tap is at least 44 px", async ({ person, server }) => {
    await fillRoom(server.url, "general", 5);
    const ada = await person("Ada");
    await ada.joins("general");
    const small = await ada.page.evaluate(() => {
      const targets = [...document.querySelectorAll("button, summary, a.button, a.icon-button")];
      return targets.flatMap((target) => {
        const rect = target.getBoundingClientRect();
        const shown =
          target.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
          rect.width > 0;
        // Words inside a line of text may be smaller; what stands alone may not.
        const inline = getComputedStyle(target).display === "inline";
        if (!shown || inline) return [];
        // How far a finger may miss the middle: a target may reach beyond what is seen of it.
        const middle = { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 };
        const reach = (dx: number, dy: number) => {
          let far = 0;
          const hit = () => document.elementFromPoint(middle.x + far * dx, middle.y + far * dy);
          while (far < 44 && target.contains(hit())) far += 0.5;
          return far;
        };
        const width = reach(-1, 0) + reach(1, 0);
        const height = reach(0, -1) + reach(0, 1);
        if (width >= 43.5 && height >= 43.5) return [];
        return [`${target.outerHTML.slice(0, 80)} is ${width} x ${height}`];
      });
    });
    expect(small).toEqual([]);
  });

  test("what can be done to a message at the upper edge is in sight", async ({
    person,
    server,
  }) => {
    await fillRoom(server.url, "general", 20);
    const ada = await person("Ada");
    await ada.joins("general");
    const edge = (await ada.screen.timeline.boundingBox())?.y ?? 0;
    const isInSight = async (message: Locator, above: number) => {
      await message.evaluate(
        (one, top) => one.closest(".timeline")?.scrollBy(0, one.getBoundingClientRect().top - top),
        edge - above,
      );
      await ada.page.touchscreen.tap(120, edge + 6);
      const pill = message.locator(".message-actions");
      await expect(pill).toHaveCSS("opacity", "1");
      expect((await pill.boundingBox())?.y).toBeGreaterThanOrEqual(edge);
    };
    // The first has its author above it, the other one has not; each is higher than the screen.
    for (const name of ["first", "second"]) {
      await ada.screen.composer.fill(`${name}\n`.repeat(60));
      await ada.screen.sendButton.tap();
    }
    await expect(ada.screen.messages).toHaveCount(22);
    await isInSight(ada.screen.messages.nth(20), 300);
    await isInSight(ada.screen.messages.nth(21), 300);
    await isInSight(ada.screen.messages.nth(10), 8);
  });

  test("the composer stays above the keyboard", async ({ person, server }) => {
    await fillRoom(server.url, "general", 30);
    const ada = await person("Ada");
    await ada.joins("general");
    // The keyboard takes the lower part: `interactive-widget=resizes-content`.
    await ada.page.setViewportSize({ width: 360, height: 400 });
    await ada.screen.composer.tap();
    await expect(ada.screen.composer).toBeInViewport({ ratio: 1 });
    await expect(ada.screen.sendButton).toBeInViewport({ ratio: 1 });
    await expect(ada.screen.message("line 30")).toBeInViewport();
  });

  test("a long press shows what can be done with a message", async ({ person }) => {
    const ada = await person("Ada");
    await ada.joins("general");
    await ada.posts("press me");
    // Until then it is drawn by what waits, and again where it belongs.
    await ada.knowsItIsSent("press me");
    const actions = ada.screen.message("press me").getByRole("button", { name: "Copy text" });
    const place = await ada.screen.message("press me").boundingBox();
    const session = await ada.context.newCDPSession(ada.page);
    const point = { x: (place?.x ?? 0) + 80, y: (place?.y ?? 0) + 20 };
    await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [point] });
    await expect(actions).toBeInViewport();
    await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await expect(actions).toBeInViewport();
  });
});
