// Looks over dist/build/h5: what the first page loads, no inline script, no outside address, nothing an Android 8 WebView cannot read.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { parse, tokTypes, tokenizer } from 'acorn'

const FIRST_LOAD_BUDGET = 250 * 1024
/** Names of namespaces, never fetched; Leaflet's name on a map without attribution. */
const HARMLESS = /^https?:\/\/(www\.w3\.org\/|leafletjs\.com)/

/**
 * What came to Chromium after 64, our oldest (see vite.config.ts); a build lowers syntax, not these. Asked for by `typeof` first,
 * they are harmless; so is what uni-app's `enableChunked` needs, which nothing of ours sets.
 */
const NEWER_APIS = [
  /\.(?:flat|flatMap|at|findLast|findLastIndex|replaceAll|matchAll|trimStart|trimEnd|replaceChildren|toggleAttribute)\(/,
  /\b(?:Object\.(?:fromEntries|hasOwn)|Promise\.(?:allSettled|any)|crypto\.randomUUID|navigator\.clipboard)\b/,
  /(?<!typeof |typeof \w+(?:\?|&&))\b(?:globalThis|queueMicrotask|structuredClone|WeakRef|AggregateError)\b/,
]
const NEWER_STYLES = /[^-\w]gap:|\binset:|aspect-ratio:|[:( ](?:clamp|min|max)\(|:(?:is|where)\(|:focus-visible/

const TOO_NEW = new Set([tokTypes.questionDot, tokTypes.coalesce, tokTypes.privateId])

const root = join(dirname(fileURLToPath(import.meta.url)), '../dist/build/h5')
const faults = []

if (!existsSync(join(root, 'index.html'))) {
  console.error('Nothing is built: run `npm run build:h5` first.')
  process.exit(1)
}

const html = readFileSync(join(root, 'index.html'), 'utf8')
if (/<script(?![^>]*\ssrc=)[^>]*>/.test(html)) faults.push('index.html has an inline script')
if (/\son\w+=/.test(html)) faults.push('index.html has an inline handler')
if (!/script-src 'self'/.test(html) || !/connect-src 'self'/.test(html)) faults.push('index.html has no content security policy')

const assets = readdirSync(join(root, 'assets'))
const text = (name) => readFileSync(join(root, 'assets', name), 'utf8')

/** What a cold start loads: the entry, what it imports at once, and the home page with its own imports. */
function withImports(names, seen = new Set()) {
  for (const name of names) {
    if (seen.has(name)) continue
    seen.add(name)
    const imports = [...text(name).matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)].map(([, found]) => found)
    withImports(imports.filter((found) => assets.includes(found)), seen)
  }
  return seen
}

const entries = [...html.matchAll(/assets\/([\w.-]+\.js)/g)].map(([, name]) => name)
for (const page of ['first', 'stations-detail-detail']) {
  const chunk = assets.find((name) => name.startsWith(page) && name.endsWith('.js'))
  if (!chunk) {
    faults.push(`there is no chunk for ${page}`)
    continue
  }
  const bytes = [...withImports([...entries, chunk])].reduce((sum, name) => sum + gzipSync(text(name)).length, 0)
  console.log(`${page.padEnd(26)} ${String(Math.ceil(bytes / 1024)).padStart(4)} KB gzip of script`)
  if (bytes > FIRST_LOAD_BUDGET) faults.push(`${page} loads ${Math.ceil(bytes / 1024)} KB, more than ${FIRST_LOAD_BUDGET / 1024}`)
}

// Home and the list of stations are there with the entry: whatever the page does not name itself is found one round trip later.
const named = [...html.matchAll(/assets\/([\w.-]+\.(?:js|css))"/g)].map(([, name]) => name)
for (const name of withImports(entries)) {
  if (!named.includes(name)) faults.push(`index.html does not ask for ${name}, which the first page needs`)
}
if (!named.some((name) => name.startsWith('first.'))) faults.push('index.html does not ask for the first pages')
console.log(`a first visit: the page, then ${named.length} files at once`)

for (const name of assets.filter((one) => /\.(js|css)$/.test(one))) {
  const body = text(name)
  for (const [address] of body.matchAll(/https?:\/\/[\w./-]+/g)) {
    if (!HARMLESS.test(address)) faults.push(`${name} names ${address}`)
  }
  const newer = name.endsWith('.css') ? [NEWER_STYLES] : NEWER_APIS
  for (const found of newer.map((one) => one.exec(body)).filter(Boolean)) {
    faults.push(`${name} needs what an Android 8 WebView does not have: ${body.slice(found.index - 30, found.index + 30)}`)
  }
  if (name.endsWith('.js')) {
    for (const token of tokenizer(body, { ecmaVersion: 'latest', sourceType: 'module' })) {
      if (TOO_NEW.has(token.type) || (token.type === tokTypes.assign && /^(\?\?|&&|\|\|)=$/.test(token.value))) {
        faults.push(`${name} holds syntax newer than an Android 8 WebView: ${body.slice(token.start - 20, token.end + 20)}`)
        break
      }
    }
  }
}

// The worker is a script of its own, and an edition without one of its files would not open.
const worker = readFileSync(join(root, 'sw.js'), 'utf8')
try {
  parse(worker, { ecmaVersion: 2017 })
} catch (error) {
  faults.push(`sw.js is newer than ES2017: ${error.message}`)
}
for (const name of assets.filter((one) => !/\.(gz|br)$/.test(one))) {
  if (!worker.includes(`"assets/${name}"`)) faults.push(`sw.js does not keep ${name}`)
}

if (faults.length) {
  console.error([...new Set(faults)].map((words) => `✗ ${words}`).join('\n'))
  process.exit(1)
}
console.log('✓ web page')
