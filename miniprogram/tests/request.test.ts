import { describe, expect, it } from 'vitest'
import { ApiError, problemFrom, retryAfterSeconds } from '@/api/problem'
import { Cancel, createClient, queryString, waitMs, type Sent } from '@/api/request'

interface Asked {
  method: string
  url: string
  headers: Record<string, string>
}

const ok = (body: unknown = {}): Sent => ({ status: 200, headers: {}, body })
const problem = (status: number, code: string, headers: Record<string, string> = {}): Sent => ({
  status,
  headers,
  body: { title: '说明', status, code },
})

/** A client against a scripted line: each call takes the next answer; a function sees what was asked. */
function clientWith(script: (Sent | ApiError | ((asked: Asked) => Sent | Promise<Sent>))[], first: string | null = 'old') {
  const asked: Asked[] = []
  const waits: number[] = []
  let token = first
  let owner: string | null = first && 'worker'
  let renewals = 0
  let sheets = 0
  let unlockWith: () => Promise<boolean> = () => Promise.resolve(true)
  let renewWith: () => Promise<string | null> = () => {
    token = 'new'
    return Promise.resolve(token)
  }
  const client = createClient({
    origin: 'https://service.example',
    language: () => 'zh-Hans',
    session: {
      token: () => token,
      owner: () => owner,
      unlock: () => {
        sheets += 1
        return unlockWith()
      },
      renew: () => {
        renewals += 1
        return renewWith()
      },
    },
    sleep: (ms) => {
      waits.push(ms)
      return Promise.resolve()
    },
    random: () => 0.5,
    now: () => Date.parse('2026-03-01T00:00:00Z'),
    transport: {
      send: (call) => {
        asked.push(call)
        const next = script.shift()
        if (!next) throw new Error('nothing left in the script')
        const answer = next instanceof ApiError ? Promise.reject(next) : Promise.resolve(typeof next === 'function' ? next(call) : next)
        return { answer, abort: () => undefined }
      },
    },
  })
  return {
    ...client,
    asked,
    waits,
    renewals: () => renewals,
    sheets: () => sheets,
    unlockWith: (how: () => Promise<boolean>) => {
      unlockWith = how
    },
    /** Somebody else takes the phone over. */
    changeOver: () => {
      token = 'of another'
      owner = 'another'
    },
    renewWith: (how: () => Promise<string | null>) => {
      renewWith = how
    },
    setToken: (value: string | null) => {
      token = value
    },
  }
}

describe('a token that ran out', () => {
  it('is renewed once, however many calls meet the 401 together', async () => {
    const byToken = (call: Asked) => (call.headers.Authorization === 'Bearer new' ? ok({ fine: true }) : problem(401, 'unauthorized'))
    const client = clientWith(Array.from({ length: 6 }, () => byToken))

    const answers = await Promise.all([1, 2, 3].map(() => client.request({ method: 'GET', path: '/me' })))

    expect(answers).toEqual([{ fine: true }, { fine: true }, { fine: true }])
    expect(client.renewals()).toBe(1)
  })

  it('is not renewed a second time for the same call', async () => {
    const client = clientWith([problem(401, 'unauthorized'), problem(401, 'unauthorized')])

    await expect(client.request({ method: 'GET', path: '/me' })).rejects.toMatchObject({ problem: { status: 401 } })
    expect(client.renewals()).toBe(1)
  })

  it('leaves what needs no login readable where it cannot be renewed silently', async () => {
    const client = clientWith([problem(401, 'unauthorized'), (call) => ok({ guest: call.headers.Authorization === undefined })])
    client.renewWith(() => {
      client.setToken(null)
      return Promise.resolve(null)
    })

    expect(await client.request({ method: 'GET', path: '/stations' })).toEqual({ guest: true })
  })

  it('ends a post with the 401, so that the page can ask for a login and keep what was typed', async () => {
    const client = clientWith([problem(401, 'unauthorized')])
    client.renewWith(() => {
      client.setToken(null)
      return Promise.resolve(null)
    })

    await expect(client.request({ method: 'POST', path: '/cases', body: {} })).rejects.toMatchObject({ problem: { status: 401 } })
  })
})

