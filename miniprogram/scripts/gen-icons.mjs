// Compiles the icons that the pages use from @iconify-json/tabler into src/theme/icons.css, as masks that take the text's colour.
// `--check` fails when the file is not what the sources ask for.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createRequire } from 'node:module'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const tabler = createRequire(import.meta.url)('@iconify-json/tabler/icons.json')
const target = join(root, 'src/theme/icons.css')

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return /\.(vue|ts)$/.test(entry.name) ? [path] : []
  })
}

const used = new Set()
for (const path of sources(join(root, 'src'))) {
  // An icon is named with its prefix, `ti:home`, wherever it is used, so that it can be found here.
  for (const [, name] of readFileSync(path, 'utf8').matchAll(/ti:([a-z0-9-]+)/g)) used.add(name)
}

const rules = [...used].sort().map((name) => {
  const icon = tabler.icons[name] ?? tabler.icons[tabler.aliases?.[name]?.parent]
  if (!icon) throw new Error(`Tabler has no icon called ${name}`)
  const svg = `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'>${icon.body.replaceAll('"', "'").replaceAll('currentColor', '#000')}</svg>`
  const address = `url("data:image/svg+xml,${svg.replace(/[%#<>{}]/g, (c) => encodeURIComponent(c))}")`
  return `.ti-${name} {\n  -webkit-mask-image: ${address};\n  mask-image: ${address};\n}`
})
const css = `/* Made by scripts/gen-icons.mjs from @iconify-json/tabler (MIT). Do not edit. */\n${rules.join('\n')}\n`

if (process.argv.includes('--check')) {
  if (readFileSync(target, 'utf8') !== css) {
    console.error('src/theme/icons.css is out of date: run `npm run gen:icons`.')
    process.exit(1)
  }
} else {
  writeFileSync(target, css)
  console.log(`${used.size} icons, ${(css.length / 1024).toFixed(1)} KB`)
}
