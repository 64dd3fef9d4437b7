// Writes dist/build/h5/sw.js: the service worker of src/platform/web/worker.js with the list of the files that were built.
import { createHash } from 'node:crypto'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../dist/build/h5')

/** What there is below a folder of the built page, compressed twins aside. */
const filesIn = (folder) => readdirSync(join(root, folder)).filter((name) => !/\.(gz|br)$/.test(name)).sort().map((name) => `${folder}/${name}`)

const files = [...filesIn('assets'), ...filesIn('static')]
const edition = createHash('sha256')
for (const path of ['index.html', ...files]) edition.update(`${path}\n`).update(readFileSync(join(root, path)))

const source = readFileSync(join(here, '../src/platform/web/worker.js'), 'utf8')
const filled = source.replace("['__FILES__']", JSON.stringify(files, null, 1)).replace('__EDITION__', edition.digest('hex').slice(0, 16))
if (filled.includes('__FILES__') || filled.includes('__EDITION__')) throw new Error('worker.js has no place for the list or the edition')
writeFileSync(join(root, 'sw.js'), filled)
