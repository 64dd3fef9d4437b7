/** Files on their way: over broken lines, after the page was closed, after the case that they belong to. */
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { flushPromises, mount } from '@vue/test-utils'
import { ApiError, problemFrom } from '@/api/problem'
import type { Call } from '@/api/request'
import { ONE_PIECE, sendFile } from '@/api/uploads'
import type { Picture } from '@/platform'
import sha256 from '@/platform/sha256'
import { keepInMemoryOnly } from '@/platform/keep'
import VoiceRecorder from '@/components/VoiceRecorder.vue'
import { useParcels } from '@/stores/parcels'
import { phone } from './platform'

const client = vi.hoisted(() => ({ request: vi.fn(), upload: vi.fn(), get: vi.fn(), post: vi.fn(), useSessionSource: vi.fn() }))
vi.mock('@/api/client', () => client)

/** The service: what arrived of each upload, and what was asked. */
const service = {
  asked: [] as Call[],
  parts: new Map<number, string>(),
  size: 0,
  /** Answers so many calls and then none. */
  answers: Infinity,
  gone: false,
  supplements: [] as unknown[],
}

const part_size = ONE_PIECE
const progress = () => ({
  id: 'u1',
  claim: 'secret',
  size: service.size,
  part_size,
  missing: Array.from({ length: Math.ceil(service.size / part_size) }, (_, number) => number).filter((number) => !service.parts.has(number)),
})

async function answer(call: Call): Promise<unknown> {
  service.asked.push(call)
  if (service.answers <= 0) throw new ApiError('offline')
  service.answers -= 1
  if (call.path.endsWith('/supplements')) return service.supplements.push(call.body)
  if (service.gone && call.method === 'GET') throw new ApiError('problem', problemFrom(404, {}))
  if (call.path === '/uploads') service.size = (call.body as { size: number }).size
  const number = /parts\/(\d+)$/.exec(call.path)?.[1]
  if (number) {
    expect(call.headers?.['Part-Sha256']).toBe(sha256(call.body as ArrayBuffer))
    service.parts.set(Number(number), new TextDecoder().decode(call.body as ArrayBuffer))
  }
  if (call.path.endsWith('/attachment')) return { id: 'a1', size: service.size, media_type: 'image/jpeg' }
  return progress()
}

const CONTENT = 'a'.repeat(part_size) + 'b'.repeat(part_size) + 'ccc'
const file = (content = CONTENT): Picture => ({ path: 'blob:1', name: 'film.mp4', size: content.length, file: new File([content], 'film.mp4') })

beforeEach(() => {
  Object.assign(service, { asked: [], size: 0, answers: Infinity, gone: false, supplements: [] })
  service.parts.clear()
  phone.files.clear()
  keepInMemoryOnly(false)
  setActivePinia(createPinia())
  vi.resetAllMocks()
  client.request.mockImplementation(answer)
  client.upload.mockResolvedValue({ id: 'small', claim: 'c', media_type: 'image/jpeg' })
})

describe('a large file', () => {
  it('goes in parts with their digests, and its claim is the upload\'s', async () => {
    const percents: number[] = []
    const done = await sendFile({ file: file(), key: 'k', anonymous: true, onProgress: (percent) => percents.push(percent) })
    expect([...service.parts.values()].join('')).toBe(CONTENT)
    expect(done).toMatchObject({ id: 'a1', claim: 'secret' })
    expect(percents).toEqual([0, 33, 67, 100])
    expect(service.asked.every((call) => call.auth === 'none')).toBe(true)
    expect(service.asked[0]?.idempotencyKey).toBe('k')
  })

  it('goes on with what is missing', async () => {
    service.size = CONTENT.length
    service.parts.set(1, 'b'.repeat(part_size))
    await sendFile({ file: file(), key: 'k', anonymous: false, ticket: { id: 'u1', claim: 'secret' } })
    expect(service.asked.map((call) => `${call.method} ${call.path}`)).toEqual(['GET /uploads/u1', 'PUT /uploads/u1/parts/0', 'PUT /uploads/u1/parts/2', 'POST /uploads/u1/attachment'])
    expect(service.asked.every((call) => call.headers?.['Upload-Claim'] === 'secret')).toBe(true)
  })

  it('begins anew when nobody has it any more', async () => {
    service.gone = true
    await sendFile({ file: file(), key: 'k', anonymous: false, ticket: { id: 'old' } })
    const begun = service.asked.find((call) => call.path === '/uploads')
    expect(begun?.idempotencyKey).not.toBe('k')
    expect(service.parts.size).toBe(3)
  })

  it('goes in one piece when it is small', async () => {
    await sendFile({ file: file('x'), key: 'k', anonymous: false })
    expect(client.upload).toHaveBeenCalledOnce()
    expect(service.asked).toEqual([])
  })
})

