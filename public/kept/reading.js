// What was read stays readable: the service worker keeps the page of each room in use, and
// here is kept what came since. A kept page goes on from there.
//
// What was deleted or written anew is kept nowhere: where this browser hears of it, and where
// it may have missed it, the page and the events of the room go, and the page is asked for anew.

import { owner, transaction, tried } from "./storage.js";

/** The newest events of a room that are kept. As many after a page, and it is kept anew. */
const EVENTS_KEPT = 200;
/** Rooms of which events are kept; those that changed last stay. */
const ROOMS_KEPT = 50;
/** Pages of rooms that are not open are asked for again in so many, those in use last. */
const ROOMS_RENEWED = 10;
/** Events are gathered for so long before they are kept. */
const GATHERED_MS = 500;
/** Pages that many keep anew for the same reason are asked for over this time. */
const SPREAD_MS = 30_000;
/** The pages that the service worker keeps (service-worker.js). */
const PAGES = "hubbub-pages";

/**
 * @typedef {{
 *   seq: number, by: number,
 *   what: { kind: string, cid?: string, of?: number, text?: string, deleted?: boolean },
 * }} Event
 * @typedef {{ id: number }} Person
 * @typedef {{
 *   room: { id: number, slug: string }, head: number, events: Event[], people: Person[],
 * }} Snapshot
 *
 * @typedef {{ slug: string, epoch: string, person: number, last: number, events: Event[],
 *   people: Person[], at: number }} Kept
 *
 * @typedef {object} Room
 * @property {number} id
 * @property {string} slug
 * @property {number} last the newest event known without a gap
 * @property {Event[]} events the newest, without a gap
 * @property {Map<number, Person>} people whom they name
 * @property {number} since how many came since its page was kept
 * @property {boolean} isNew whether some are not kept yet
 */

/** @type {Map<number, Room>} */
const rooms = new Map();
/** The slug of every room, by its id. @type {Map<number, string>} */
const slugs = new Map();
let epoch = "";
/** @type {ReturnType<typeof setTimeout> | undefined} */
let soon;

/** @param {string} slug */
const path = (slug) => encodeURI(`/r/${slug}`);

/**
 * A room as the server describes it.
 * @param {Snapshot} snapshot
 * @param {"page" | "opened" | "reset"} how
 */
export function begins({ room: { id, slug }, head }, how) {
  if (how === "reset" || !rooms.has(id)) {
    const none = { events: [], people: new Map(), since: 0, isNew: false };
    const room = { id, slug, last: head, ...none };
    rooms.set(id, room);
    if (how !== "page") {
      changed(room);
      forgetPage(slug);
    }
  }
  // The worker keeps the pages that it loads itself.
  if (how === "reset") keepPageSoon(slug);
  else if (how !== "page" || !navigator.serviceWorker?.controller) keepPage(slug);
}

/** What is kept of a room is about to be another. */
function changed(/** @type {Room} */ room) {
  room.isNew = true;
  soon ??= setTimeout(save, GATHERED_MS);
}

/**
 * Events came into a room.
 * @param {number} id
 * @param {Event[]} events
 * @param {Person[]} people
 */
export function heard(id, events, people) {
  const room = rooms.get(id);
  const slug = slugs.get(id);
  if (!room && slug && events.some(changesWords)) {
    renew(slug, events.at(-1)?.seq ?? 0, keepPageSoon);
  }
  if (!room) return;
  for (const event of events) {
    // A gap: it is asked for, and what comes then fits.
    if (event.seq > room.last + 1) break;
    if (event.seq <= room.last) continue;
    room.last = event.seq;
    room.events.push(event);
    if (changesWords(event)) changeWords(room, event);
    room.since += 1;
    changed(room);
  }
  for (const person of people) room.people.set(person.id, person);
  room.events.splice(0, room.events.length - EVENTS_KEPT);
  if (room.since >= EVENTS_KEPT) keepPage(room.slug);
}

