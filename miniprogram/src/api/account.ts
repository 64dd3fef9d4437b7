import { platform } from '@/platform'
import { get, post, request } from './client'
import type { About, Closing, ConsentGiven, ConsentText, DemoPerson, Export, InvitationAnswer, MemberCard, Notice, OwnChanges, Page, Profile, Session, Sharing, Street, Template, Verdict, Verification, Work } from './types'

export const openSession = (how: { code: string } | { phone: string; sms_code: string }): Promise<Session> =>
  request({ method: 'POST', path: '/sessions', body: how, auth: 'none', retries: 1 })

export const closeSession = (): Promise<void> => request({ method: 'DELETE', path: '/sessions/current' })

export const askSmsCode = (phone: string): Promise<{ valid_seconds: number; again_after_seconds: number }> =>
  post('/sms-codes', { phone }, { auth: 'none', idempotencyKey: platform.uuid() })

export const about = (): Promise<About> => get('/about', undefined, { auth: 'none' })

/** After what the person may be asked for messages. */
export type Moment = Template['for'][number]

export const templates = (moment: Moment): Promise<{ items: Template[] }> => get('/subscription-templates', { for: moment }, { auth: 'none' })

/** People to sign in as. In production the address does not exist. */
export const demoPeople = (): Promise<{ items: DemoPerson[] }> => get('/dev/identities', undefined, { auth: 'none', retries: 0 })

export const getMe = (): Promise<Profile> => get('/me')

/** Who is on this phone, the one who asks first. */
export const people = (): Promise<Page<Sharing>> => get('/me/profiles')

/** Another person's account on this phone. The session that asks ends with it, and so does that of whom one changes over to. */
export const addPerson = (): Promise<Session> => post('/me/profiles')

export const changeTo = (id: string, pin?: string): Promise<Session> => post(`/me/profiles/${id}/sessions`, pin ? { pin } : {})

export const pinState = (): Promise<{ has_pin: boolean }> => get('/me/pin')

/** `leave` for a forgotten one: there the old is not asked for. */
export const setPin = (pin: string, old: 'ask' | 'leave'): Promise<{ has_pin: boolean }> =>
  request({ method: 'PUT', path: '/me/pin', body: { pin }, pin: old })

export const removePin = (): Promise<void> => request({ method: 'DELETE', path: '/me/pin' })

export const checkPin = (pin: string): Promise<{ expires_at: string }> => post('/me/pin/checks', { pin })

/** The registered number, whole; behind a PIN it is left where it is. */
export const ownPhone = (): Promise<{ phone: string | null }> => get('/me/phone', undefined, { pin: 'leave' })

/** What one says to the union that has one on its list. */
export const answerInvitation = (union: string, answer: InvitationAnswer): Promise<Profile> =>
  request({ method: 'PUT', path: '/me/invitation', body: { union, answer } })

export const getCard = (): Promise<MemberCard> => get('/me/card')

/** A code to the own phone, whose number stays with the service. */
export const askOwnCode = (): Promise<{ valid_seconds: number; again_after_seconds: number }> =>
  post('/me/sms-codes', undefined, { idempotencyKey: platform.uuid() })

export const stepUp = (code: string): Promise<{ expires_at: string }> => post('/me/step-ups', { sms_code: code })

export const getExport = (): Promise<Export> => get('/me/export')

/** What one said about one's own work. */
export const getWork = (): Promise<Work> => get('/me/work')

export const streets = (): Promise<Page<Street>> => get('/streets')

export const correctMe = (changes: OwnChanges): Promise<Profile> => request({ method: 'PUT', path: '/me/work', body: changes })

export const askForCorrection = (text: string): Promise<unknown> => post('/me/corrections', { text }, { idempotencyKey: platform.uuid() })

export const closeAccount = (): Promise<Closing> => request({ method: 'DELETE', path: '/me' })

export const keepAccount = (): Promise<void> => request({ method: 'DELETE', path: '/me/closing' })

export const setPhone = (code: string): Promise<Profile> =>
  request({ method: 'PUT', path: '/me/phone', body: { code } })

export const consentTexts = (): Promise<{ items: ConsentText[] }> => get('/consents')

/** One tick, by itself. Answers what is agreed to now. */
export const giveConsent = (key: ConsentGiven['key'], version: string): Promise<{ items: ConsentGiven[] }> =>
  request({ method: 'PUT', path: `/me/consents/${key}`, body: { version } })

/** Answers what is still agreed to. */
export const takeBackConsent = (key: ConsentGiven['key']): Promise<{ items: ConsentGiven[] }> =>
  request({ method: 'DELETE', path: `/me/consents/${key}` })

/** The photos that the desk asked for, uploaded before. */
export const sendEvidence = (attachments: { id: string }[], key: string): Promise<Profile> =>
  post('/me/verification/evidence', { attachments }, { idempotencyKey: key, retries: 1 })

export const verify = (
  answers: Verification,
  key: string,
): Promise<Verdict> =>
  post('/me/verification', answers, { idempotencyKey: key, retries: 1 })

export const notices = (cursor?: string | null, pin: 'ask' | 'leave' = 'ask'): Promise<Page<Notice>> => get('/notices', { cursor, limit: 30 }, { pin })

/** How many of a page of notices are new; with a plus where all of them are and more may follow. '' for none. */
export function unreadCount({ items, next_cursor }: Page<Notice>): string {
  const fresh = items.filter((one) => !one.read).length
  if (!fresh) return ''
  return fresh === items.length && next_cursor ? `${fresh}+` : String(fresh)
}

export const markRead = (id: string): Promise<void> => post(`/notices/${id}/read`, {}, { idempotencyKey: platform.uuid() })

export const reportSubscriptions = (results: Record<string, 'accept' | 'reject'>): Promise<void> =>
  post('/me/subscriptions', { results }, { idempotencyKey: platform.uuid() })