describe('parcels', () => {
  it('arrive and wait for the form that they were added to', async () => {
    const parcels = useParcels()
    await parcels.add('draft-1', file(), true)
    await flushPromises()
    expect(parcels.of('draft-1')[0]?.done).toEqual({ id: 'a1', claim: 'secret', name: 'film.mp4' })
    expect(parcels.of('draft-2')).toEqual([])
  })

  it('stand still on a broken line and go on after the page was closed, without a part twice', async () => {
    const parcels = useParcels()
    service.answers = 2
    await parcels.add('draft-1', file(), true)
    await flushPromises()
    expect(parcels.of('draft-1')[0]).toMatchObject({ percent: 33, trouble: { kind: 'offline' }, ticket: { id: 'u1', claim: 'secret' } })

    setActivePinia(createPinia())
    service.answers = Infinity
    service.asked.length = 0
    const later = useParcels()
    later.resume()
    await flushPromises()
    expect(later.of('draft-1')[0]?.done?.id).toBe('a1')
    expect(service.asked.filter((call) => call.method === 'PUT').map((call) => call.path)).toEqual(['/uploads/u1/parts/1', '/uploads/u1/parts/2'])
  })

  it('that the service refused are shown, and not waited for', async () => {
    const parcels = useParcels()
    client.upload.mockRejectedValue(new ApiError('problem', problemFrom(415, {})))
    await parcels.add('draft-1', file('x'), false, 'contract_files')
    await parcels.add('draft-1', file(), false)
    await flushPromises()
    expect(parcels.of('draft-1', 'contract_files')).toHaveLength(1)
    expect(parcels.coming('draft-1', 'contract_files')).toEqual([])
    expect(parcels.coming('draft-1')).toHaveLength(1)
  })

  it('can still be covered after the page was closed, until they are sent', async () => {
    const parcels = useParcels()
    client.upload.mockResolvedValue({ id: 'p1', claim: 'secret', media_type: 'image/jpeg' })
    await parcels.add('draft-1', file('x'), true)
    await flushPromises()
    const done = parcels.of('draft-1')[0]!
    parcels.drop(done.key)
    await parcels.cover(done.done!, [{ x: 0.5, y: 0.5, size: 0.1 }])

    setActivePinia(createPinia())
    const later = useParcels()
    await later.recall(['p1'])
    expect(later.pictureOf('p1')).toBeTruthy()
    expect(later.coversOf('p1')).toHaveLength(1)
    later.follow('draft-1', { no: 'SQ1' })
    expect(later.pictureOf('p1')).toBeUndefined()
    expect(phone.files.size).toBe(0)
  })

  it('leave nothing on the phone once what they were added to is given up, whether they arrived or not', async () => {
    const parcels = useParcels()
    client.upload.mockResolvedValue({ id: 'p1', claim: 'secret', media_type: 'image/jpeg' })
    await parcels.add('draft-1', file('x'), true)
    await flushPromises()
    client.upload.mockRejectedValue(new ApiError('offline'))
    await parcels.add('draft-1', file('x'), true)
    await parcels.add('draft-2', file('x'), true)
    await flushPromises()
    parcels.abandon('draft-1')
    expect(parcels.of('draft-1')).toEqual([])
    expect(parcels.pictureOf('p1')).toBeUndefined()
    expect(phone.files.size).toBe(1)
    expect(parcels.of('draft-2')).toHaveLength(1)
  })

  it('follow a case that was sent first', async () => {
    const parcels = useParcels()
    service.answers = 2
    await parcels.add('draft-1', file(), false)
    await flushPromises()
    parcels.follow('draft-1', { no: 'SQ1' })
    expect(parcels.of('draft-1')).toEqual([])
    expect(parcels.forCase('SQ1')).toHaveLength(1)
    service.answers = Infinity
    parcels.resume()
    await flushPromises()
    const added = service.asked.find((call) => call.path.endsWith('/supplements'))
    const begun = service.asked.find((call) => call.path === '/uploads')
    expect(added?.idempotencyKey).toBeTruthy()
    // The service binds a key to one body.
    expect(added?.idempotencyKey).not.toBe(begun?.idempotencyKey)
    expect(service.supplements).toEqual([{ answers: {}, attachments: [{ id: 'a1', claim: 'secret' }] }])
    expect(parcels.forCase('SQ1')).toEqual([])
    expect(phone.files.size).toBe(0)
  })

  it('leave nothing on the phone that leads to an anonymous case', async () => {
    const parcels = useParcels()
    service.answers = 2
    await parcels.add('draft-1', file(), true)
    await flushPromises()
    parcels.follow('draft-1', { no: 'SQ-ANON', secret: 'five words' })
    await flushPromises()
    const { storage } = await import('./uni')
    expect([...storage.values()].join()).not.toContain('SQ-ANON')
    expect([...storage.values()].join()).not.toContain('five words')
    service.answers = Infinity
    parcels.resume()
    await flushPromises()
    expect(service.asked.find((call) => call.path.endsWith('/supplements'))).toMatchObject({ auth: 'none', headers: { 'Case-Secret': 'five words' } })
  })

  it('that were sent by name never follow an anonymous case', async () => {
    const parcels = useParcels()
    service.answers = 2
    await parcels.add('draft-1', file(), false)
    await flushPromises()
    parcels.follow('draft-1', { no: 'SQ-ANON', secret: 'five words' })
    expect(parcels.parcels).toEqual([])
    expect(phone.files.size).toBe(0)
  })

  it('are not tried again by themselves once the service refused them', async () => {
    const parcels = useParcels()
    client.request.mockRejectedValue(new ApiError('problem', problemFrom(415, { title: '只能传照片' })))
    await parcels.add('draft-1', file(), true)
    await flushPromises()
    const calls = client.request.mock.calls.length
    parcels.resume()
    await flushPromises()
    expect(client.request.mock.calls.length).toBe(calls)
    expect(parcels.of('draft-1')[0]?.trouble?.status).toBe(415)
  })

  it('are kept for three days', async () => {
    service.answers = 0
    await useParcels().add('draft-1', file(), true)
    await flushPromises()
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3 * 86_400_000 + 1)
    setActivePinia(createPinia())
    expect(useParcels().parcels).toEqual([])
    expect(phone.files.size).toBe(0)
  })
})