/** @param {Event} event */
const changesWords = ({ what: { kind } }) => kind === "deleted" || kind === "edited";

/**
 * Words that were deleted or written anew are not kept as they were.
 * @param {Room} room
 * @param {Event} event
 */
function changeWords({ slug, events }, { what: { kind, of, text = "" } }) {
  for (const { seq, what } of events) {
    if (seq !== of && (what.kind !== "edited" || what.of !== of)) continue;
    what.text = text;
    if (seq === of && kind === "deleted") what.deleted = true;
  }
  forgetPage(slug);
  keepPageSoon(slug);
}

/** By the worker: it knows which pages are on their way, and keeps what is asked for later. */
function forgetPage(/** @type {string} */ slug) {
  tellWorker({ forget: path(slug) });
}

/**
 * What is kept of a room that is not open here may have words that are no more: it goes, and
 * the page is asked for again, which reaches as far as the room does now. Until it is here the
 * record says that it is missing.
 * @param {string} slug
 * @param {number} last
 * @param {(slug: string) => void} ask
 */
async function renew(slug, last, ask) {
  const kept = await transaction("readonly", "rooms", (store) => store.getAllKeys());
  // It is gone before anything says so.
  const hadPage = await tried(async () => (await caches.open(PAGES)).delete(path(slug)));
  forgetPage(slug);
  if (!hadPage && !kept?.includes(slug)) return;
  keep({ slug, last, events: [], people: [] });
  ask(slug);
}

/**
 * The server has said how far each room is. What is kept of rooms that are not open here, and
 * does not reach so far, goes. Pages of rooms in use that are missing are asked for.
 * @param {{ room: { id: number, slug: string }, head: number }[]} lines
 */
export async function keepOnly(lines) {
  // A connection that was lost was mostly lost by many.
  const ask = slugs.size > 0 ? keepPageSoon : keepPage;
  slugs.clear();
  for (const { room } of lines) slugs.set(room.id, room.slug);
  const pages = await tried(async () => (await caches.open(PAGES)).keys());
  /** @type {Kept[] | undefined} */
  const kept = await transaction("readonly", "rooms", (store) => store.getAll());
  // A browser that does not answer is asked at the next connection.
  if (!pages || !kept) return;
  kept.sort((one, other) => other.at - one.at);
  const withPage = new Set();
  for (const { url } of pages) {
    withPage.add(decodeURI(new URL(url).pathname).slice("/r/".length));
  }
  const found = new Set([...kept.map(({ slug }) => slug), ...withPage]);
  for (const { slug } of rooms.values()) {
    if (!found.delete(slug) || !withPage.has(slug)) keepPageSoon(slug);
  }
  let renewed = 0;
  for (const slug of found) {
    const head = lines.find(({ room }) => room.slug === slug)?.head;
    const mine = kept.find((one) => one.slug === slug && isOurs(one));
    if (mine && mine.last === head && withPage.has(slug)) continue;
    if (head !== undefined && renewed < ROOMS_RENEWED) {
      renewed += 1;
      renew(slug, head, ask);
    } else {
      transaction("readwrite", "rooms", (store) => store.delete(slug));
      forgetPage(slug);
    }
  }
}

/** Rooms whose page is about to be kept anew. */
const soonKept = new Set();

/** Not by a whole room at once. */
function keepPageSoon(/** @type {string} */ slug) {
  if (soonKept.has(slug)) return;
  soonKept.add(slug);
  const again = () => {
    soonKept.delete(slug);
    keepPage(slug);
  };
  setTimeout(again, Math.random() * SPREAD_MS);
}

/** Whether an event is still to come here: otherwise it was seen, or the room is not open. */
export function isAwaited(/** @type {number} */ id, /** @type {number} */ seq) {
  const room = rooms.get(id);
  return room !== undefined && seq > room.last;
}

