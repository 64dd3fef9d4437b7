import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { nextTick } from 'vue'
import { ApiError } from '@/api/problem'
import type { Session, Station, Worker } from '@/api/types'
import { useSuggestedStreet } from '@/composables/suggesting'
import { keep, keepInMemoryOnly, kept } from '@/platform/keep'
import { claimDrafts, draftOf, drafts, dropDraft, saveDraft, type Draft } from '@/stores/drafts'
import { useOutbox } from '@/stores/outbox'
import { usePlace } from '@/stores/place'
import { useScanned } from '@/stores/scanned'
import { BORROWED_MS, useSession } from '@/stores/session'
import { useStations } from '@/stores/stations'
import { dropUnsent, holdUnsent, unsentOf } from '@/stores/unsent'
import { phone } from './platform'
import { storage } from './uni'

const account = vi.hoisted(() => ({ openSession: vi.fn(), closeSession: vi.fn(), getMe: vi.fn() }))
const stations = vi.hoisted(() => ({ stations: vi.fn(), reportStation: vi.fn() }))
vi.mock('@/api/account', () => account)
vi.mock('@/api/stations', () => stations)

const session = (level = 'L2'): Session =>
  ({ token: 'secret-token', expires_at: '', worker: { id: 'w', level, phone_masked: '199****0001', name_masked: '测*', worker_group: null, membership: null } }) as Session

const draft = (savedAt: number, service = 'legal_aid', owner: string | null = null): Draft => ({
  id: `${service}-${savedAt}`,
  owner,
  service,
  title: '请律师帮忙',
  answers: { text: '没写完' },
  identityMode: 'named',
  consents: {},
  attachments: [],
  sendKey: 'key',
  savedAt,
})

beforeEach(() => {
  keepInMemoryOnly(false)
  setActivePinia(createPinia())
  vi.resetAllMocks()
})

describe('drafts', () => {
  it('are still there after the page was closed', () => {
    saveDraft(draft(1000))
    setActivePinia(createPinia())
    expect(draftOf('legal_aid', null, 2000)?.answers).toEqual({ text: '没写完' })
  })

  it('are kept for thirty days', () => {
    saveDraft(draft(0))
    expect(draftOf('legal_aid', null, 30 * 86_400_000)).not.toBeNull()
    expect(draftOf('legal_aid', null, 30 * 86_400_000 + 1)).toBeNull()
    expect(storage.size).toBe(0)
  })

  it('are listed newest first and go when they were sent', () => {
    saveDraft(draft(1, 'grievance'))
    saveDraft(draft(2))
    expect(drafts(null, 3).map((one) => one.service)).toEqual(['legal_aid', 'grievance'])
    dropDraft('legal_aid-2')
    expect(drafts(null, 3)).toHaveLength(1)
  })

  it('are shown to the worker who typed them and to nobody else', () => {
    saveDraft(draft(1, 'legal_aid', 'first'))
    expect(draftOf('legal_aid', 'first', 2)).not.toBeNull()
    expect(draftOf('legal_aid', 'second', 2)).toBeNull()
    expect(drafts(null, 2)).toEqual([])
  })

  it('typed before signing in belong to the one who signs in then', () => {
    saveDraft(draft(1))
    useSession().take(session())
    expect(draftOf('legal_aid', 'w', 2)?.answers).toEqual({ text: '没写完' })
    expect(drafts(null, 2)).toEqual([])
  })

  it('of the same service are both kept when one was typed before signing in', () => {
    saveDraft(draft(1, 'legal_aid', 'w'))
    saveDraft(draft(2))
    claimDrafts('w')
    expect(drafts('w', 3).map((one) => one.savedAt)).toEqual([2, 1])
  })
})

