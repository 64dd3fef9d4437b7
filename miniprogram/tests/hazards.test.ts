import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { flushPromises } from '@vue/test-utils'
import { ApiError } from '@/api/problem'
import type { Session } from '@/api/types'
import type { Picture } from '@/platform'
import { keepInMemoryOnly, kept } from '@/platform/keep'
import { isRiding, spotOf } from '@/rules/hazard'
import { useHazards, type NewHazard } from '@/stores/hazards'
import { useSession } from '@/stores/session'
import { phone, platform } from './platform'

const cases = vi.hoisted(() => ({ openCase: vi.fn(), service: vi.fn() }))
const uploads = vi.hoisted(() => ({ sendFile: vi.fn(), coverSpots: vi.fn() }))
vi.mock('@/api/cases', () => cases)
vi.mock('@/api/uploads', () => uploads)
vi.mock('@/api/account', () => ({ openSession: vi.fn(), closeSession: vi.fn(), getMe: vi.fn() }))

const offline = new ApiError('offline')
const refusal = (status: number, errors?: Record<string, string[]>) => new ApiError('problem', { type: '', title: '不行', status, code: 'invalid', errors })
const picture: Picture = { path: 'blob:1', size: 10, name: 'hole.jpg', file: new File(['x'], 'hole.jpg') }
const hole = (more: Partial<NewHazard> = {}): NewHazard => ({
  kind: 'pothole',
  spot: { lat: 22.5, lng: 114.1, source: 'here', datum: 'wgs84', accuracy: 8 },
  danger: false,
  text: '',
  seenAt: new Date().toISOString(),
  nameless: true,
  files: [picture],
  ...more,
})
const signIn = (id: string) => useSession().take({ token: `t-${id}`, expires_at: '', profiles: 1, worker: { id, level: 'L1' } } as unknown as Session)

beforeEach(() => {
  keepInMemoryOnly(false)
  setActivePinia(createPinia())
  vi.resetAllMocks()
  phone.files.clear()
  cases.service.mockResolvedValue({ consents: [{ key: 'terms', version: '1' }, { key: 'location', version: '2' }] })
  cases.openCase.mockResolvedValue({ no: 'MB1', secret: 'wort', state: 'new' })
  uploads.sendFile.mockResolvedValue({ id: 'a1', claim: 'c1' })
})

