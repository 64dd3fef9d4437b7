import { get, post, request, upload } from './client'
import type { Alike, Attachment, Carried, Case, CaseAct, CaseSummary, NewCase, Objected, Page, Publication, ServiceDetail, ServiceItem } from './types'

export const services = (): Promise<{ items: ServiceItem[] }> => get('/services')
export const publications = (): Promise<{ items: Publication[] }> => get('/publications')
export const openToObjection = (): Promise<{ items: Objected[] }> => get('/publications/open-to-objection')
export const service = (key: string): Promise<ServiceDetail> => get(`/services/${key}`)

/** What may have been reported already. Nothing of it is kept. */
export const alikeTo = (service: string, asked: Pick<NewCase, 'answers' | 'place'>, anonymous: boolean): Promise<{ items: Alike[] }> =>
  post(`/services/${service}/alike`, asked, { auth: anonymous ? 'none' : 'token', timeout: 6000 })

export const openCase = (asked: NewCase, key: string): Promise<Case> =>
  post('/cases', asked, {
    idempotencyKey: key,
    // Who asks anonymously must not be known by a token either.
    auth: asked.identity_mode === 'anonymous' ? 'none' : 'token',
    retries: 3,
    timeout: 20_000,
  })

export const myCases = (cursor?: string | null, pin: 'ask' | 'leave' = 'ask'): Promise<Page<CaseSummary>> => get('/me/cases', { cursor, limit: 50 }, { pin })

/** How a case is reached: by being signed in, or by the secret that an anonymous one was given. */
export interface CaseKey {
  no: string
  secret?: string
}

const reach = (key: CaseKey) =>
  key.secret ? ({ auth: 'none', headers: { 'Case-Secret': key.secret } } as const) : ({ auth: 'token' } as const)

export const caseOf = (key: CaseKey): Promise<Case> => get(`/cases/${encodeURIComponent(key.no)}`, undefined, reach(key))

/** What was told already, for the form of another service. Nothing is sent by asking. */
export const carriedOver = (no: string, service: string): Promise<Carried> => get(`/cases/${encodeURIComponent(no)}/carried/${service}`)

/** Its files once more, for the new form. */
export const copyFiles = (no: string, service: string, files: string[], idempotencyKey: string): Promise<{ items: Attachment[] }> =>
  post(`/cases/${encodeURIComponent(no)}/carried/${service}/files`, { files }, { idempotencyKey, retries: 3, timeout: 20_000 })

export const act = (key: CaseKey, part: CaseAct, body: unknown, idempotencyKey: string): Promise<Case> =>
  request({
    method: 'POST',
    path: `/cases/${encodeURIComponent(key.no)}/${part}`,
    body,
    idempotencyKey,
    retries: 3,
    ...reach(key),
  })

/** A case that somebody typed for whoever has this phone becomes one's own. */
export const claimCase = (no: string): Promise<Case> => post('/me/case-claims', { no })

/** A small file in one piece; for the others there is `sendFile` of `uploads`. */
export const attach = (
  picture: { path: string; name: string; file?: File },
  options: { key: string; anonymous: boolean; onProgress?: (percent: number) => void },
): Promise<Attachment> =>
  upload('/attachments', picture, { key: options.key, auth: options.anonymous ? 'none' : 'token', onProgress: options.onProgress })
