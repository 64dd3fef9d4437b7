import { get, post, request, upload } from './client'
import type { Answers, Condition, FormSchema } from '@/rules/form'
import type { Attachment, Case, ConsentGiven, IdentityMode, Page, ServiceItem, WireLevel } from './types'

export interface ServiceMode {
  mode: IdentityMode
  required_level: WireLevel
  explain: string
}

export interface ServiceConsent {
  key: string
  why: string | null
  /** Asked only when it holds for the answers. */
  if: Condition | null
  with_place: boolean
  modes: IdentityMode[]
}

export interface ServiceDetail extends ServiceItem {
  version: number
  place: boolean
  modes: ServiceMode[]
  form: FormSchema
  deadlines: { key: string; name: string; text: string }[]
  consents: ServiceConsent[]
  example: Answers
}

export const services = (): Promise<{ items: ServiceItem[] }> => get('/services')
export const service = (key: string): Promise<ServiceDetail> => get(`/services/${key}`)

export interface NewCase {
  service: string
  answers: Answers
  consents: ConsentGiven[]
  identity_mode?: IdentityMode
  attachments?: { id: string; claim?: string }[]
  place?: { lat: number; lng: number }
}

export const openCase = (asked: NewCase, key: string): Promise<Case> =>
  post('/cases', asked, {
    idempotencyKey: key,
    // Who asks anonymously must not be known by a token either.
    auth: asked.identity_mode === 'anonymous' ? 'none' : 'token',
    retries: 3,
    timeout: 20_000,
  })

export const myCases = (cursor?: string | null): Promise<Page<Case>> => get('/me/cases', { cursor, limit: 50 })

/** How a case is reached: by being signed in, or by the secret that an anonymous one was given. */
export interface CaseKey {
  no: string
  secret?: string
}

const reach = (key: CaseKey) =>
  key.secret ? ({ auth: 'none', headers: { 'Case-Secret': key.secret } } as const) : ({ auth: 'token' } as const)

export const caseOf = (key: CaseKey): Promise<Case> => get(`/cases/${encodeURIComponent(key.no)}`, undefined, reach(key))

type Part = 'messages' | 'supplements' | 'withdrawal' | 'rating' | 'reopening'

export const act = (key: CaseKey, part: Part, body: unknown, idempotencyKey: string): Promise<Case> =>
  request({
    method: 'POST',
    path: `/cases/${encodeURIComponent(key.no)}/${part}`,
    body,
    idempotencyKey,
    retries: 3,
    ...reach(key),
  })

export const attach = (
  file: { path: string; name: string },
  options: { key: string; anonymous: boolean; onProgress?: (percent: number) => void },
): Promise<Attachment> =>
  upload('/attachments', file, { key: options.key, auth: options.anonymous ? 'none' : 'token', onProgress: options.onProgress })
