// Looks over dist/build/h5: what the first page loads, no inline script, no outside address, nothing an Android 8 WebView cannot read.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { parse, tokTypes, tokenizer } from 'acorn'

const FIRST_LOAD_BUDGET = 250 * 1024
/** Names of namespaces, never fetched; Leaflet's name on a map without attribution. */
const HARMLESS = /^https?:\/\/(www\.w3\.org\/|leafletjs\.com)/

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
for (const page of ['pages-home-home', 'pages-stations-stations', 'stations-detail-detail']) {
  const chunk = assets.find((name) => name.startsWith(page) && name.endsWith('.js'))
  if (!chunk) {
    faults.push(`there is no chunk for ${page}`)
    continue
  }
  const bytes = [...withImports([...entries, chunk])].reduce((sum, name) => sum + gzipSync(text(name)).length, 0)
  console.log(`${page.padEnd(26)} ${String(Math.ceil(bytes / 1024)).padStart(4)} KB gzip of script`)
  if (bytes > FIRST_LOAD_BUDGET) faults.push(`${page} loads ${Math.ceil(bytes / 1024)} KB, more than ${FIRST_LOAD_BUDGET / 1024}`)
}

for (const name of assets.filter((one) => /\.(js|css)$/.test(one))) {
  const body = text(name)
  for (const [address] of body.matchAll(/https?:\/\/[\w./-]+/g)) {
    if (!HARMLESS.test(address)) faults.push(`${name} names ${address}`)
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
for (const name of assets.filter((one) => !one.endsWith('.gz'))) {
  if (!worker.includes(`"assets/${name}"`)) faults.push(`sw.js does not keep ${name}`)
}

if (faults.length) {
  console.error([...new Set(faults)].map((words) => `✗ ${words}`).join('\n'))
  process.exit(1)
}
console.log('✓ web page')
