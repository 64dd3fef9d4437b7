import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const css = readFileSync('src/theme/tokens.css', 'utf8')
const [light = '', dark = ''] = css.split('@media')

function tokens(part: string): Record<string, string> {
  return Object.assign({}, ...[...part.matchAll(/--wb-([a-z0-9-]+):\s*(#[0-9a-f]{6})/g)].map(([, name = '', value = '']) => ({ [name]: value })))
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (high + 0.05) / (low + 0.05)
}

const TEXT: [string, string][] = [
  ...['ink', 'ink-2', 'link', 'open', 'warn', 'danger', 'info'].flatMap((text) => ['page', 'card'].map((ground) => [text, ground] as [string, string])),
  ['on-honey', 'honey'],
  ['ink', 'honey-soft'],
  ['link', 'honey-soft'],
  ['open', 'open-soft'],
  ['warn', 'warn-soft'],
  ['danger', 'danger-soft'],
  ['info', 'info-soft'],
  ['ink', 'line'],
]

describe.each([
  ['by day', tokens(light)],
  ['at night', tokens(dark)],
])('%s', (_, palette) => {
  it.each(TEXT)('%s on %s can be read (4.5:1)', (text, ground) => {
    expect(contrast(palette[text] ?? '', palette[ground] ?? '')).toBeGreaterThanOrEqual(4.5)
  })

  it.each(['page', 'card'])('the border of a control stands out from the %s (3:1)', (ground) => {
    expect(contrast(palette.control ?? '', palette[ground] ?? '')).toBeGreaterThanOrEqual(3)
  })
})
