// The watches see what they are there for; otherwise every other test here is worth less.
import { expect, test, type BrowserContext } from "@playwright/test";
import { createServer, type Server } from "node:http";
import { once } from "node:events";
import { expectAccessible } from "../fixtures/axe";
import { expectNoLayoutShift, measureLayoutShift } from "../fixtures/layout-shift";
import { Mishaps } from "../fixtures/mishaps";
import { expectHydrationEqual, rememberHydration } from "../fixtures/served-text";

const PAGES: Record<string, string> = {
  "/fine": `<p>All is well.</p>`,
  "/throws": `<script nonce="n">setTimeout(() => { throw new Error("a broken thing") });</script>`,
  "/complains": `<script nonce="n">console.error("a complaint")</script>`,
  "/asks-elsewhere": `<script nonce="n">fetch("http://example.invalid/").catch(() => {})</script>`,
  "/blocked": `<p>A script without the nonce follows.</p><script>document.title = "ran"</script>`,
  "/missing-part": `<img src="/nowhere.png" alt="">`,
  "/shifts": `<div id="above"></div><p style="height: 300px">Read me</p>
    <script nonce="n">requestAnimationFrame(() => setTimeout(() => {
      document.getElementById("above").style.height = "200px";
      document.documentElement.dataset.done = "";
    }, 100))</script>`,
  "/unlabelled": `<main><h1>Form</h1><input type="text"></main>`,
  "/same": `<p>Hello Ada</p><script nonce="n">document.documentElement.dataset.live = ""</script>`,
  "/differs": `<p>Hello Ada</p><script nonce="n">
    document.querySelector("p").textContent = "Hello Bo";
    document.documentElement.dataset.live = "";</script>`,
};

let server: Server;
let context: BrowserContext;
let mishaps: Mishaps;

test.beforeEach(async ({ browser }) => {
  server = createServer((request, response) => {
    const body = PAGES[request.url ?? ""];
    response.writeHead(body ? 200 : 404, {
      "content-type": "text/html",
      "content-security-policy": "script-src 'nonce-n'",
    });
    response.end(
      `<!doctype html><html lang="en"><title>t</title><link rel="icon" href="data:,">${body}`,
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  context = await browser.newContext({ baseURL: `http://127.0.0.1:${address.port}` });
  mishaps = new Mishaps();
  mishaps.watchPages(context, "Ada");
  await mishaps.watchPolicy(context, "Ada");
  await measureLayoutShift(context);
  await rememberHydration(context);
});

test.afterEach(async () => {
  await context.close();
  server.close();
});

test("a page without faults reports nothing", async () => {
  const page = await context.newPage();
  await page.goto("/fine", { waitUntil: "networkidle" });
  await expectNoLayoutShift(page);
  expect(mishaps.unexpected).toEqual([]);
});

for (const [path, found] of [
  ["/throws", /page error: Error: a broken thing/],
  ["/complains", /console: a complaint/],
  ["/asks-elsewhere", /third party: http:\/\/example\.invalid/],
  ["/blocked", /content security policy: script-src-elem inline/],
  ["/missing-part", /console: .*404/],
] as const) {
  test(`${path} is reported`, async () => {
    const page = await context.newPage();
    await page.goto(path);
    await expect.poll(() => mishaps.unexpected.join("\n")).toMatch(found);
  });
}

test("what a test expects is not reported", async () => {
  mishaps.expect(/a complaint/, "this test provokes it");
  const page = await context.newPage();
  const told = page.waitForEvent("console");
  await page.goto("/complains");
  await told;
  expect(mishaps.unexpected).toEqual([]);
});

test("a layout shift is measured", async () => {
  const page = await context.newPage();
  await page.goto("/shifts");
  await page.locator("html[data-done]").waitFor();
  await expect(expectNoLayoutShift(page)).rejects.toThrow(/layout shifts/);
});

test("an unlabelled field is an accessibility violation", async () => {
  const page = await context.newPage();
  await page.goto("/unlabelled");
  await expect(expectAccessible(page)).rejects.toThrow(/label/);
});

test("equal texts pass and different ones do not", async () => {
  const page = await context.newPage();
  await expectHydrationEqual(page, "/same");
  await expect(expectHydrationEqual(page, "/differs")).rejects.toThrow(/after hydration/);
});
