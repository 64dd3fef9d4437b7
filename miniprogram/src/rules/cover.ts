/** A square of a picture that nobody is to see, in shares of the picture: `x` and `size` of its width, `y` of its height. */
export interface Spot {
  x: number
  y: number
  size: number
}

export const SIZES = { small: 0.08, middle: 0.16, large: 0.32 } as const
export type SpotSize = keyof typeof SIZES
/** The service takes no more at once. */
export const MOST_SPOTS = 40

/**
 * What is covered after a tap: what lay there goes, else there is a new square. The first `fixed` ones stay: they are
 * covered already.
 */
export function tapped(spots: readonly Spot[], at: { x: number; y: number }, size: number, tallness: number, fixed = 0): Spot[] {
  const hit = spots.findIndex((one, index) => index >= fixed && Math.abs(one.x - at.x) <= one.size / 2 && Math.abs(one.y - at.y) * tallness <= one.size / 2)
  if (hit >= 0) return spots.filter((_, index) => index !== hit)
  return full(spots, fixed) ? [...spots] : [...spots, { ...at, size }]
}

/** Whether no more squares are taken; the first `fixed` ones do not count. */
export function full(spots: readonly Spot[], fixed = 0): boolean {
  return spots.length - fixed >= MOST_SPOTS
}
