// Puts src/platform/web/headstart.js into the head of the built page, as a file of its own: the page's policy allows no inline script.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '../dist/build/h5')

const source = readFileSync(join(here, '../src/platform/web/headstart.js'), 'utf8').replace(/^\/\*[\s\S]*?\*\/\n/, '')
const name = `headstart-${createHash('sha256').update(source).digest('hex').slice(0, 8)}.js`
writeFileSync(join(root, 'assets', name), source)

const page = join(root, 'index.html')
const html = readFileSync(page, 'utf8')
const filled = html.replace('<head>', `<head>\n    <script async src="./assets/${name}"></script>`)
if (filled === html) throw new Error('index.html has no head')
writeFileSync(page, filled)
