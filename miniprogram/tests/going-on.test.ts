import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiError } from '@/api/problem'
import CarriedNote from '@/components/CarriedNote.vue'
import { say } from '@/texts/say'
import { troubleWords } from '@/texts/trouble'

const api = vi.hoisted(() => ({ copyFiles: vi.fn() }))
vi.mock('@/api/cases', () => api)
vi.mock('@/navigation', () => ({ say: vi.fn() }))

beforeEach(() => {
  setActivePinia(createPinia())
  vi.clearAllMocks()
})

describe('going on from a case', () => {
  it('asks for the files once more after a failure, and for the next ones anew', async () => {
    const note = mount(CarriedNote, { props: { from: { no: 'SQ1', mode: 'named', files: ['a', 'b'] }, service: 'legal_aid', room: 1 } })
    const bring = async () => {
      await note.find('.btn').trigger('click')
      await flushPromises()
    }
    api.copyFiles.mockRejectedValueOnce(new ApiError('timeout')).mockResolvedValue({ items: [{ id: 'c' }] })
    await bring()
    await bring()
    await note.setProps({ from: { no: 'SQ1', mode: 'named', files: ['b'] } })
    await bring()
    const [failed, again, next] = api.copyFiles.mock.calls.map((call) => call[3])
    expect(again).toBe(failed)
    expect(next).not.toBe(failed)
    expect(api.copyFiles.mock.calls.map((call) => call[2])).toEqual([['a'], ['a'], ['b']])
  })

  it('offers no second try while another case is under way', () => {
    const refusal = (no?: string) => new ApiError('problem', { title: '正在办', status: 409, code: 'gone_on_already', no })
    const again = (failure: ApiError) => troubleWords(failure, (key, values) => say('zh-Hans', key, values)).again
    expect(again(refusal('FY1'))).toBe(false)
    expect(again(refusal())).toBe(true)
  })
})
