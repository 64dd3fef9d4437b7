interface Down {
  x: number
  y: number
  /** Milliseconds of a clock of the phone's, as the finger came down. */
  at: number
  /** Milliseconds; when the page heard of it, which on a slow phone is later. */
  heard: number
}

/** Phones themselves take two taps within 300 ms for one gesture; a cold thumb on a cheap screen is slower. */
const AGAIN_MS = 400
/** A thumb does not meet the same point twice. */
const NEAR_PX = 32
/** From the finger to what it presses. */
const PRESS_MS = 800

/** Of all pages together: the second tap often falls on the page that the first one opened. */
let last: Down | null = null
let before: Down | null = null

/** A finger came down on a page: where on the screen in CSS pixels, and when in milliseconds of one clock. */
export function fingerDown(x: number, y: number, at: number): void {
  before = last
  last = { x, y, at, heard: Date.now() }
}

/**
 * Whether what is pressed now was pressed by the second of two taps at one place. It was meant for what stood there at the first, which
 * by now may be another button, even of another page. A mouse and a keyboard never tap twice. Answers once a tap.
 */
export function isSecondTap(): boolean {
  const first = before
  before = null
  if (!first || !last || Date.now() - last.heard > PRESS_MS) return false
  return last.at - first.at < AGAIN_MS && Math.abs(last.x - first.x) < NEAR_PX && Math.abs(last.y - first.y) < NEAR_PX
}
