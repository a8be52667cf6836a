/** The user's own background image, kept on this device. */

const DATABASE = "mpgraph-selfie";
const STORE = "backgrounds";
const KEY = "own";

/** @typedef {{name: string, image: Blob}} Background */

/** @returns {Promise<Background | undefined>} */
export async function loadBackground() {
  try {
    return await request("readonly", (store) => store.get(KEY));
  } catch {
    return undefined; // Storage is forbidden, as in private windows of some browsers.
  }
}

/** @param {Background} background */
export async function saveBackground(background) {
  try {
    await request("readwrite", (store) => store.put(background, KEY));
  } catch {
    // As above: the image is used, but not remembered.
  }
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} action
 * @returns {Promise<T>}
 */
async function request(mode, action) {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await result(opening);
  try {
    return await result(action(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

/** @template T @param {IDBRequest<T>} asked @returns {Promise<T>} */
function result(asked) {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}
