import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ask } from '@/navigation'

vi.mock('@/platform', () => ({ platform: { holdBack: () => () => undefined, sayNo: () => undefined } }))

interface Shown {
  confirmText?: string
  cancelText?: string
  success(result: { confirm: boolean }): void
  fail(): void
}

const shown: Shown[] = []

describe('a question', () => {
  beforeEach(() => {
    shown.length = 0
    // As in WeChat: labels of more than four characters are refused, and nothing is asked.
    vi.stubGlobal('uni', {
      showModal: (one: Shown) => {
        shown.push(one)
        if ([one.confirmText, one.cancelText].some((label) => label && label.length > 4)) one.fail()
        else one.success({ confirm: true })
      },
    })
  })

  it('has the labels that it was given', async () => {
    expect(await ask('删掉这一条？', '', '删掉', '取消')).toBe(true)
    expect(shown.map((one) => one.confirmText)).toEqual(['删掉'])
  })

  it('is asked with labels of WeChat where those are too long for it', async () => {
    expect(await ask('Remove this one?', '', 'Remove', 'Cancel')).toBe(true)
    expect(shown.map((one) => one.confirmText)).toEqual(['Remove', undefined])
  })
})
