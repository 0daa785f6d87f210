// Rooms open without a network: keeps the newest page of each room that somebody used here,
// and the files that those pages name.
//
// The network comes first, always: a kept page shows only where nobody answers. What came
// after a page was made is put into it by the page itself (kept/reading.js).

/** Pages of rooms, as one person saw them. `reading.js` knows them by this name. */
const PAGES = "hubbub-pages";
/** Files named by their content. */
const FILES = "hubbub-files";
/** What is shown where no page is kept. */
const OFFLINE = "/offline.html";
/** A network that has not answered by then hangs, if there is a kept page to show. */
const HANGS_AFTER_MS = 4_000;
/** What has not come by then is not kept, and the next page has its turn. */
const KEPT_WITHIN_MS = 20_000;
const PAGES_KEPT = 50;
/** Whose page it is (server/pages.rs): the id of a person, 0 for a visitor. */
const PERSON = "hubbub-person";

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(FILES).then((files) => files.add(OFFLINE)));
});

addEventListener("activate", (event) => {
  // The browser asks for a page while it starts this worker, not afterwards.
  event.waitUntil(registration.navigationPreload?.enable());
  event.waitUntil(clients.claim());
});

addEventListener("message", (event) => {
  const { keep, forget } = event.data;
  if (keep) event.waitUntil(inTurn(() => fetchAndKeep(keep)));
  if (forget) event.waitUntil(forgotten(forget));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  const navigates = request.mode === "navigate";
  if (request.method === "POST" && navigates && url.pathname === "/me") {
    // A form without script: if it signs out, what was read goes.
    event.waitUntil(forgetIfSignedOut(request.clone()));
  }
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/pkg/")) event.respondWith(file(request));
  else if (navigates) event.respondWith(page(event, url));
});

/** @type {Promise<unknown>} */
let last = Promise.resolve();

/** One after the other: of two pages of a room the later one is kept. */
function inTurn(work) {
  last = last.then(work).catch(() => {});
  return last;
}

/**
 * A page, or all of them, is kept no more: at once, and again in turn, because one that is on
 * its way may have the old words. One that is asked for later comes after both.
 */
function forgotten(path) {
  const gone = async () =>
    path === true ? caches.delete(PAGES) : (await caches.open(PAGES)).delete(path);
  const first = gone().catch(() => {});
  return inTurn(() => first.then(gone));
}

const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const isRoom = ({ pathname, search }) => /^\/r\/[^/]+$/.test(pathname) && !search;

async function forgetIfSignedOut(request) {
  const form = new URLSearchParams(await request.text());
  if (form.get("do") === "sign_out") await forgotten(true);
}

/** Its address changes with its content: what is kept is right. */
async function file(request) {
  // Storage that does not work keeps nobody from reading: here and below.
  const files = await caches.open(FILES).catch(() => {});
  const kept = await files?.match(request.url);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await files?.put(request.url, answer.clone()).catch(() => {});
  return answer;
}

async function page(event, url) {
  const network = Promise.resolve(event.preloadResponse).then(
    (loaded) => loaded ?? fetch(event.request),
  );
  // Its turn is when it is asked for, like that of every page that is kept.
  const copy = network.then(
    (answer) => answer.clone(),
    () => {},
  );
  const came = Promise.race([copy, after(KEPT_WITHIN_MS)]);
  event.waitUntil(inTurn(async () => keep(url, await came)));
  const answered = network.then((answer) => (isAway(answer) ? undefined : answer));
  // It may fail before anybody waits for it.
  answered.catch(() => {});
  const kept = await keptPage(url).catch(() => {});
  const hangs = after(HANGS_AFTER_MS);
  const answer = await Promise.race(kept ? [answered, hangs] : [answered]).catch(() => {});
  // Where a proxy says that nobody is there, and no page is kept, it says what helps.
  return answer ?? kept ?? network.catch(offline);
}

/** A proxy says that nobody is there. */
const isAway = ({ status }) => status >= 502 && status <= 504;

async function keptPage(url) {
  const pages = await caches.open(PAGES);
  if (url.pathname !== "/") return isRoom(url) ? pages.match(url.pathname) : undefined;
  const home = "/r/general";
  return (await pages.match(home)) && Response.redirect(home);
}

async function fetchAndKeep(path) {
  const signal = AbortSignal.timeout(KEPT_WITHIN_MS);
  const answer = await fetch(path, { signal, headers: { accept: "text/html" } });
  await keep(new URL(answer.url), answer);
}

/** Keeps a page of a room with its files; a page of somebody else takes the others away. */
async function keep(url, answer) {
  const person = answer?.headers.get(PERSON);
  if (!answer?.ok || person === null) return;
  let pages = await caches.open(PAGES);
  const [first] = await pages.matchAll();
  if (first && first.headers.get(PERSON) !== person) {
    await caches.delete(PAGES);
    pages = await caches.open(PAGES);
  }
  if (!isRoom(url)) return;
  const { status, headers } = answer;
  const html = await Promise.race([answer.text(), after(KEPT_WITHIN_MS)]);
  if (html === undefined) return;
  const files = await caches.open(FILES);
  const missing = [];
  for (const name of named(html)) {
    const signal = AbortSignal.timeout(KEPT_WITHIN_MS);
    if (!(await files.match(name))) missing.push(new Request(name, { signal }));
  }
  await files.addAll(missing);
  await pages.put(url.pathname, new Response(html, { status, headers }));
  const known = await pages.keys();
  for (const old of known.slice(0, -PAGES_KEPT)) await pages.delete(old);
  await forgetFiles(pages, files);
}

/** The files of the program that a page names. */
const named = (html) => new Set(html.match(/\/pkg\/[\w./-]+/g));

/** Files that no kept page names belong to a version that is gone. */
async function forgetFiles(pages, files) {
  const wanted = new Set([OFFLINE]);
  for (const page of await pages.matchAll()) {
    for (const name of named(await page.text())) wanted.add(name);
  }
  for (const request of await files.keys()) {
    if (!wanted.has(new URL(request.url).pathname)) await files.delete(request);
  }
}

/** Says what helps, and which rooms can be read. */
async function offline() {
  const files = await caches.open(FILES);
  const pages = await caches.open(PAGES);
  const answer = await files.match(OFFLINE);
  if (!answer) return Response.error();
  const rooms = (await pages.keys()).map(({ url }) => new URL(url).pathname).sort();
  const link = (path) => `<li><a href="${path}"><bdi>#${nameOf(path)}</bdi></a></li>`;
  const html = await answer.text();
  const list = rooms.length > 0 ? `<ul>${rooms.map(link).join("")}</ul>` : "";
  return new Response(html.replace("<!-- rooms -->", list), {
    headers: answer.headers,
  });
}

/** A slug as people read it; it has neither quotes nor angles, which the address escapes. */
function nameOf(path) {
  const name = decodeURIComponent(path.slice("/r/".length));
  return name.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
