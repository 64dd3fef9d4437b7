// Draws the marks of the native map into src/static/pin-*.png: WeChat takes pictures only. Colours come from the tokens, shapes are
// those of the browser's map. `--check` fails when a file is not what would be drawn.
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32, deflateSync, inflateSync } from 'node:zlib'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const SIDE = 108 // 36 dp on a screen of three pixels a dp
const FINE = 4 // samples along each side of a pixel, so that edges are smooth

const tokens = readFileSync(join(root, 'src/theme/tokens.css'), 'utf8')
function colour(token) {
  const hex = new RegExp(`--wb-${token}: #(\\w{6})`).exec(tokens)[1]
  return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16))
}

/** Lines in the unit square, thick ones: a tick, a question mark, a cross. */
const MARKS = {
  open: { colour: colour('open'), lines: [[0.3, 0.52, 0.44, 0.66], [0.44, 0.66, 0.71, 0.36]] },
  unconfirmed: {
    colour: colour('warn'),
    lines: [...arc(0.5, 0.4, 0.13, -180, 60), [0.565, 0.513, 0.5, 0.6], [0.5, 0.72, 0.5, 0.72]],
  },
  closed: { colour: colour('ink-2'), lines: [[0.36, 0.36, 0.64, 0.64], [0.36, 0.64, 0.64, 0.36]] },
}
const WHITE = [255, 255, 255]
const PEN = 0.045

function arc(x, y, radius, from, to) {
  const at = (degrees) => [x + radius * Math.cos((degrees * Math.PI) / 180), y + radius * Math.sin((degrees * Math.PI) / 180)]
  return Array.from({ length: 12 }, (_, step) => [...at(from + ((to - from) * step) / 12), ...at(from + ((to - from) * (step + 1)) / 12)])
}

function distance(x, y, [x1, y1, x2, y2]) {
  const length = (x2 - x1) ** 2 + (y2 - y1) ** 2
  const along = length ? Math.max(0, Math.min(1, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / length)) : 0
  return Math.hypot(x - x1 - along * (x2 - x1), y - y1 - along * (y2 - y1))
}

/** Colour of a point, null outside of the mark: a disc with a white rim and white lines. */
function point(mark, x, y) {
  const far = Math.hypot(x - 0.5, y - 0.5)
  if (far > 0.49) return null
  if (far > 0.43 || mark.lines.some((line) => distance(x, y, line) < PEN)) return WHITE
  return mark.colour
}

/** Rows of RGBA, each after its filter byte. */
function pixels(mark) {
  const rows = Buffer.alloc(SIDE * (SIDE * 4 + 1))
  for (let row = 0; row < SIDE; row += 1) {
    for (let column = 0; column < SIDE; column += 1) {
      const sum = [0, 0, 0, 0]
      for (let fine = 0; fine < FINE * FINE; fine += 1) {
        const found = point(mark, (column + ((fine % FINE) + 0.5) / FINE) / SIDE, (row + (Math.floor(fine / FINE) + 0.5) / FINE) / SIDE)
        if (found) [...found, 1].forEach((part, index) => (sum[index] += part))
      }
      const at = row * (SIDE * 4 + 1) + 1 + column * 4
      const hits = sum[3]
      if (hits) rows.set([...sum.slice(0, 3).map((part) => Math.round(part / hits)), Math.round((255 * hits) / (FINE * FINE))], at)
    }
  }
  return rows
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
  const length = Buffer.alloc(4)
  const sum = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body) >>> 0)
  return Buffer.concat([length, body, sum])
}

function png(rows) {
  const head = Buffer.alloc(13)
  head.writeUInt32BE(SIDE, 0)
  head.writeUInt32BE(SIDE, 4)
  head.set([8, 6, 0, 0, 0], 8) // eight bits, red green blue alpha
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', deflateSync(rows, { level: 9 })), chunk('IEND', Buffer.alloc(0))])
}

/** What a file shows: two zlibs may pack the same picture differently. */
const shown = (file) => inflateSync(file.subarray(8 + 25 + 8, file.length - 12 - 4))

let wrong = false
for (const [state, mark] of Object.entries(MARKS)) {
  const path = join(root, `src/static/pin-${state}.png`)
  const rows = pixels(mark)
  if (!process.argv.includes('--check')) writeFileSync(path, png(rows))
  else if (!shown(readFileSync(path)).equals(rows)) {
    console.error(`${path} is not what its colours and lines say: run \`npm run gen:pins\``)
    wrong = true
  }
}
process.exit(wrong ? 1 : 0)