describe('a hazard', () => {
  it('that was reported without a network waits, also after the page was closed, and goes once with the place and time it was seen at', async () => {
    uploads.sendFile.mockRejectedValue(offline)
    const seenAt = new Date(Date.now() - 3600_000).toISOString()
    await useHazards().add(hole({ seenAt }))
    await flushPromises()
    expect(useHazards().waiting).toHaveLength(1)

    setActivePinia(createPinia())
    uploads.sendFile.mockResolvedValue({ id: 'a1', claim: 'c1' })
    const later = useHazards()
    await Promise.all([later.flush(), later.flush()])
    await flushPromises()
    expect(cases.openCase).toHaveBeenCalledOnce()
    const [body, key] = cases.openCase.mock.calls[0] as [Record<string, unknown>, string]
    expect(body).toMatchObject({
      identity_mode: 'anonymous',
      attachments: [{ id: 'a1', claim: 'c1' }],
      consents: [{ key: 'terms', version: '1' }, { key: 'location', version: '2' }],
      answers: { kind: 'pothole', seen_at: seenAt, spot: { lat: 22.5, source: 'here' } },
    })
    expect(key).toBe(later.sent[0]?.key)
    expect(later.sent[0]?.sent).toEqual({ no: 'MB1', secret: 'wort', merged: false })
    expect(phone.files.size).toBe(0)
  })

  it('that was marked gives back its pictures with what is to be covered, and its voice, also after the page was closed', async () => {
    const [face, voice] = [{ x: 0.5, y: 0.25, size: 0.16 }, { ...picture, name: 'voice.webm', seconds: 4 }]
    await useHazards().add(hole({ unfinished: true, files: [{ ...picture, covers: [face] }, voice] }))
    setActivePinia(createPinia())
    const later = useHazards()
    expect(await later.filesOf(later.unfinished[0]!)).toMatchObject([{ name: 'hole.jpg', covers: [face] }, { name: 'voice.webm', seconds: 4 }])
  })

  it('that is completed is sent with what was marked, where a full phone has room for no copy', async () => {
    await useHazards().add(hole({ unfinished: true, files: [{ ...picture, seconds: 4 }] }))
    setActivePinia(createPinia())
    vi.spyOn(platform, 'keepFile').mockResolvedValue()
    vi.spyOn(platform, 'keptFile').mockImplementation((key) => Promise.resolve(phone.files.has(key) ? { ...picture, path: key } : null))
    uploads.sendFile.mockRejectedValueOnce(offline)
    const later = useHazards()
    const mark = later.unfinished[0]!
    await later.add(hole({ files: await later.filesOf(mark) }))
    later.drop(mark.key)
    await flushPromises()
    let there = false
    uploads.sendFile.mockImplementation(({ file }: { file: Picture }) => {
      there = phone.files.has(file.path)
      return Promise.resolve({ id: 'a1', claim: 'c1' })
    })
    await later.flush()
    expect(there).toBe(true)
    expect(cases.openCase.mock.calls.at(-1)?.[0]).toMatchObject({ attachments: [{ id: 'a1' }] })
    expect(phone.files.size).toBe(0)
  })

  it('that an earlier version marked has a voice, told from a picture by its name', async () => {
    await useHazards().add(hole({ unfinished: true, files: [picture, { ...picture, name: 'voice.mp3' }] }))
    expect((await useHazards().filesOf(useHazards().unfinished[0]!)).map((file) => file.seconds)).toEqual([undefined, 0])
  })

  it('agrees to nothing that may be declined: nobody was asked', async () => {
    cases.service.mockResolvedValue({ consents: [{ key: 'terms', version: '1', optional: false }, { key: 'contact', version: '3', optional: true }] })
    await useHazards().add(hole())
    await flushPromises()
    expect(cases.openCase.mock.calls[0]?.[0]).toMatchObject({ consents: [{ key: 'terms', version: '1' }] })
  })

  it('goes with no picture before what was to be covered is, also after the page was closed and when the file has to be sent anew', async () => {
    const face = { x: 0.5, y: 0.25, size: 0.16 }
    uploads.coverSpots.mockRejectedValueOnce(offline)
    await useHazards().add(hole({ files: [{ ...picture, covers: [face] }] }))
    await flushPromises()
    expect(cases.openCase).not.toHaveBeenCalled()

    setActivePinia(createPinia())
    cases.openCase.mockRejectedValueOnce(refusal(422, { 'attachments.0.id': ['过期了'] }))
    await useHazards().flush()
    await flushPromises()
    expect(uploads.coverSpots.mock.calls).toEqual(Array(3).fill([{ id: 'a1', claim: 'c1' }, [face]]))
    expect(cases.openCase).toHaveBeenCalledTimes(2)
  })

  it('that was reported on a borrowed phone is not kept for its owner, whose own is there again', async () => {
    uploads.sendFile.mockRejectedValue(offline)
    await useHazards().add(hole({ text: '车主的' }))
    setActivePinia(createPinia())
    useSession().setBorrowed(true)
    const hazards = useHazards()
    await hazards.add(hole({ text: '借的人的' }))
    await flushPromises()
    useSession().setBorrowed(false)
    await flushPromises()
    await hazards.add(hole({ text: '车主又一个' }))
    expect(kept<{ text: string }[]>('hazards')?.map((one) => one.text)).toEqual(['车主的', '车主又一个'])
  })

  it('whose answer was lost is asked again with the same key', async () => {
    cases.openCase.mockRejectedValueOnce(offline)
    const hazards = useHazards()
    await hazards.add(hole())
    await flushPromises()
    await hazards.flush()
    const keys = cases.openCase.mock.calls.map((call) => call[1] as string)
    expect(keys).toEqual([keys[0], keys[0]])
    expect(uploads.sendFile).toHaveBeenCalledOnce()
  })

  it('whose picture the service no longer has is sent with it anew, as another request', async () => {
    cases.openCase.mockRejectedValueOnce(refusal(422, { 'attachments.0.id': ['过期'] }))
    const hazards = useHazards()
    await hazards.add(hole({ files: [{ ...picture, seconds: 4 }] }))
    await flushPromises()
    expect(hazards.sent[0]?.files).toMatchObject([{ seconds: 4 }])
    const [first, second] = uploads.sendFile.mock.calls.map((call) => (call[0] as { key: string }).key)
    expect(first).not.toBe(second)
    const [one, two] = cases.openCase.mock.calls.map((call) => call[1] as string)
    expect(one).not.toBe(two)
  })

  it('that is refused says why and holds up no other', async () => {
    cases.openCase.mockRejectedValueOnce(refusal(422, { 'answers.spot': ['不对'] }))
    const hazards = useHazards()
    await hazards.add(hole())
    await hazards.add(hole({ kind: 'lamp' }))
    await flushPromises()
    expect(hazards.waiting.map((one) => one.trouble?.status)).toEqual([422])
    expect(hazards.sent).toHaveLength(1)
  })

  it('that was only marked on the way is not sent before it is completed', async () => {
    const hazards = useHazards()
    await hazards.add(hole({ unfinished: true, kind: null, files: [] }))
    await flushPromises()
    expect([hazards.unfinished.length, cases.openCase.mock.calls.length]).toEqual([1, 0])
    hazards.drop(hazards.unfinished[0]?.key ?? '')
    expect(kept('hazards')).toEqual([])
  })

  it('of one person is neither shown to nor sent by the next on the same phone', async () => {
    uploads.sendFile.mockRejectedValue(offline)
    signIn('w1')
    await useHazards().add(hole({ nameless: false }))
    await flushPromises()
    expect(useHazards().waiting).toHaveLength(1)
    signIn('w2')
    expect(useHazards().waiting).toHaveLength(0)
    uploads.sendFile.mockResolvedValue({ id: 'a1' })
    await useHazards().flush()
    expect(cases.openCase).not.toHaveBeenCalled()
    signIn('w1')
    await useHazards().flush()
    expect(cases.openCase.mock.calls[0]?.[0]).toMatchObject({ identity_mode: 'named', attachments: [{ id: 'a1' }] })
  })

  it('agrees to the use of the place only where the phone measured it', async () => {
    await useHazards().learn()
    await useHazards().add(hole({ spot: { lat: 22.5, lng: 114.1, source: 'street', name: '沙头' } }))
    await flushPromises()
    expect(cases.openCase.mock.calls[0]?.[0]).toMatchObject({ consents: [{ key: 'terms', version: '1' }] })
  })
})

describe('a place', () => {
  it('is kept to a metre, with how sure it is', () => {
    expect(spotOf({ lat: 22.123456789, lng: 114.1, datum: 'gcj02', accuracy: 12.6 })).toEqual({ lat: 22.12346, lng: 114.1, source: 'here', datum: 'gcj02', accuracy: 13 })
  })

  it('that is left faster than on foot means riding; a phone that does not say how fast is taken to stand', () => {
    expect([0, 1.5, 4, undefined].map((speed) => isRiding({ lat: 0, lng: 0, datum: 'gcj02', speed }))).toEqual([false, false, true, false])
  })
})