/** Keeps what came and is not kept yet. */
export function save() {
  clearTimeout(soon);
  soon = undefined;
  for (const room of rooms.values()) {
    if (!room.isNew) continue;
    room.isNew = false;
    const named = new Set(room.events.map(({ by }) => by));
    const people = [...room.people.values()].filter(({ id }) => named.has(id));
    keep({ slug: room.slug, last: room.last, events: room.events, people });
  }
}

/**
 * In one step: the page may go without another one. A tab that hears nothing more writes
 * nothing more, so what it puts here is the newest.
 * @param {{ slug: string, last: number, events: Event[], people: Person[] }} room
 */
function keep(room) {
  const kept = { ...room, epoch, person: owner.person, at: Date.now() };
  if (owner.isClosed) return;
  transaction("readwrite", "rooms", (store) => {
    store.put(kept);
    store.transaction.commit?.();
  });
}

/** @param {Kept | undefined} kept */
const isOurs = (kept) => kept?.epoch === epoch && kept.person === owner.person;

/** Forgets rooms that did not change for long. */
export function tidy() {
  transaction("readwrite", "rooms", (store) => {
    const count = store.count();
    count.onsuccess = () => {
      if (count.result <= ROOMS_KEPT) return;
      const all = store.getAll();
      all.onsuccess = () => {
        const rooms = all.result.sort((a, b) => b.at - a.at);
        for (const { slug } of rooms.slice(ROOMS_KEPT)) store.delete(slug);
      };
    };
  });
}

/**
 * What came after the page was made, as the server said it. If nothing did, nothing of before
 * stays.
 * @returns {Promise<string | undefined>} a frame
 */
export async function missing(/** @type {Snapshot} */ snapshot) {
  const { id, slug } = snapshot.room;
  const all = await transaction("readonly", "rooms", (store) => store.getAll(slug));
  const room = rooms.get(id);
  // A storage that did not answer may hold more than the page has.
  if (!room || !all) return undefined;
  changed(room);
  const [kept] = all;
  if (!isOurs(kept) || kept.last <= room.last) return undefined;
  const { events, people } = kept;
  if (!(events[0]?.seq <= room.last + 1)) return undefined;
  const news = events.filter((/** @type {Event} */ { seq }) => seq > room.last);
  heard(id, news, people);
  return JSON.stringify({ t: "events", room: id, people, events: news });
}

/** Has the service worker keep the newest page of a room. */
function keepPage(/** @type {string} */ slug) {
  if (owner.isClosed || !navigator.onLine) return;
  for (const room of rooms.values()) if (room.slug === slug) room.since = 0;
  tellWorker({ keep: path(slug) });
}

function tellWorker(/** @type {{ keep: string } | { forget: string | true }} */ what) {
  navigator.serviceWorker?.ready.then(({ active }) => active?.postMessage(what));
}

/** Goes to a room by loading its kept page, where the server cannot be asked for it now. */
export async function goTo(/** @type {string} */ slug) {
  const kept = await tried(async () => (await caches.open(PAGES)).match(path(slug)));
  if (kept) location.assign(path(slug));
}

/** Which life of the database the page belongs to. */
export function belongsTo(/** @type {string} */ now) {
  // What the server says next begins the rooms of another one anew.
  if (epoch !== now) rooms.clear();
  epoch = now;
}

/** Somebody else reads here now: pages are theirs from now on, or nobody's. */
export function becomeAnother() {
  forgetEvents();
  tellWorker({ forget: true });
  for (const room of rooms.values()) {
    keepPage(room.slug);
    changed(room);
  }
}

/** Forgets what came into rooms. */
function forgetEvents() {
  for (const room of rooms.values()) Object.assign(room, { events: [], isNew: false });
  return transaction("readwrite", "rooms", (store) => {
    store.clear();
    store.transaction.commit?.();
  });
}

/** Forgets everything that was read. */
export async function wipe() {
  // What is on its way goes when it is here.
  tellWorker({ forget: true });
  await Promise.all([forgetEvents(), tried(async () => globalThis.caches?.delete(PAGES))]);
}
