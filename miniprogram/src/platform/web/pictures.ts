import type { KeepsakePicture, Picture } from '../types'

const LONGEST_SIDE = 1920
const ENOUGH = 1.5 * 1024 * 1024

/** Photos are made small on the phone (≤ 1.5 MB, longest side 1920) and lose their EXIF on the way; other files pass as they are. */
export async function shrink(file: File): Promise<Picture> {
  const asIs = { path: URL.createObjectURL(file), size: file.size, name: file.name, file }
  if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return asIs
  const image = await loaded(asIs.path)
  if (!image) return asIs
  const scale = Math.min(1, LONGEST_SIDE / Math.max(image.naturalWidth, image.naturalHeight))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(image.naturalWidth * scale)
  canvas.height = Math.round(image.naturalHeight * scale)
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
  for (const quality of [0.85, 0.7, 0.5]) {
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality))
    if (blob && (blob.size <= ENOUGH || quality === 0.5)) {
      URL.revokeObjectURL(asIs.path)
      const name = file.name.replace(/\.\w+$/, '.jpg')
      return { path: URL.createObjectURL(blob), size: blob.size, name, file: new File([blob], name, { type: blob.type }) }
    }
  }
  return asIs
}

function loaded(address: string): Promise<HTMLImageElement | null> {
  return new Promise((resolve) => {
    const image = new Image()
    image.onload = () => resolve(image)
    image.onerror = () => resolve(null)
    image.src = address
  })
}

export const KEEPSAKE_WIDTH = 750
const MARGIN = 48
const SMALL = 34
const LARGE = 44
const ROW = 46
/** More would make a picture that phones cannot draw. */
const MOST_ROWS = 30

/** About how many times its size a text is wide: Latin letters and digits take a little over a half. */
const widthOf = (text: string): number => [...text].reduce((sum, letter) => sum + (/[ -~]/.test(letter) ? 0.6 : 1), 0)

/** A text cut to rows that fit the picture. */
export function wrapped(text: string): string[] {
  const most = (KEEPSAKE_WIDTH - 2 * MARGIN) / SMALL
  const rows: string[] = []
  for (const line of text.split('\n')) {
    let row = ''
    for (const letter of line) {
      if (widthOf(row + letter) > most) {
        rows.push(row)
        row = ''
      }
      row += letter
    }
    rows.push(row)
  }
  return rows.length > MOST_ROWS ? [...rows.slice(0, MOST_ROWS), '…'] : rows
}

export const keepsakeHeight = (picture: KeepsakePicture): number =>
  380 + picture.lines.reduce((sum, { value }) => sum + 84 + wrapped(value).length * ROW, 0)

/** The lines as a PNG, as a data address. */
export function drawKeepsake(picture: KeepsakePicture): string {
  const canvas = document.createElement('canvas')
  canvas.width = KEEPSAKE_WIDTH
  canvas.height = keepsakeHeight(picture)
  const pen = canvas.getContext('2d')
  if (pen) drawLines(pen, picture, canvas.width, canvas.height)
  return canvas.toDataURL('image/png')
}

/** Draws on any 2D context, the browser's or WeChat's. */
export function drawLines(pen: CanvasRenderingContext2D, picture: KeepsakePicture, width: number, height: number): void {
  const font = (size: number, weight = 400) =>
    `${weight} ${size}px -apple-system, "PingFang SC", "HarmonyOS Sans SC", "Noto Sans CJK SC", sans-serif`
  pen.fillStyle = '#ffffff'
  pen.fillRect(0, 0, width, height)
  pen.fillStyle = '#f5a800'
  pen.fillRect(0, 0, width, 140)
  pen.fillStyle = '#2a1a00'
  pen.font = font(44, 700)
  pen.fillText(picture.title, 48, 88)
  let y = 220
  for (const { label, value } of picture.lines) {
    pen.fillStyle = '#6b6259'
    pen.font = font(28)
    pen.fillText(label, 48, y)
    pen.fillStyle = '#231f1a'
    const rows = wrapped(value)
    const fits = rows.length === 1 && widthOf(value) * LARGE <= width - 2 * MARGIN
    pen.font = font(fits ? LARGE : SMALL, 600)
    for (const [index, row] of rows.entries()) pen.fillText(row, MARGIN, y + 56 + index * ROW)
    y += 84 + rows.length * ROW
  }
  pen.fillStyle = '#6b6259'
  pen.font = font(26)
  pen.fillText(picture.foot, 48, y + 10)
}
