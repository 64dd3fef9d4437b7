import { mount, flushPromises } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { ApiError } from '@/api/problem'
import { usePaging } from '@/composables/paging'
import { saidAll, useRecording } from '@/composables/recording'
import { useSaying } from '@/composables/saying'
import type { Picture } from '@/platform'
import { phone } from './platform'

const said = vi.hoisted(() => ({ say: vi.fn() }))
vi.mock('@/navigation', () => said)

const sound: Picture = { path: 'blob:v', size: 9, name: 'voice.webm' }

/** A microphone that records until it is stopped. */
function microphone() {
  let end: (sound: Picture | null) => void = () => undefined
  const done = new Promise<Picture | null>((told) => {
    end = told
  })
  return { stop: vi.fn(() => end(sound)), done }
}

function page<T>(use: () => T) {
  let given: T | undefined
  const wrapper = mount(
    defineComponent({
      setup() {
        given = use()
        return () => h('div')
      },
    }),
  )
  return { wrapper, it: given as T }
}

beforeEach(() => {
  setActivePinia(createPinia())
  said.say.mockReset()
  vi.useRealTimers()
})

describe('a recording', () => {
  const take = vi.fn()
  beforeEach(() => take.mockReset())

  it('counts its seconds and ends by itself when the time is over', async () => {
    vi.useFakeTimers()
    const begun = microphone()
    phone.record = () => Promise.resolve(begun)
    const { it: recording } = page(() => useRecording(15, take))
    const over = recording.record()
    await vi.advanceTimersByTimeAsync(14_000)
    expect([recording.seconds.value, recording.left.value, begun.stop.mock.calls.length]).toEqual([14, 1, 0])
    await vi.advanceTimersByTimeAsync(1000)
    await over
    expect(take.mock.calls).toEqual([[{ ...sound, seconds: 15 }]])
    expect(recording.running.value).toBeNull()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('that was stopped at once has lasted a second', async () => {
    phone.record = () => Promise.resolve(microphone())
    const { it: recording } = page(() => useRecording(15, take))
    const over = recording.record()
    await flushPromises()
    recording.stop()
    await over
    expect(take.mock.calls).toEqual([[{ ...sound, seconds: 1 }]])
  })

  it('is begun once, however often the button is tapped', async () => {
    const record = vi.fn(() => Promise.resolve(microphone()))
    phone.record = record
    const { it: recording } = page(() => useRecording(15, take))
    const first = recording.record()
    await recording.record()
    await flushPromises()
    expect(record).toHaveBeenCalledOnce()
    recording.stop()
    await first
    expect(take).toHaveBeenCalledOnce()
  })

  it('can be begun after the microphone was refused, and after it broke', async () => {
    phone.record = () => Promise.resolve(null)
    const { it: recording } = page(() => useRecording(15, take))
    await recording.record()
    expect(take.mock.calls).toEqual([['refused']])
    phone.record = () => Promise.resolve({ stop: () => undefined, done: Promise.reject(new Error('broke')) })
    await expect(recording.record()).rejects.toThrow('broke')
    expect(recording.running.value).toBeNull()
    phone.record = () => Promise.resolve(microphone())
    const over = recording.record()
    await flushPromises()
    recording.stop()
    await over
    expect(take).toHaveBeenLastCalledWith({ ...sound, seconds: 1 })
  })

  it('ends when the page is left, also while the phone still asks whether it may listen', async () => {
    const [running, asked] = [microphone(), microphone()]
    phone.record = () => Promise.resolve(running)
    const first = page(() => useRecording(15, take))
    void first.it.record()
    await flushPromises()
    first.wrapper.unmount()
    expect(running.stop).toHaveBeenCalledOnce()
    await flushPromises()
    expect(take).toHaveBeenCalledOnce()

    phone.record = () => Promise.resolve(asked)
    const second = page(() => useRecording(15, take))
    const over = second.it.record()
    second.wrapper.unmount()
    await over
    expect(take).toHaveBeenCalledOnce()
    expect(asked.stop).toHaveBeenCalledOnce()
  })

  it('ends when all has been said, which is over once it was taken', async () => {
    let kept: () => void = () => undefined
    take.mockReturnValue(new Promise<void>((done) => (kept = done)))
    phone.record = () => Promise.resolve(microphone())
    const { it: recording } = page(() => useRecording(15, take))
    void recording.record()
    await flushPromises()
    const over = vi.fn()
    void saidAll().then(over)
    await flushPromises()
    expect([take.mock.calls.length, over.mock.calls.length]).toEqual([1, 0])
    kept()
    await flushPromises()
    expect(over).toHaveBeenCalledOnce()
    await saidAll()
  })
})

describe('what is said', () => {
  it('has one key until it has arrived, and another one when it is other words', () => {
    const { keyFor, arrived } = useSaying()
    const first = keyFor({ text: '好的' })
    expect(keyFor({ text: '好的' })).toBe(first)
    expect(keyFor({ text: '好的，谢谢' })).not.toBe(first)
    const last = keyFor({ text: '好的' })
    arrived()
    expect(keyFor({ text: '好的' })).not.toBe(last)
  })
})

describe('a list in pages', () => {
  const one = { items: ['a'], next_cursor: 'after-a' }

  it('shows what is there and says why more did not come', async () => {
    const ask = vi.fn().mockResolvedValueOnce(one).mockRejectedValueOnce(new ApiError('offline')).mockResolvedValueOnce({ items: ['b'], next_cursor: null })
    const list = usePaging<string>(ask)
    await list.load()
    await list.more()
    expect(list.items.value).toEqual(['a'])
    expect(said.say).toHaveBeenCalledOnce()
    await list.more()
    expect(list.items.value).toEqual(['a', 'b'])
    expect(ask.mock.calls).toEqual([[], ['after-a'], ['after-a']])
  })

  it('shows nothing twice after two taps, nor what was asked for before it was loaded anew', async () => {
    const ask = vi.fn().mockResolvedValueOnce(one).mockResolvedValueOnce({ items: ['b'], next_cursor: null })
    const list = usePaging<string>(ask)
    await list.load()
    await Promise.all([list.more(), list.more()])
    expect(list.items.value).toEqual(['a', 'b'])

    let late: (page: typeof one) => void = () => undefined
    ask.mockReturnValueOnce(new Promise((told) => (late = told))).mockResolvedValueOnce(one)
    const more = list.more()
    await list.load()
    late({ items: ['late'], next_cursor: 'x' })
    await more
    expect(list.items.value).toEqual(['a'])
  })

  it('that never came says so, one that came before stays', async () => {
    const ask = vi.fn().mockRejectedValueOnce(new ApiError('offline')).mockResolvedValueOnce(one).mockRejectedValueOnce(new ApiError('offline'))
    const list = usePaging<string>(ask)
    await list.load()
    expect(list.state.value).toBe('failed')
    await list.load()
    await list.load()
    expect([list.state.value, list.items.value]).toEqual(['ready', ['a']])
  })
})
