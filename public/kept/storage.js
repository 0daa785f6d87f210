// IndexedDB, and what the tabs of one person say to each other.
//
// Nothing here throws. Where a browser keeps nothing (private windows, blocked or full
// storage), the answer is nothing, and the page works from memory.

/** A storage that does not answer must not stop anybody from talking. */
const ANSWER_WITHIN_MS = 2_000;

export const owner = {
  /** Whose things these are: the id of a person, 0 for a visitor. */
  person: 0,
  /** The last of them that was no visitor: the server may end a session before we know why. */
  last: 0,
  /** After a sign-out this page keeps nothing any more. */
  isClosed: false,
};

/** @type {Promise<IDBDatabase> | undefined} */
let opening;

/** @returns {Promise<IDBDatabase>} */
function database() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open("hubbub", 1);
    request.onupgradeneeded = () => {
      const key = { keyPath: "number", autoIncrement: true };
      const outbox = request.result.createObjectStore("outbox", key);
      outbox.createIndex("cid", "cid", { unique: true });
      request.result.createObjectStore("rooms", { keyPath: "slug" });
    };
    request.onsuccess = () => {
      // Somebody clears what this site keeps: the next use opens it anew.
      request.result.onclose = () => (opening = undefined);
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  opening.catch(() => (opening = undefined));
  return opening;
}

/**
 * One transaction. Its result once everything is on disk; nothing if that fails or takes too
 * long.
 * @param {IDBTransactionMode} mode
 * @param {"outbox" | "rooms"} name the store
 * @param {(store: IDBObjectStore) => IDBRequest | void} work
 * @returns {Promise<any>}
 */
export function transaction(mode, name, work) {
  return tried(async () => {
    const db = await database();
    return new Promise((resolve, reject) => {
      const all = db.transaction(name, mode);
      const request = work(all.objectStore(name));
      all.oncomplete = () => resolve(request?.result);
      all.onabort = () => reject(all.error);
    });
  });
}

/**
 * The work's result, or nothing if it fails or does not come.
 * @param {() => Promise<any>} work
 */
export function tried(work) {
  const late = new Promise((resolve) => setTimeout(resolve, ANSWER_WITHIN_MS));
  return Promise.race([work(), late]).catch(() => {});
}

const channel = globalThis.BroadcastChannel && new BroadcastChannel("hubbub");

/**
 * Says something to the other tabs of this person.
 * @param {string} kind
 * @param {unknown} [about]
 */
export function tell(kind, about) {
  channel?.postMessage({ person: owner.last, kind, about });
}

/**
 * Calls back with what other tabs of this person say. A visitor who has become somebody in another
 * tab is that here, too: the page comes anew.
 * @param {(kind: string, about: any) => void} heard
 */
export function hear(heard) {
  if (!channel) return;
  channel.onmessage = ({ data: { person, kind, about } }) => {
    if (kind === "became") {
      if (owner.person === 0) location.reload();
    } else if (person === owner.last) heard(kind, about);
  };
}
