// What this browser keeps for its person: words on their way (outbox.js), what was read
// (reading.js), drafts. The client (src/client/storage.rs) calls it by the name `hubbub`, and
// lets it hear what the server says.
//
// By hand, because the same through web-sys and serde took 14 kB more of the WebAssembly.

import * as outbox from "./outbox.js";
import * as reading from "./reading.js";
import { owner, tell, transaction } from "./storage.js";

/** How long after a key its draft is kept at the latest. */
const SAVED_WITHIN_MS = 300;

/** What the server wrote into the page. */
const boot = JSON.parse(
  document.querySelector("meta[name=hubbub]")?.getAttribute("content") ?? "{}",
);
/** The room of the page, if it is one that lives. */
const first = boot.page?.before === null ? boot.page.snapshot : undefined;
owner.person = owner.last = boot.me?.id ?? 0;

/**
 * Begins, and restores what is kept; the page hears `ready` then.
 * @param {(...args: string[]) => boolean} page
 */
async function begin(page) {
  outbox.begin(page, reading.isAwaited, forgotten);
  outbox.belongsTo(boot.epoch, boot.rooms);
  reading.belongsTo(boot.epoch);
  if (first) {
    reading.begins(first, "page");
    const news = await reading.missing(first);
    if (news) page("hear", "", "", news);
  }
  await outbox.restore();
  outbox.belongsTo(boot.epoch, boot.rooms);
  if (first) seen(first.events);
  page("ready", "", "", "");
  reading.tidy();
}

/** @param {number} person */
function becomes(person) {
  if (owner.person === person) return;
  owner.person = person;
  if (person !== 0 && person !== owner.last) {
    owner.last = person;
    owner.isClosed = false;
  }
  reading.becomeAnother();
}

/** @param {reading.Event[]} events */
function seen(events) {
  outbox.settled(events.map(({ what }) => what.cid ?? ""));
}

/**
 * What the server says, and who should know.
 * @type {Record<string, (frame: any) => void>}
 */
const hears = {
  welcome({ epoch, me, rooms }) {
    becomes(me?.id ?? 0);
    reading.belongsTo(epoch);
    reading.keepOnly(rooms);
    outbox.belongsTo(epoch, rooms);
    outbox.forgetOtherLogs();
  },
  resumed: () => outbox.connected(),
  events({ room, people, events }) {
    reading.heard(room, events, people);
    seen(events);
  },
  opened({ snapshot }) {
    reading.begins(snapshot, "opened");
    outbox.opened(snapshot.room.slug);
    seen(snapshot.events);
  },
  reset({ snapshot }) {
    reading.begins(snapshot, "reset");
    outbox.passed(snapshot.room.slug, snapshot.head);
    seen(snapshot.events);
  },
  ack: ({ cid, room, seq }) => outbox.acknowledged(cid, seq, reading.isAwaited(room, seq)),
  refused({ cid, refusal }) {
    if (cid) outbox.refused(cid, refusal);
  },
};

/** @param {string} text a frame of the server, which the page has taken already */
function heard(text) {
  const kind = /^{"t":"(\w+)"/.exec(text)?.[1] ?? "";
  hears[kind]?.(JSON.parse(text));
}

// Drafts, in localStorage: it is written before the page is gone, and read before anything
// is drawn.

/** What stands in each composer of this tab. @type {Map<string, string>} */
const typed = new Map();
/** Rooms whose draft is not kept yet. @type {Set<string>} */
const unkept = new Set();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let soon;

/** @param {string} slug */
const nameOf = (slug) => `hubbub draft ${owner.last} ${slug}`;

/** @param {string} slug */
function draft(slug) {
  try {
    const text = localStorage.getItem(nameOf(slug)) ?? "";
    if (!typed.get(slug)) typed.set(slug, text);
    return text;
  } catch {
    return "";
  }
}

/**
 * @param {string} slug
 * @param {string} text
 */
function keepDraft(slug, text) {
  // Another tab's draft is not removed by one that was never begun here.
  if ((typed.get(slug) ?? "") === text) return;
  typed.set(slug, text);
  unkept.add(slug);
  soon ??= setTimeout(saveDrafts, SAVED_WITHIN_MS);
}

/** Whether everything typed is kept. */
function saveDrafts() {
  clearTimeout(soon);
  soon = undefined;
  try {
    for (const slug of owner.isClosed || owner.last === 0 ? [] : unkept) {
      const text = typed.get(slug);
      if (text) localStorage.setItem(nameOf(slug), text);
      // What was just sent is no draft any more once it is kept, and not before.
      else if (outbox.isWriting()) continue;
      else localStorage.removeItem(nameOf(slug));
      unkept.delete(slug);
    }
  } catch {
    // They stay in the page.
  }
  return [...unkept].every((slug) => !typed.get(slug));
}

/**
 * Keeps an action and sends it; its draft goes with it. Who just joined may say something
 * before the server has told us who they are.
 * @param {string} slug
 * @param {string} json
 * @param {number} person
 */
async function send(slug, json, person) {
  becomes(person);
  await outbox.send(slug, json);
  saveDrafts();
}

/** Nothing is kept any more, here or by another tab of this person. */
function forgotten() {
  owner.isClosed = true;
  outbox.forgetKept();
}

/**
 * Whatever is kept of this person goes; then the page goes on, or asks whether it may.
 * @param {string} next
 */
async function signOut(next) {
  forgotten();
  tell("wiped");
  try {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(nameOf(""))) localStorage.removeItem(name);
    }
  } catch {
    // Nothing was kept there.
  }
  await transaction("readwrite", "outbox", (store) => {
    const request = store.openCursor();
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor) return;
      if (cursor.value.user === owner.last) cursor.delete();
      cursor.continue();
    };
  });
  await reading.wipe();
  location.assign(next);
}

function save() {
  saveDrafts();
  reading.save();
}

addEventListener("pagehide", save);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) save();
});
// The browser asks in its own words.
addEventListener("beforeunload", (event) => {
  if (outbox.isAnythingUnkept()) event.preventDefault();
});
// A browser that refuses has no rooms without a network.
navigator.serviceWorker?.register("/service-worker.js").catch(() => {});

Object.assign(globalThis, {
  hubbub: {
    begin,
    heard,
    lost: outbox.lost,
    send,
    retry: outbox.retry,
    discard: outbox.discard,
    draft,
    keepDraft,
    goTo: reading.goTo,
    signOut,
    wouldLose: () => outbox.isAnythingUnkept() || !saveDrafts(),
  },
});