describe('a voice', () => {
  it('travels in parts, goes on after a broken line, and is what the form names when all of it is there', async () => {
    const { platform } = await import('./platform')
    let stop = (): void => undefined
    const done = new Promise<Picture>((resolve) => (stop = () => resolve(file())))
    const record = vi.fn().mockResolvedValue({ done, stop: () => stop() })
    Object.assign(platform, { record })
    service.answers = 2
    const wrapper = mount(VoiceRecorder, { props: { modelValue: null, place: 'call', sending: false } })
    await wrapper.get('button, [role=button]').trigger('click')
    await flushPromises()
    stop()
    await flushPromises()
    expect(wrapper.text()).toContain('没有网络')
    expect(wrapper.emitted('update:modelValue')).toBeUndefined()
    service.answers = Infinity
    useParcels().resume()
    await flushPromises()
    expect(wrapper.emitted('update:modelValue')).toEqual([[{ id: 'a1', claim: 'secret', name: '录了 1 秒' }]])
    expect(service.asked.filter((call) => call.method === 'PUT').map((call) => call.path)).toEqual([0, 1, 1, 2].map((number) => `/uploads/u1/parts/${number}`))
    expect(useParcels().of('call')).toEqual([])
    wrapper.unmount()
  })
})

it('knows the digest of nothing', () => {
  expect(sha256(new ArrayBuffer(0))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')

})

describe('a file for one question of a form', () => {
  it('follows the case that was sent before it, with its question', async () => {
    const parcels = useParcels()
    service.answers = 0
    await parcels.add('draft', file(), false, 'slips')
    await flushPromises()
    expect(parcels.of('draft', 'slips')).toHaveLength(1)
    expect(parcels.of('draft')).toEqual([])
    service.answers = Infinity
    parcels.follow('draft', { no: 'FY1' })
    parcels.resume()
    await vi.waitFor(() => expect(service.supplements).toHaveLength(1))
    expect(service.supplements[0]).toEqual({ answers: {}, attachments: [{ id: 'a1', claim: 'secret', field: 'slips' }] })
  })
})
