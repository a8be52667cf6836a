/** Keeps the files of the page on the device. FILES and VERSION are filled in by mpgraph/web/site.py. */

const VERSION = "";
/** @type {string[]} */
const FILES = [];

const CACHE = `mpgraph-${self.registration.scope}-${VERSION}`;

self.addEventListener("install", (event) => {
  event.waitUntil(store().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(dropOthers().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method === "GET" && url.startsWith(self.registration.scope)) event.respondWith(answer(event.request));
});

async function store() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES.map((name) => new Request(name, { cache: "reload" })));
}

/** Older versions of this page; other pages of the same origin keep theirs. */
async function dropOthers() {
  const prefix = `mpgraph-${self.registration.scope}-`;
  const names = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== CACHE);
  await Promise.all(names.map((name) => caches.delete(name)));
}

/** @param {Request} request */
async function answer(request) {
  const cache = await caches.open(CACHE);
  const known = await cache.match(request, { ignoreSearch: true });
  return known ?? fetch(request);
}