describe('a session', () => {
  it('is known again when the page is opened again', () => {
    useSession().take(session())
    setActivePinia(createPinia())
    expect(useSession().level).toBe(2)
  })

  it('that cannot be renewed silently is over, and the page says so', async () => {
    const store = useSession()
    store.take(session())
    expect(await store.renew()).toBeNull()
    expect(store.signedIn).toBe(false)
    expect(store.expired).toBe(true)
  })

  it('is renewed by WeChat’s code without a question', async () => {
    phone.loginCode = 'from-wx-login'
    account.openSession.mockResolvedValue(session('L1'))
    expect(await useSession().renew()).toBe('secret-token')
    expect(account.openSession).toHaveBeenCalledWith({ code: 'from-wx-login' })
    phone.loginCode = null
  })
})

describe('a phone of several', () => {
  const other = (): Session => ({ ...session('L1'), token: 'of-another', worker: { ...session().worker, id: 'other' } })

  it('keeps nothing of the first for the next, but their draft for when they come back', () => {
    const store = useSession()
    store.take(session())
    saveDraft(draft(1, 'legal_aid', 'w'))
    keep('card', { token: 'x' })
    keep('pass.1', { code: 'y' })
    usePlace().set({ lat: 22.5, lng: 114, datum: 'gcj02', name: null, from: 'gps' })

    expect(store.take(other())).toBe(true)

    expect([kept('card'), kept('pass.1'), kept('place'), usePlace().spot]).toEqual([undefined, undefined, undefined, null])
    expect(drafts('other', 2)).toEqual([])
    expect(drafts('w', 2)).toHaveLength(1)
  })

  it('knows that it is another one also when the first signed out before', () => {
    const store = useSession()
    store.take(session())
    store.drop()
    expect(store.take(session())).toBe(false)
    store.drop()
    expect(store.take(other())).toBe(true)
  })

  it('does not give one person’s account the name of another who asked before', async () => {
    const store = useSession()
    store.take(session())
    let answer: (me: unknown) => void = () => undefined
    account.getMe.mockReturnValue(new Promise((resolve) => (answer = resolve)))
    const asking = store.refresh()
    store.take(other())
    answer(session().worker)
    await asking
    expect(store.worker?.id).toBe('other')
  })

  it('keeps no card of somebody with a PIN', async () => {
    const store = useSession()
    store.take(session())
    keep('card', { token: 'x' })
    store.hasPin = true
    await nextTick()
    expect(kept('card')).toBeUndefined()
  })
})

describe('a phone that is not mine', () => {
  it('keeps nothing of me: no draft, no token, no card', () => {
    saveDraft(draft(1))
    keep('card', { token: 'x' })
    const store = useSession()
    store.take(session())
    store.setBorrowed(true)
    store.take(session())
    saveDraft(draft(2))
    keep('card', { token: 'y' })
    expect([...storage.values()].join()).not.toMatch(/secret-token|没写完|"y"/)
    expect(store.signedIn).toBe(true)
  })

  it('signs out after three minutes without a tap, not before', async () => {
    vi.useFakeTimers()
    const store = useSession()
    store.setBorrowed(true)
    store.take(session())
    await vi.advanceTimersByTimeAsync(BORROWED_MS - 1000)
    store.touch()
    await vi.advanceTimersByTimeAsync(BORROWED_MS - 1000)
    expect(store.signedIn).toBe(true)
    await vi.advanceTimersByTimeAsync(2000)
    expect(store.signedIn).toBe(false)
    expect(account.closeSession).toHaveBeenCalledOnce()
    vi.useRealTimers()
  })
})

describe('the station whose code was scanned', () => {
  const station = { name: '岗厦驿站', street: '440304004' }

  it('suggests its street to whoever is in no union, also once they have signed in, and is kept nowhere', () => {
    useScanned().scan(station)
    const street = useSuggestedStreet()
    expect(street.value).toEqual(station)
    useSession().take(session())
    expect(street.value).toEqual(station)
    expect([...storage.keys()].filter((key) => JSON.stringify(storage.get(key)).includes('岗厦'))).toEqual([])
  })

  it('suggests nothing to a member, nor to the next who signs in on this phone, nor without a street', () => {
    const street = useSuggestedStreet()
    useSession().take(session())
    useScanned().scan(station)
    useSession().take({ ...session(), worker: { ...session().worker, id: 'other' } })
    expect(street.value).toBeNull()
    useScanned().scan(station)
    expect(street.value).toEqual(station)
    useSession().take({ ...session(), worker: { ...session().worker, id: 'other', membership: {} as Worker['membership'] } })
    expect(street.value).toBeNull()
    useSession().drop()
    useScanned().scan({ name: '区里的驿站', street: null })
    expect(street.value).toBeNull()
  })
})

