/** What came back instead of an answer. `kind` says what the person can do about it. */

export interface Problem {
  type?: string
  title: string
  status: number
  code: string
  detail?: string
  errors?: Record<string, string[]>
  /** The same paths → a code for the first sentence, with the number that it names. */
  reasons?: Record<string, { code: string; limit?: number }>
  request_id?: string
  required_level?: number | string
  /** Of a case that is under way already. */
  no?: string
  /** Of a PIN. */
  tries_left?: number
}

/** offline: nothing left the phone or came back · timeout: no answer in time · cancelled: we stopped it · problem: the service said no. */
export type Trouble = 'offline' | 'timeout' | 'cancelled' | 'problem'

export class ApiError extends Error {
  readonly kind: Trouble
  readonly problem: Problem | null
  /** Seconds, from `Retry-After`. */
  readonly retryAfter: number | null

  constructor(kind: Trouble, problem: Problem | null = null, retryAfter: number | null = null) {
    super(problem ? `${problem.status} ${problem.code}` : kind)
    this.name = 'ApiError'
    this.kind = kind
    this.problem = problem
    this.retryAfter = retryAfter
  }

  get status(): number {
    return this.problem?.status ?? 0
  }

  get code(): string {
    return this.problem?.code ?? this.kind
  }
}

/** Reads an error body; anything that is not problem+json becomes one, so that pages meet a single shape. */
export function problemFrom(status: number, body: unknown): Problem {
  if (body && typeof body === 'object' && 'title' in body) {
    const given = body as Partial<Problem>
    return { ...given, title: String(given.title ?? ''), status, code: given.code ?? `http_${status}` }
  }
  return { title: '', status, code: `http_${status}` }
}

/** Seconds to wait by a `Retry-After` header (seconds or an HTTP date), null without one. */
export function retryAfterSeconds(value: string | undefined, now: number): number | null {
  if (!value) return null
  const seconds = Number(value)
  if (Number.isFinite(seconds)) return Math.max(0, seconds)
  const at = Date.parse(value)
  return Number.isNaN(at) ? null : Math.max(0, (at - now) / 1000)
}
