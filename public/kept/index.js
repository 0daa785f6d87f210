// What this browser keeps for its person: words on their way (outbox.js), what was read
// (reading.js), drafts. The client (src/client/storage.rs) calls it by the name `hubbub`, and
// lets it hear what the server says.
//
// And what is shorter here than there: how dates are written, and who does something.
//
// By hand, because the same through web-sys and serde took 14 kB more of the WebAssembly.

import * as outbox from "./outbox.js";
import * as reading from "./reading.js";
import { owner, tell } from "./storage.js";

/** How long after a key its draft is kept at the latest. */
const SAVED_WITHIN_MS = 300;

/** What the server wrote into the page. */
const boot = JSON.parse(
  document.querySelector("meta[name=hubbub]")?.getAttribute("content") ?? "{}",
);
/** The room of the page, if it is one that lives. */
const first = boot.page?.before === null ? boot.page.snapshot : undefined;
owner.person = owner.last = boot.me?.id ?? 0;
/** Who shows things, once the page is alive. @type {((...args: string[]) => boolean) | undefined} */
let page;

// Whoever signs out before the page is alive is to know of what waits, too.
outbox.begin(reading.isAwaited, forgotten);
const restored = outbox.restore();

/**
 * Begins, and shows what is kept; the page hears `ready` then.
 * @param {(...args: string[]) => boolean} alive
 */
async function begin(alive) {
  page = alive;
  outbox.showOn(alive);
  outbox.belongsTo(boot.epoch, boot.rooms);
  reading.belongsTo(boot.epoch);
  if (first) {
    reading.begins(first, "page");
    const news = await reading.missing(first);
    if (news) alive("hear", "", "", news);
  }
  await restored;
  outbox.belongsTo(boot.epoch, boot.rooms);
  if (first) {
    outbox.showAll(first.room.slug);
    seen(first.events);
  }
  alive("ready", "", "", "");
  reading.tidy();
}

/** @param {number} person */
function becomes(person) {
  const isSomebodyElse = owner.last !== 0 && owner.last !== person;
  if (person !== 0) {
    owner.last = person;
    // Whoever is here did not sign out, whatever another tab has heard.
    owner.isClosed = false;
  }
  if (owner.person === person) return;
  owner.person = person;
  if (isSomebodyElse) {
    typed.clear();
    unkept.clear();
  }
  if (person !== 0) tell("became");
  reading.becomeAnother();
  outbox.restore();
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
    outbox.forgetOthers();
    forgetDrafts(owner.person);
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
    outbox.showAll(snapshot.room.slug);
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

const nameOf = (/** @type {string} */ slug, of = owner.last) => `hubbub draft ${of} ${slug}`;

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

/** Forgets the drafts of everybody but one. */
function forgetDrafts(/** @type {number} */ but) {
  try {
    for (const name of Object.keys(localStorage)) {
      const isTheirs = name.startsWith(nameOf("", but));
      if (name.startsWith("hubbub draft ") && !isTheirs) localStorage.removeItem(name);
    }
  } catch {
    // Nothing was kept there.
  }
}

/**
 * How dates are written here, and in which time zone: to make that costs as much as a hundred.
 * @type {{ zone: number, time: Intl.DateTimeFormat, full: Intl.DateTimeFormat } | undefined}
 */
let dates;

/**
 * A moment as the browser's language has it.
 * @param {number} at milliseconds since 1970
 * @param {boolean} isFull with the date
 */
function written(at, isFull) {
  const zone = new Date().getTimezoneOffset();
  if (zone !== dates?.zone) {
    const timeStyle = "short";
    dates = {
      zone,
      time: new Intl.DateTimeFormat([], { timeStyle }),
      full: new Intl.DateTimeFormat([], { dateStyle: "full", timeStyle }),
    };
  }
  return (isFull ? dates.full : dates.time).format(at);
}

/**
 * Tells of whatever somebody does that changes the page, before the page hears of it.
 * @param {() => void} tell
 */
function beforeDeeds(tell) {
  for (const name of ["pointerdown", "click", "keydown", "beforeinput", "input", "submit"]) {
    addEventListener(name, tell, true);
  }
}

/** Nothing is kept any more, here or by another tab of this person. */
function forgotten() {
  owner.isClosed = true;
  outbox.forgetShown();
}

/** Forgets whatever is kept: what somebody said and read is nobody else's. */
function wipe() {
  forgotten();
  tell("wiped");
  forgetDrafts(0);
  return Promise.all([outbox.wipe(), reading.wipe()]);
}

/** @param {string} next the page after it */
async function signOut(next) {
  await wipe();
  location.assign(next);
}

/** Whether words are being written into a message that nothing keeps but the page. */
const isEditing = () => page?.("edits", "", "", "") ?? false;

/** Whether something would be lost with this page that is somebody's. */
const isAnythingUnkept = () => !owner.isClosed && (outbox.isAnythingUnkept() || isEditing());

// Who signs out with words that are not sent is asked, whether the page is alive or not; only
// then does the browser post the form by itself.
document.addEventListener(
  "submit",
  (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const { unsent } = form.dataset;
    if (!unsent) return;
    if ((outbox.isAnythingWaiting() || isEditing()) && !confirm(unsent)) {
      event.preventDefault();
      event.stopPropagation();
    } else if (!page) {
      wipe();
    }
  },
  true,
);

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
  if (isAnythingUnkept()) event.preventDefault();
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
    written,
    beforeDeeds,
    signOut,
    wouldLose: () => isAnythingUnkept() || !(saveDrafts() || owner.isClosed),
  },
});
