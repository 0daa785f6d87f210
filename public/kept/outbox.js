// What people did and the server has not answered yet: kept, then shown, sent one at a time
// for each room, in order, and again after a lost connection, until the server has
// acknowledged or refused it. The `cid` makes a repetition harmless.
//
// All tabs of a person show the same; one sends. Which one is decided by a lock of the
// browser, held while there is a connection: another tab takes it over at once. Browsers have
// no locks over plain HTTP to another machine; there every tab sends what it wrote.

import { hear, owner, tell, transaction } from "./storage.js";

/**
 * @typedef {{
 *   t: string, cid: string, room: number,
 *   of?: number, emoji?: string, on?: boolean, body?: string,
 * }} Frame
 *
 * One action on its way.
 * @typedef {object} Entry
 * @property {number} [number] its place among all of this browser; it only grows
 * @property {string} cid the name of the action
 * @property {string} epoch the life of the database that `frame.room` belongs to
 * @property {string} slug the room, whatever the epoch
 * @property {number} user who did it
 * @property {Frame} frame how it is said to the server
 * @property {string} [failed] why it was refused: it needs a decision
 *
 * What only this tab knows of it:
 * @property {number} [seq] its place in the log: acknowledged, the event is on its way
 * @property {boolean} [isKept] it would survive this page
 * @property {boolean} [isOurs] this tab made it, or found it when it began
 */

/** How long to hold back when a refusal does not say. */
const HOLD_MS = 2_000;
/** How often something is sent again after the server failed, before it needs a decision. */
const TRIES = 5;
/** What was to be changed is not there any more. */
const GONE = ["message_deleted", "no_such_message"];

/** @type {Entry[]} oldest first, of every room, whether it is open here or not */
const entries = [];
/** What left here: storage that is being read may still have it. @type {Set<string>} */
const gone = new Set();
/** By room, what was sent and not answered: only then comes the next. */
const inFlight = new Map();
/** What this tab sends: everything, what it wrote itself, or what no other tab knows. */
let role = /** @type {"leads" | "alone" | "follows"} */ ("follows");
let isConnected = false;
let failures = 0;
/** How many are on their way into storage. */
let writing = 0;
/** The newest number that was in storage when it was read last. */
let newest = 0;
let epoch = "";
/** The one whose messages are on the screen: another only once every room was begun anew. */
let shownEpoch = "";
/** Gives the lock back, or ends the wait for it. */
let stepDown = () => {};
/** The page (src/client/outbox.rs): shows what happens, and says frames. */
let page = (/** @type {string[]} */ ..._) => false;

/** @param {string} cid */
const find = (cid) => entries.find((entry) => entry.cid === cid);

/** @param {Entry} entry */
function isNext(entry) {
  if (entry.epoch !== epoch || entry.seq || entry.failed || inFlight.has(entry.frame.room))
    return false;
  return role === "leads" || (entry.isOurs && (role === "alone" || !entry.isKept));
}

/** Sends what is next, in every room. */
function pump() {
  for (const entry of entries) {
    if (isConnected && isNext(entry) && page("say", "", "", JSON.stringify(entry.frame))) {
      inFlight.set(entry.frame.room, entry.cid);
    }
  }
}

/**
 * In lines, with the words last: the page reads them without a parser.
 * @param {Entry} entry
 */
function show({ slug, cid, frame, epoch: of }) {
  // What names a place in another log means nothing on this page.
  if (frame.of !== undefined && of !== epoch) return;
  const lines = [frame.t, frame.of ?? 0, frame.emoji ?? "", frame.on ?? "", frame.body ?? ""];
  page("deed", slug, cid, lines.join("\n"));
}

/** @param {Entry} entry */
function showState({ slug, cid, seq, failed }) {
  if (seq) page("acknowledged", slug, cid, String(seq));
  else if (failed) page("failed", slug, cid, JSON.stringify(failed));
  else page("waits", slug, cid, "");
}

/**
 * Shows what is on its way to a room, in its order: all, or from a place among all.
 * @param {string} slug
 */
export function showAll(slug, from = 0) {
  for (const entry of entries.slice(from)) {
    if (entry.slug !== slug) continue;
    page("forget", slug, entry.cid, "");
    show(entry);
    showState(entry);
  }
}

/**
 * Takes an entry to its place, and shows it. What somebody said goes out in nobody else's name,
 * and nobody else sees it.
 * @param {Entry} entry
 */
function put(entry) {
  if (entry.user !== owner.person || gone.has(entry.cid)) return;
  // What cannot be kept stands behind what is.
  entry.number ??= entries.at(-1)?.number ?? 0;
  const number = entry.number;
  const behind = entries.findIndex((known) => (known.number ?? 0) > number);
  const at = behind < 0 ? entries.length : behind;
  entries.splice(at, 0, entry);
  showAll(entry.slug, at);
}

