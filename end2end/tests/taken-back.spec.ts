// "What was taken back is gone": also from what this browser keeps for times without a network.
import { BROKEN_NETWORK } from "../fixtures/expected";
import { keptWords } from "../fixtures/kept";
import type { Person } from "../fixtures/person";
import type { Proxy } from "../fixtures/proxy";
import { expect, test } from "../fixtures/test";

test.beforeEach(({ mishaps }) => {
  mishaps.expect(BROKEN_NETWORK, "there is no network on purpose");
});

const REGRETTED = /regretted (early|late)/;

/** Ada's browser keeps words of Bo, in a page and in what came after it. */
async function keepsRegretted(ada: Person, bo: Person): Promise<void> {
  await bo.joins("general");
  await bo.createsRoom("garden");
  await bo.says("regretted early");
  await bo.knowsItIsSent("regretted early");
  await ada.joins("general");
  await ada.opens("garden");
  await ada.canReadOffline("garden");
  await bo.says("regretted late");
  await ada.sees("regretted early", "regretted late");
  await expect
    .poll(() => keptWords(ada.page, REGRETTED))
    .toEqual(["regretted early", "regretted late"]);
}

async function regrets(bo: Person): Promise<void> {
  for (const text of ["regretted early", "regretted late"]) {
    await bo.deletes(text);
    await expect(bo.screen.message(text)).toHaveCount(0);
  }
  await expect(bo.page.locator("[data-state=pending]")).toHaveCount(0);
}

const keepsNothing = (who: Person) => expect.poll(() => keptWords(who.page, REGRETTED)).toEqual([]);

const away = async (who: Person, network: Proxy) => {
  await who.goesOffline(network);
  await who.closesTab();
};

for (const { into, returns } of [
  {
    into: "another room",
    returns: async (ada: Person, network: Proxy) => {
      await network.accept();
      await ada.context.setOffline(false);
      await ada.opensAnotherTab("general");
    },
  },
  {
    into: "the same room",
    returns: async (ada: Person, network: Proxy) => {
      await network.accept();
      await ada.context.setOffline(false);
      await ada.opensAnotherTab("garden");
    },
  },
  {
    into: "its kept page",
    returns: async (ada: Person, network: Proxy) => {
      await ada.opensAnotherTab("garden");
      await ada.sees("regretted early", "regretted late");
      await ada.comesBack(network);
    },
  },
]) {
  test(`words deleted while a browser was away are not in it once it is back in ${into}`, async ({
    person,
    network,
  }) => {
    const ada = await person("Ada", { through: network });
    const bo = await person("Bo");
    await keepsRegretted(ada, bo);
    await away(ada, network);
    await regrets(bo);
    await returns(ada, network);
    await keepsNothing(ada);
  });
}

test("a page that was away forgets what was deleted in a room that it does not show", async ({
  person,
  network,
}) => {
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await keepsRegretted(ada, bo);
  await ada.opens("general");
  await ada.isConnected();
  await ada.goesOffline(network);
  expect(await keptWords(ada.page, REGRETTED)).toHaveLength(2);
  await regrets(bo);
  await ada.comesBack(network);
  await keepsNothing(ada);
});

test("a connected page hears what is deleted in a room that it does not show", async ({
  person,
  network,
}) => {
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await keepsRegretted(ada, bo);
  await ada.opens("general");
  await ada.isConnected();
  await regrets(bo);
  await keepsNothing(ada);
});

test("a room that begins anew leaves nothing of before", async ({ person, network, server }) => {
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await keepsRegretted(ada, bo);
  await ada.goesOffline(network);
  await regrets(bo);
  await server.stop();
  await server.start("--restored");
  await ada.comesBack(network);
  await keepsNothing(ada);
});

test("what a message said before an edit is kept no more", async ({ person, network }) => {
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await keepsRegretted(ada, bo);
  await bo.edits("regretted early", "thought over");
  await bo.edits("regretted late", "thought better");
  await ada.sees("thought over", "thought better");
  await keepsNothing(ada);
  await expect.poll(() => keptWords(ada.page, /thought better/)).toHaveLength(1);
});

test("a quiet room stays readable without a network, whatever room was opened since", async ({
  person,
  network,
}) => {
  const ada = await person("Ada", { through: network });
  const bo = await person("Bo");
  await keepsRegretted(ada, bo);
  await ada.opens("general");
  await ada.isConnected();
  await ada.reloads();
  await ada.isConnected();
  await away(ada, network);
  await ada.opensAnotherTab("garden");
  await ada.readsInOrder(["regretted early", "regretted late"]);
});

for (const { loaded, load } of [
  {
    loaded: "the service worker",
    load: async (ada: Person) => {
      await ada.opens("general");
      await ada.isConnected();
      await ada.goesTo("garden");
    },
  },
  {
    loaded: "another tab",
    load: async (ada: Person) => {
      const tab = await ada.context.newPage();
      // What the browser itself asks for, before the worker does, cannot be held up here.
      await ada.page.evaluate(async () => {
        await (await navigator.serviceWorker.ready).navigationPreload.disable();
      });
      tab.goto("/r/garden").catch(() => {});
    },
  },
]) {
  test(`a page that ${loaded} was loading when its words were deleted is not kept`, async ({
    person,
    network,
  }) => {
    const ada = await person("Ada", { through: network });
    const bo = await person("Bo");
    // Pages are asked for anew some time later, by chance: here at once.
    await ada.context.addInitScript(() => (Math.random = () => 0));
    await keepsRegretted(ada, bo);
    let asked = 0;
    let arrives = () => {};
    const isOnItsWay = new Promise<void>((resolve) => (arrives = resolve));
    await ada.context.route("**/r/garden", async (route) => {
      const response = await route.fetch();
      asked += 1;
      if (asked === 1) await isOnItsWay;
      await route.fulfill({ response });
    });
    await load(ada);
    await expect.poll(() => asked).toBe(1);
    await regrets(bo);
    // What was kept goes at once, the page on its way as soon as it is here.
    await keepsNothing(ada);
    // Nothing came before it in its turn.
    expect(asked).toBe(1);
    arrives();
    // The worker has done with that page when it asks for the next.
    await expect.poll(() => asked).toBeGreaterThan(1);
    expect(await keptWords(ada.page, REGRETTED)).toEqual([]);
    await ada.canReadOffline("garden");
    expect(await keptWords(ada.page, REGRETTED)).toEqual([]);
  });
}