describe('trying again', () => {
  it('waits as long as the service says, and up to half as long again', async () => {
    const client = clientWith([problem(429, 'too_many', { 'retry-after': '4' }), ok()])

    await client.request({ method: 'POST', path: '/activities/1/signups', body: {}, retries: 2 })

    expect(client.waits).toEqual([5100])
  })

  it('gives up when its tries are used, with what the service said last', async () => {
    const client = clientWith([problem(503, 'down'), problem(503, 'down')])

    await expect(client.request({ method: 'POST', path: '/x', body: {}, retries: 1 })).rejects.toMatchObject({ problem: { code: 'down' } })
    expect(client.asked).toHaveLength(2)
  })

  it('sends a keyed post again after a broken line, with the same key', async () => {
    const client = clientWith([new ApiError('offline'), ok()])

    await client.request({ method: 'POST', path: '/cases', body: {}, idempotencyKey: 'one-key', retries: 1 })

    expect(client.asked.map((call) => call.headers['Idempotency-Key'])).toEqual(['one-key', 'one-key'])
  })

  it('does not send a post without a key again after a broken line: it may have arrived', async () => {
    const client = clientWith([new ApiError('timeout')])

    await expect(client.request({ method: 'POST', path: '/x', body: {}, retries: 3 })).rejects.toMatchObject({ kind: 'timeout' })
    expect(client.asked).toHaveLength(1)
  })

  it('never tries a refusal again', async () => {
    const client = clientWith([problem(409, 'full')])

    await expect(client.request({ method: 'POST', path: '/x', body: {}, retries: 3 })).rejects.toMatchObject({ problem: { code: 'full' } })
  })

  it('spreads a crowd: two phones with other luck do not come back together', () => {
    expect(waitMs(1, 2, 0)).not.toBe(waitMs(1, 2, 1))
    expect(waitMs(3, null, 1)).toBeGreaterThan(waitMs(1, null, 1))
    expect(waitMs(1, 9999, 1)).toBeLessThanOrEqual(46_000)
  })
})

describe('a call', () => {
  it('sends no token when it is to be anonymous', async () => {
    const client = clientWith([ok()])

    await client.request({ method: 'POST', path: '/cases', body: {}, auth: 'none' })

    expect(client.asked[0]?.headers.Authorization).toBeUndefined()
  })

  it('ends as cancelled, also when its answer comes later', async () => {
    const cancel = new Cancel()
    const client = clientWith([
      () => {
        cancel.stop()
        return ok()
      },
    ])

    await expect(client.request({ method: 'GET', path: '/stations', cancel })).rejects.toMatchObject({ kind: 'cancelled' })
  })

  it('leaves empty parameters out and repeats lists', () => {
    expect(queryString({ q: '', near: null, amenity: ['S01', 'S06'], limit: 20 })).toBe('?amenity=S01&amenity=S06&limit=20')
  })
})

describe('an error body', () => {
  it('that is no problem document still has a status and a code', () => {
    expect(problemFrom(502, '<html>')).toEqual({ title: '', status: 502, code: 'http_502' })
  })

  it('may say when to come back in seconds or as a date', () => {
    const now = Date.parse('2026-03-01T00:00:00Z')
    expect(retryAfterSeconds('3', now)).toBe(3)
    expect(retryAfterSeconds('Sun, 01 Mar 2026 00:00:10 GMT', now)).toBe(10)
    expect(retryAfterSeconds(undefined, now)).toBeNull()
  })
})

describe('what is behind the PIN', () => {
  const locked = problem(403, 'pin_required')

  it('is asked for once, however many calls wait for it, and each is then made once more', async () => {
    let open = false
    const behind = () => (open ? ok({ fine: true }) : locked)
    const client = clientWith(Array.from({ length: 6 }, () => behind))
    client.unlockWith(() => {
      open = true
      return Promise.resolve(true)
    })

    const answers = await Promise.all(['/me/cases', '/notices', '/me/card'].map((path) => client.request({ method: 'GET', path })))

    expect(answers).toEqual([{ fine: true }, { fine: true }, { fine: true }])
    expect(client.sheets()).toBe(1)
    expect(client.asked).toHaveLength(6)
  })

  it('stays shut when the person gives up', async () => {
    const client = clientWith([locked])
    client.unlockWith(() => Promise.resolve(false))
    await expect(client.request({ method: 'GET', path: '/me/cases' })).rejects.toMatchObject({ code: 'pin_required' })
    expect(client.asked).toHaveLength(1)
  })

  it('is not asked for by what a page fetches unasked', async () => {
    const client = clientWith([locked])
    await expect(client.request({ method: 'GET', path: '/notices', pin: 'leave' })).rejects.toMatchObject({ code: 'pin_required' })
    expect(client.sheets()).toBe(0)
  })

  it('is not asked for a second time for the same call', async () => {
    const client = clientWith([locked, locked])
    await expect(client.request({ method: 'GET', path: '/me/cases' })).rejects.toMatchObject({ code: 'pin_required' })
    expect(client.sheets()).toBe(1)
  })
})

describe('when somebody else takes the phone over', () => {
  it.each([
    ['a token that ran out', problem(401, 'token_invalid')],
    ['a busy service', problem(503, 'unavailable')],
    ['a PIN', problem(403, 'pin_required')],
  ])('what the first one asked is not sent in their name after %s', async (_, first) => {
    const client = clientWith([
      () => {
        client.changeOver()
        return first
      },
      ok(),
    ])
    const asking = client.request({ method: 'POST', path: '/cases', body: {}, idempotencyKey: 'k', retries: 2 })
    await expect(asking).rejects.toMatchObject({ kind: 'cancelled' })
    expect(client.asked).toHaveLength(1)
  })
})