/** @param {string} cid */
function drop(cid) {
  gone.add(cid);
  const at = entries.findIndex((entry) => entry.cid === cid);
  if (at >= 0) entries.splice(at, 1);
  for (const [room, sent] of inFlight) if (sent === cid) inFlight.delete(room);
  atCid(cid, (cursor) => cursor.delete());
}

/**
 * @param {string} cid
 * @param {(cursor: IDBCursorWithValue) => void} change
 */
function atCid(cid, change) {
  return transaction("readwrite", "outbox", (outbox) => {
    const request = outbox.index("cid").openCursor(cid);
    request.onsuccess = () => {
      if (request.result) change(request.result);
    };
  });
}

/** @param {Entry} entry as it is kept, without what only this tab knows */
const kept = ({ seq: _, isKept: __, isOurs: ___, ...entry }) => entry;

/** @param {Entry} entry */
function changed(entry) {
  showState(entry);
  tell("entry", kept(entry));
  atCid(entry.cid, (cursor) => cursor.update({ ...kept(entry), number: cursor.primaryKey }));
}

/**
 * Keeps an action, and only then shows it: what is shown is not lost.
 * @param {string} slug
 * @param {string} json the frame
 */
export async function send(slug, json) {
  const frame = JSON.parse(json);
  /** @type {Entry} */
  const entry = { cid: frame.cid, epoch, slug, user: owner.person, frame };
  if (frame.of !== undefined) entry.epoch = shownEpoch;
  writing += 1;
  const number = owner.isClosed
    ? undefined
    : await transaction("readwrite", "outbox", (outbox) => {
        const added = outbox.add(entry);
        // Whatever becomes of this page now.
        outbox.transaction.commit?.();
        return added;
      });
  writing -= 1;
  if (number) tell("entry", { ...entry, number });
  put({ ...entry, number, isKept: number !== undefined, isOurs: true });
  pump();
}

/**
 * Tries again what was refused, and says it here.
 * @param {string} cid
 * @param {number} room
 */
export function retry(cid, room) {
  const entry = find(cid);
  if (!entry) return;
  delete entry.failed;
  entry.epoch = epoch;
  entry.frame.room = room;
  changed(entry);
  pump();
}

/** @param {string} cid */
export function discard(cid) {
  drop(cid);
  tell("discarded", cid);
}

/** Whether something would be lost with this page. */
export function isAnythingUnkept() {
  return writing > 0 || entries.some((entry) => !entry.isKept && !entry.seq);
}

/** Whether something is on its way into storage. */
export const isWriting = () => writing > 0;

/** Whether something has not reached the server. */
export const isAnythingWaiting = () => writing > 0 || entries.some(({ seq }) => !seq);

/**
 * The server has said whose session this is: what others left here goes. What came into storage
 * since it was read last may be of somebody who joined in another tab meanwhile; that stays.
 */
export function forgetOthers() {
  forgetShown();
  const last = newest;
  transaction("readwrite", "outbox", (outbox) => {
    const request = outbox.openCursor(IDBKeyRange.upperBound(last));
    request.onsuccess = () => {
      const cursor = request.result;
      if (cursor && cursor.value.user !== owner.person) cursor.delete();
      cursor?.continue();
    };
  });
}

/** Takes from the page what is not of this person, or all once nothing is kept any more. */
export function forgetShown() {
  for (const { cid, slug, user } of [...entries]) {
    if (user === owner.person && !owner.isClosed) continue;
    page("forget", slug, cid, "");
    drop(cid);
  }
}

/** Forgets whatever is kept, of whomever. */
export function wipe() {
  forgetShown();
  return transaction("readwrite", "outbox", (outbox) => {
    outbox.clear();
    // Whatever becomes of this page now.
    outbox.transaction.commit?.();
  });
}

/** There is a connection: this tab would send, unless another one does. */
export function connected() {
  shownEpoch = epoch;
  forgetOtherLogs();
  isConnected = true;
  role = "follows";
  const { locks } = navigator;
  if (!locks) role = "alone";
  stepDown();
  const end = new AbortController();
  const ended = new Promise((resolve) => (end.signal.onabort = resolve));
  stepDown = () => end.abort();
  const lead = async () => {
    role = "leads";
    // What another tab kept before it went may not have been heard here.
    await restore();
    pump();
    await ended;
  };
  // It is aborted while it waits, or given back.
  locks?.request(`hubbub ${owner.person}`, { signal: end.signal }, lead).catch(() => {});
  pump();
}

