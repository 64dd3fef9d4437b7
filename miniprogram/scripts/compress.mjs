// Lays compressed twins beside the files of dist/build/h5; WhiteNoise sends the one that the browser can read.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const root = join(dirname(fileURLToPath(import.meta.url)), '../dist/build/h5')
/** Pictures are compressed already. */
const WORTH_IT = /\.(html|js|css|svg|json)$/

for (const name of readdirSync(root, { recursive: true })) {
  if (!WORTH_IT.test(name)) continue
  const path = join(root, name)
  const content = readFileSync(path)
  for (const [ending, twin] of [['gz', gzipSync(content, { level: 9 })], ['br', brotliCompressSync(content)]]) {
    if (twin.length < content.length) writeFileSync(`${path}.${ending}`, twin)
  }
}
