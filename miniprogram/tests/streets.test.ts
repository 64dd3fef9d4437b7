import { describe, expect, it } from 'vitest'
import { STREETS, streetAround, streetsToAsk } from '@/rules/streets'

describe('which street a place lies in', () => {
  it('is not asked in the middle of one', () => {
    for (const street of STREETS) expect(streetsToAsk(street)).toEqual([])
  })

  it('is known in the middle of one, and not near a border or far from all', () => {
    for (const street of STREETS) expect(streetAround(street)?.code).toBe(street.code)
    expect(streetAround({ lat: 22.5502, lng: 114.0818 })).toBeNull()
    expect(streetAround({ lat: 23.1, lng: 113.3 })).toBeNull()
  })

  it('is asked near a border, the nearest first', () => {
    expect(streetsToAsk({ lat: 22.5502, lng: 114.0818 }).map((one) => one.name)).toEqual(['华强北', '华富', '园岭'])
  })

  it('is asked of the same place when a browser measured it', () => {
    expect(streetsToAsk({ lat: 22.553, lng: 114.0767, datum: 'wgs84' }).map((one) => one.name).sort()).toEqual(['华富', '华强北', '园岭'].sort())
  })

  it('is asked where the phone measured badly', () => {
    const meilin = STREETS.filter((one) => one.name === '梅林')
    expect(meilin.flatMap((one) => streetsToAsk({ ...one, accuracy: 400 }))).toEqual([])
    expect(meilin.map((one) => streetsToAsk({ ...one, accuracy: 900 })[0]?.name)).toEqual(['梅林'])
  })

  it('is not asked far from all of them', () => {
    expect(streetsToAsk({ lat: 22.5, lng: 113.9 })).toEqual([])
  })
})
