// Generates src/api/schema.d.ts from the service's OpenAPI document: `npm run gen:api -- <file or address> [--check]`.
// The document comes from `flask openapi write <file>` or a running service's /api/v1/openapi.json. `--check` fails on drift.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import openapi, { astToString } from 'openapi-typescript'

const target = join(dirname(fileURLToPath(import.meta.url)), '../src/api/schema.d.ts')
const [source = 'http://127.0.0.1:8000/api/v1/openapi.json'] = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const document = /^https?:/.test(source) ? new URL(source) : pathToFileURL(resolve(source))
const text = `/* Made by scripts/gen-api.mjs from the service's OpenAPI document. Do not edit. */\n${astToString(await openapi(document))}`

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== text) {
    console.error('src/api/schema.d.ts is not what the service says: run `npm run gen:api`.')
    process.exit(1)
  }
} else {
  writeFileSync(target, text)
}
