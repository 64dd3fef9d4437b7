/*
 * The page without a network. `scripts/gen-worker.mjs` fills in the list and writes this as `sw.js` beside the built page.
 *
 * It keeps the files of one edition of the page, complete or not at all, and nothing else: what the API answers never passes
 * through here. Online the page itself always comes from the service, so a new edition is met at the next opening. An edition
 * takes over only when no page of the one before is open any more: an open page never loses the files it still has to load.
 */
const FILES = ['__FILES__']
const KEPT = 'warmbee-__EDITION__'
/** Milliseconds that a weak line may take before the kept page is shown. */
const PATIENCE = 4000
/** Files fetched at the same time, so that the rider's own requests find room on the line. */
const AT_ONCE = 4

const root = new URL('./', self.location.href).href
const known = new Set(FILES.map((path) => root + path))

self.addEventListener('install', (event) => event.waitUntil(keepAll()))
self.addEventListener('activate', (event) => event.waitUntil(takeOver()))
self.addEventListener('fetch', (event) => {
  const { request } = event
  if (request.method !== 'GET') return
  const address = request.url.split(/[?#]/)[0]
  if (request.mode === 'navigate') {
    if (address === root) event.respondWith(page(request))
  } else if (known.has(address)) {
    event.respondWith(file(request))
  }
})

async function keepAll() {
  const kept = await caches.open(KEPT)
  // The page is asked for anew; the others carry a digest in their name, the browser may have them already.
  await kept.add(new Request(root, { cache: 'reload' }))
  const left = FILES.slice()
  async function some() {
    for (let path = left.shift(); path !== undefined; path = left.shift()) await kept.add(root + path)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, some))
}

async function takeOver() {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name.startsWith('warmbee-') && name !== KEPT).map((name) => caches.delete(name)))
  await self.clients.claim()
}

async function page(request) {
  const fresh = fetch(request)
  const kept = await (await caches.open(KEPT)).match(root)
  if (!kept) return fresh
  const late = new Promise((resolve) => setTimeout(() => resolve(kept), PATIENCE))
  return Promise.race([fresh.then((answer) => (answer.status >= 500 ? kept : answer), () => kept), late])
}

/** From any edition that is kept: the next one may already be here, waiting. */
async function file(request) {
  return (await caches.match(request)) || fetch(request)
}
