import { describe, expect, it } from 'vitest'
import { ticked, unticked } from '@/rules/consenting'

const asked = [
  { key: 'terms', version: '2', optional: false },
  { key: 'contact', version: '1', optional: true },
] as const

describe('what is agreed to', () => {
  it('lets an optional consent stay unticked, and no other', () => {
    expect(unticked(asked, {}).map((one) => one.key)).toEqual(['terms'])
    expect(unticked(asked, { terms: '2' })).toEqual([])
  })

  it('sends what was ticked as it reads now, and nothing else', () => {
    expect(ticked(asked, { terms: '2' })).toEqual([{ key: 'terms', version: '2' }])
    expect(ticked(asked, { terms: '1', contact: '1' })).toEqual([{ key: 'contact', version: '1' }])
  })
})