describe('the place', () => {
  it('is not asked for again in the week after a refusal', async () => {
    const place = usePlace()
    expect(await place.locate()).toBe('refused')
    expect(place.mayAsk(Date.now() + 6 * 86_400_000)).toBe(false)
    expect(place.mayAsk(Date.now() + 8 * 86_400_000)).toBe(true)
  })
})

describe('the list of stations', () => {
  const one = { code: 'FT0001', name: '驿站' } as Station
  const page = (items: Station[]) => ({ items, next_cursor: null, widen: null, datum: 'gcj02' })

  it('shows the last list when there is no network, and says since when', async () => {
    stations.stations.mockResolvedValueOnce(page([one])).mockRejectedValueOnce(new ApiError('offline'))
    const list = useStations()
    await list.load()
    await list.load()
    expect(list.items).toEqual([one])
    expect(list.offlineSince).not.toBeNull()
    expect(list.state).toBe('ready')
  })

  it('says what is wrong when the service refuses, instead of showing old news', async () => {
    keep('stations.last', { at: 1, items: [one] })
    stations.stations.mockRejectedValueOnce(new ApiError('problem', { title: '', status: 422, code: 'bad' }))
    const list = useStations()
    await list.load()
    expect(list.state).toBe('failed')
  })

  it('lets a slow answer to an older question not overwrite a newer one', async () => {
    let late: (value: unknown) => void = () => undefined
    stations.stations
      .mockReturnValueOnce(new Promise((resolve) => (late = resolve)))
      .mockResolvedValueOnce(page([one]))
    const list = useStations()
    const first = list.load()
    await list.load()
    late(page([]))
    await first
    expect(list.items).toEqual([one])
  })
})

describe('a word about a station said without a network', () => {
  const report = { code: 'FT0001', kind: 'locked' as const, key: 'one', at: Date.now() }

  it('is sent later with the same key, once', async () => {
    const outbox = useOutbox()
    outbox.add(report)
    stations.reportStation.mockRejectedValueOnce(new ApiError('offline')).mockResolvedValue({ id: 'r' })
    await outbox.flush()
    expect(kept('outbox')).toHaveLength(1)
    await outbox.flush()
    await outbox.flush()
    expect(stations.reportStation.mock.calls.map((call) => call[2])).toEqual(['one', 'one'])
    expect(outbox.waiting).toEqual([])
  })

  it('is forgotten when it is no longer news', async () => {
    const outbox = useOutbox()
    outbox.add({ ...report, at: Date.now() - 3 * 3600_000 })
    await outbox.flush()
    expect(stations.reportStation).not.toHaveBeenCalled()
    expect(outbox.waiting).toEqual([])
  })
})

describe('what was typed to be sent with a case', () => {
  const said = { text: '我有录音', attached: [], key: 'key-1', print: '{}' }

  it('is there again with the key that it was sent with, and on no phone after that', () => {
    holdUnsent('FY1', 'talk', said)
    expect(unsentOf('FY1', 'talk')).toEqual(said)
    expect(unsentOf('FY1', 'messages').text).toBe('')
    expect(storage.size).toBe(0)
    dropUnsent('FY1', 'talk')
    expect(unsentOf('FY1', 'talk').text).toBe('')
  })

  it('goes when somebody else takes the phone over, and stays when a login ran out', () => {
    const store = useSession()
    store.take(session())
    holdUnsent('FY1', 'talk', said)
    store.drop()
    expect(unsentOf('FY1', 'talk').text).toBe('我有录音')
    store.take({ ...session(), worker: { ...session().worker, id: 'another' } })
    expect(unsentOf('FY1', 'talk').text).toBe('')
  })
})
