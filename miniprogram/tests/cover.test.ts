import { describe, expect, it } from 'vitest'
import { full, MOST_SPOTS, tapped, type Spot } from '@/rules/cover'

describe('covering a picture', () => {
  const face: Spot = { x: 0.5, y: 0.5, size: 0.16 }

  it('takes a tap beside a square for a new one, and on it for taking it away', () => {
    const two = tapped([face], { x: 0.5, y: 0.9 }, 0.08, 1)
    expect(two).toEqual([face, { x: 0.5, y: 0.9, size: 0.08 }])
    expect(tapped(two, { x: 0.57, y: 0.43 }, 0.08, 1)).toEqual([two[1]])
  })

  it('knows that a square of a tall picture is a smaller share of its height', () => {
    expect(tapped([face], { x: 0.5, y: 0.55 }, 0.16, 2)).toHaveLength(2)
    expect(tapped([face], { x: 0.5, y: 0.53 }, 0.16, 2)).toEqual([])
  })

  it('leaves what is covered at the service already, and makes no more than are taken', () => {
    expect(tapped([face], { x: 0.5, y: 0.5 }, 0.16, 1, 1)).toHaveLength(2)
    const many = Array.from({ length: MOST_SPOTS }, () => ({ x: 0.1, y: 0.1, size: 0.02 }))
    expect(tapped(many, { x: 0.9, y: 0.9 }, 0.16, 1)).toEqual(many)
    expect([full(many), full(many.slice(1)), full(many, 1)]).toEqual([true, false, false])
  })
})
