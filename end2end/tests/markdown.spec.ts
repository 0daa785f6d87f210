// "Markdown subset ... everything escaped", the same from the socket and from the server.
import type { Locator } from "@playwright/test";
import { expect, test } from "../fixtures/test";

const CASES: { what: string; written: string; selector: string; text: string }[] = [
  { what: "bold", written: "so **very** good", selector: "strong", text: "very" },
  { what: "slanted", written: "so _very_ good", selector: "em", text: "very" },
  { what: "struck", written: "so ~~bad~~ good", selector: "del", text: "bad" },
  { what: "code", written: "run `make test` now", selector: "code", text: "make test" },
  {
    what: "a code block",
    written: "```rust\nfn main() {}\n```",
    selector: "pre code",
    text: "fn main() {}",
  },
  { what: "a quote", written: "> said before", selector: "blockquote", text: "said before" },
  { what: "a list", written: "- tea\n- cake", selector: "ul > li:nth-child(2)", text: "cake" },
  { what: "a numbered list", written: "1. first\n2. then", selector: "ol > li", text: "first" },
  {
    what: "a link",
    written: "see [the book](https://example.org/book)",
    selector: 'a[href="https://example.org/book"][rel~="noopener"][rel~="nofollow"]',
    text: "the book",
  },
  {
    what: "a bare address",
    written: "see https://example.org/a_b_c today",
    selector: 'a[href="https://example.org/a_b_c"][rel~="noopener"][rel~="nofollow"]',
    text: "https://example.org/a_b_c",
  },
  {
    what: "a mail address",
    written: "write to [me](mailto:ada@example.org)",
    selector: 'a[href="mailto:ada@example.org"]',
    text: "me",
  },
];

/** The HTML of an element, whichever order its attributes were written in. */
async function markupOf(body: Locator): Promise<string> {
  return body.evaluate((body) => {
    const copy = body.cloneNode(true) as Element;
    for (const element of copy.querySelectorAll("*")) {
      const attributes = [...element.attributes].sort((a, b) => (a.name < b.name ? -1 : 1));
      for (const { name } of attributes) element.removeAttribute(name);
      for (const { name, value } of attributes) element.setAttribute(name, value);
    }
    return copy.innerHTML.replace(/<!--.*?-->/g, "");
  });
}

for (const { what, written, selector, text } of CASES) {
  test(`${what} looks the same at once, for others and after a reload`, async ({ person }) => {
    const ada = await person("Ada");
    const bo = await person("Bo");
    await bo.joins("general");
    await ada.joins("general");
    await ada.screen.composer.fill(written);
    await ada.screen.composer.press("Enter");
    for (const reader of [ada, bo]) {
      await expect(reader.screen.bodies.locator(selector).first()).toHaveText(text);
    }
    const echo = await markupOf(ada.screen.bodies);
    expect(await markupOf(bo.screen.bodies)).toBe(echo);
    await bo.reloads();
    await expect(bo.screen.bodies.locator(selector).first()).toHaveText(text);
    expect(await markupOf(bo.screen.bodies)).toBe(echo);
  });
}

test("links to scripts and data are no links", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  for (const target of [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "//example.org",
  ]) {
    await ada.screen.composer.fill(`[press me](${target})`);
    await ada.screen.composer.press("Enter");
    await expect(ada.screen.composer).toHaveValue("");
  }
  await expect(ada.screen.bodies).toHaveCount(6);
  await expect(ada.screen.bodies.locator("a")).toHaveCount(0);
});

test("pictures and HTML are shown as they were written", async ({ person }) => {
  const ada = await person("Ada");
  await ada.joins("general");
  await ada.screen.composer.fill("![a cat](https://example.org/cat.png) <b>bold?</b>");
  await ada.screen.composer.press("Enter");
  await expect(ada.screen.bodies).toHaveCount(1);
  await expect(ada.screen.bodies.locator("img, b")).toHaveCount(0);
  await expect(ada.screen.bodies).toContainText("<b>bold?</b>");
});

test("code can be copied", async ({ person }) => {
  const ada = await person("Ada", { permissions: ["clipboard-read", "clipboard-write"] });
  await ada.joins("general");
  await ada.screen.composer.fill("```\nlet x = 1;\n```");
  await ada.screen.composer.press("Enter");
  await ada.screen.bodies.locator("pre").hover();
  await ada.screen.bodies.getByRole("button", { name: /copy/i }).click();
  await expect
    .poll(() => ada.page.evaluate(() => navigator.clipboard.readText()))
    .toBe("let x = 1;");
});

test("code can be copied where browsers keep the clipboard from pages", async ({ person }) => {
  const ada = await person("Ada");
  // As on http://192.168.0.7:3000: pages of insecure origins have no such object.
  await ada.context.addInitScript(() => {
    Object.defineProperty(Navigator.prototype, "clipboard", { value: undefined });
  });
  await ada.joins("general");
  await ada.screen.composer.fill("```\nlet x = 1;\n```");
  await ada.screen.composer.press("Enter");
  await expect(ada.page.locator("[data-state=pending]")).toHaveCount(0);
  await ada.screen.bodies.locator("pre").hover();
  const copy = ada.screen.bodies.locator("button");
  await copy.click();
  await expect(copy).toHaveText("Copied", { useInnerText: true });
  await ada.screen.composer.focus();
  await ada.page.keyboard.press("ControlOrMeta+V");
  await expect(ada.screen.composer).toHaveValue("let x = 1;");
});