/** The answers will not come any more, and another tab may have a connection. */
export function lost() {
  isConnected = false;
  role = "follows";
  inFlight.clear();
  stepDown();
}

/**
 * The server keeps it.
 * @param {string} cid
 * @param {number} seq
 * @param {boolean} isAwaited whether its event is still to come here
 */
export function acknowledged(cid, seq, isAwaited) {
  failures = 0;
  tell("acknowledged", { cid, seq });
  keeps(cid, seq, isAwaited);
  for (const [room, sent] of inFlight) if (sent === cid) inFlight.delete(room);
  pump();
}

/**
 * @param {string} cid
 * @param {number} seq
 * @param {boolean} isAwaited
 */
function keeps(cid, seq, isAwaited) {
  const entry = find(cid);
  if (!entry) return;
  entry.seq = seq;
  showState(entry);
  if (!isAwaited) drop(cid);
}

/** What is in the log now is on its way no more. */
export function settled(/** @type {string[]} */ cids) {
  for (const cid of cids) {
    const entry = find(cid);
    if (!entry) continue;
    page("forget", entry.slug, cid, "");
    drop(cid);
  }
  pump();
}

/** A snapshot reaches this far: what was acknowledged before it came with it, or will not. */
export function passed(/** @type {string} */ slug, /** @type {number} */ head) {
  const past = entries.filter((entry) => entry.slug === slug && entry.seq && entry.seq <= head);
  for (const { cid } of past) drop(cid);
}

/**
 * The server does not take it: now, or at all.
 * @param {string} cid
 * @param {{ code: string, retry_after_ms?: number }} refusal
 */
export function refused(cid, { code, retry_after_ms }) {
  const entry = find(cid);
  if (!entry || inFlight.get(entry.frame.room) !== cid) return;
  const { room } = entry.frame;
  const land = () => {
    if (inFlight.get(room) === cid) inFlight.delete(room);
    pump();
  };
  if (code === "internal") failures += 1;
  const mayPass = ["too_fast", "busy", "internal"].includes(code) && failures < TRIES;
  if (mayPass) {
    setTimeout(land, Math.max(100, retry_after_ms ?? HOLD_MS));
    return;
  }
  if (entry.frame.of !== undefined && GONE.includes(code)) {
    // There is no message any more beside which it could be decided about.
    discard(cid);
    page("forget", entry.slug, cid, "");
  } else {
    entry.failed = code;
    changed(entry);
  }
  land();
}

/**
 * Whose session it is, and which life of the database, as the page says.
 * @param {string} now
 * @param {{ room: { id: number, slug: string } }[]} rooms
 */
export function belongsTo(now, rooms) {
  if (epoch !== now) for (const entry of entries) delete entry.seq;
  epoch = now;
  shownEpoch ||= now;
  for (const entry of entries) {
    if (entry.epoch === epoch || entry.frame.of !== undefined) continue;
    // Rooms may have other ids in another life; their slugs are the same.
    const line = rooms.find(({ room }) => room.slug === entry.slug);
    if (line) {
      entry.frame.room = line.room.id;
      entry.epoch = epoch;
      if (entry.failed === "no_such_room") delete entry.failed;
    } else {
      entry.failed = "no_such_room";
    }
  }
  entries.forEach(showState);
}

/** The server has said which life of the database it is: what amends another log is over. */
export function forgetOtherLogs() {
  for (const { cid, epoch: of, frame } of [...entries])
    if (of !== epoch && frame.of !== undefined) drop(cid);
}

/** Takes what is kept of this person, in its order. */
export async function restore() {
  const all = await transaction("readonly", "outbox", (outbox) => outbox.getAll());
  for (const entry of all ?? []) {
    newest = entry.number;
    if (!owner.isClosed && !find(entry.cid)) put({ ...entry, isKept: true, isOurs: true });
  }
}

/** Begins to work for a page, once it is alive. */
export function showOn(/** @type {typeof page} */ forPage) {
  page = forPage;
}

/**
 * Begins to hear what other tabs do.
 * @param {(room: number, seq: number) => boolean} isAwaited
 * @param {() => void} onWipe
 */
export function begin(isAwaited, onWipe) {
  hear((kind, about) => {
    if (kind === "entry") {
      const known = find(about.cid);
      if (known) showState(Object.assign(known, { failed: undefined }, about));
      else put({ ...about, isKept: true });
      pump();
    } else if (kind === "acknowledged") {
      const room = find(about.cid)?.frame.room ?? 0;
      keeps(about.cid, about.seq, isAwaited(room, about.seq));
    } else if (kind === "discarded") {
      const entry = find(about);
      if (entry) page("forget", entry.slug, entry.cid, "");
      drop(about);
    } else if (kind === "wiped") {
      onWipe();
    }
  });
}
