import { ApiError, problemFrom, retryAfterSeconds } from './problem'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

export interface Call {
  method: Method
  /** Below `/api/v1`, with a leading slash. */
  path: string
  query?: Record<string, string | number | boolean | readonly string[] | null | undefined>
  body?: unknown
  headers?: Record<string, string>
  /** `none` sends no token even when there is one: anonymous cases must not carry one. */
  auth?: 'token' | 'none'
  /** `leave`: where a PIN is wanted the call fails, and nobody is asked. For what a page fetches unasked. */
  pin?: 'ask' | 'leave'
  /** One per thing the person did: the same tap sent twice is one request to the service. */
  idempotencyKey?: string
  /** Asking twice does what asking once does, so a broken line is tried again as with a key. */
  repeatable?: boolean
  /** Milliseconds. */
  timeout?: number
  /** How often 429 and 503 (and, for safe or keyed calls, a broken line) are tried again. */
  retries?: number
  cancel?: Cancel
}

export interface Sent {
  status: number
  headers: Record<string, string>
  body: unknown
}

/** The one thing below this module that knows how bytes travel. */
export interface Transport {
  send(call: {
    method: Method
    url: string
    headers: Record<string, string>
    body: unknown
    timeout: number
  }): { answer: Promise<Sent>; abort: () => void }
}

export interface SessionSource {
  token(): string | null
  /** Whose token it is. */
  owner(): string | null
  /** A fresh token without asking the person, or null where that cannot be. */
  renew(): Promise<string | null>
  /** Has the person type the PIN; whether it was the right one in the end. */
  unlock(): Promise<boolean>
}

export interface ClientParts {
  origin: string
  transport: Transport
  session: SessionSource
  language: () => string
  sleep: (ms: number) => Promise<void>
  random: () => number
  now: () => number
}

/** Given to a call, then `stop()` ends it; the promise rejects with kind `cancelled`. */
export class Cancel {
  stopped = false
  private readonly listeners: (() => void)[] = []

  stop(): void {
    this.stopped = true
    for (const listener of this.listeners.splice(0)) listener()
  }

  onStop(listener: () => void): void {
    if (this.stopped) listener()
    else this.listeners.push(listener)
  }
}

export const TIMEOUT_MS = 10_000
const LONGEST_WAIT_S = 30

export function createClient(parts: ClientParts) {
  let renewing: Promise<string | null> | null = null
  let unlocking: Promise<boolean> | null = null

  /** However many calls meet a 401 at once, one new login is made and all of them wait for it. */
  function renewOnce(): Promise<string | null> {
    renewing ??= parts.session.renew().finally(() => {
      renewing = null
    })
    return renewing
  }

  /** One sheet, whatever waits for it. */
  function unlockOnce(): Promise<boolean> {
    unlocking ??= parts.session.unlock().finally(() => {
      unlocking = null
    })
    return unlocking
  }

  async function once(call: Call, token: string | null): Promise<Sent> {
    const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': parts.language(), ...call.headers }
    if (token) headers.Authorization = `Bearer ${token}`
    if (call.idempotencyKey) headers['Idempotency-Key'] = call.idempotencyKey
    if (call.body !== undefined) headers['Content-Type'] = call.body instanceof ArrayBuffer ? 'application/octet-stream' : 'application/json'
    const { answer, abort } = parts.transport.send({
      method: call.method,
      url: `${parts.origin}/api/v1${call.path}${queryString(call.query)}`,
      headers,
      body: call.body,
      timeout: call.timeout ?? TIMEOUT_MS,
    })
    call.cancel?.onStop(abort)
    const sent = await answer.catch((error: unknown) => {
      if (call.cancel?.stopped) throw new ApiError('cancelled')
      throw error
    })
    if (call.cancel?.stopped) throw new ApiError('cancelled')
    if (sent.status >= 400 || sent.status === 0) {
      throw new ApiError(
        'problem',
        problemFrom(sent.status, sent.body),
        retryAfterSeconds(sent.headers['retry-after'], parts.now()),
      )
    }
    return sent
  }

  async function request<T>(call: Call): Promise<T> {
    const wantsToken = call.auth !== 'none'
    const safe = call.method === 'GET' || call.repeatable === true || call.idempotencyKey !== undefined
    let left = call.retries ?? (call.method === 'GET' ? 2 : 0)
    let renewed = false
    let unlocked = false
    let attempt = 0
    const owner = parts.session.owner()
    for (;;) {
      // Somebody else took the phone over meanwhile: what one person asked is never sent in another's name.
      if (wantsToken && owner && parts.session.owner() && parts.session.owner() !== owner) throw new ApiError('cancelled')
      const token = wantsToken ? parts.session.token() : null
      try {
        return (await once(call, token)).body as T
      } catch (error) {
        if (!(error instanceof ApiError) || error.kind === 'cancelled') throw error
        if (error.status === 401 && wantsToken && token && !renewed) {
          renewed = true
          // Another call may have renewed the token while this one was on its way.
          if (parts.session.token() !== token || (await renewOnce())) continue
          // Without a silent login the call is tried as a guest: what needs no login still answers.
          if (call.method === 'GET' && parts.session.token() === null) continue
          throw error
        }
        if (error.code === 'pin_required' && call.pin !== 'leave' && !unlocked) {
          unlocked = true
          if (await unlockOnce()) continue
          throw error
        }
        const mayPass =
          error.status === 429 || error.status === 503 || (safe && (error.kind === 'offline' || error.kind === 'timeout'))
        if (!mayPass || left <= 0) throw error
        left -= 1
        attempt += 1
        await parts.sleep(waitMs(attempt, error.retryAfter, parts.random()))
        if (call.cancel?.stopped) throw new ApiError('cancelled')
      }
    }
  }

  return { request, renewOnce }
}

/**
 * Milliseconds before try number `attempt` + 1: what the service asked for, plus up to half again so that a crowd does not come back
 * in one wave; without such a word, full jitter over a doubling range from 0.5 s.
 */
export function waitMs(attempt: number, retryAfter: number | null, random: number): number {
  if (retryAfter !== null) return Math.min(retryAfter, LONGEST_WAIT_S) * 1000 * (1 + random / 2) + 100
  return 200 + random * Math.min(8000, 500 * 2 ** attempt)
}

export function queryString(query: Call['query']): string {
  const pairs: string[] = []
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === null || value === undefined || value === '') continue
    for (const one of Array.isArray(value) ? value : [value]) {
      pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(one))}`)
    }
  }
  return pairs.length ? `?${pairs.join('&')}` : ''
}
