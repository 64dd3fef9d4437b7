import { platform } from '@/platform'
import { get, post, request } from './client'
import type { ConsentGiven, ConsentText, Notice, Page, Session, Worker } from './types'

export const openSession = (how: { code: string } | { phone: string; sms_code: string }): Promise<Session> =>
  request({ method: 'POST', path: '/sessions', body: how, auth: 'none', retries: 1 })

export const closeSession = (): Promise<void> => request({ method: 'DELETE', path: '/sessions/current' })

export const askSmsCode = (phone: string): Promise<void> => post('/sms-codes', { phone }, { auth: 'none', idempotencyKey: platform.uuid() })

/** Demo people to sign in as. In production the address does not exist. */
export interface DemoPerson {
  name: string
  level: number
  about: string
  phone?: string
  sms_code?: string
  code?: string
}

export const demoPeople = (): Promise<{ items: DemoPerson[] }> => get('/dev/identities', undefined, { auth: 'none', retries: 0 })

export interface Me extends Worker {
  consents: { key: string; version: string; given_at: string }[]
}

export const getMe = (): Promise<Me> => get('/me')

/** Signed, so that a desk can check it without asking the service. */
export interface MemberCard {
  code: string
  expires_at: string
  name_masked?: string | null
  union_name?: string | null
}

export const getCard = (): Promise<MemberCard> => get('/me/card')

export const setPhone = (code: string): Promise<Me> =>
  request({ method: 'PUT', path: '/me/phone', body: { code } })

export const consentTexts = (): Promise<{ items: ConsentText[] }> => get('/consents')

export interface Verification {
  id_type: string
  id_number: string
  name: string
  worker_group: string
  consents: ConsentGiven[]
}

export const verify = (
  answers: Verification,
  key: string,
): Promise<{ level: number; state: 'matched' | 'manual' | 'refused'; reason?: string }> =>
  post('/me/verification', answers, { idempotencyKey: key, retries: 1 })

export const notices = (cursor?: string | null): Promise<Page<Notice>> => get('/notices', { cursor, limit: 30 })

export const markRead = (id: string): Promise<void> => post(`/notices/${id}/read`, {}, { idempotencyKey: platform.uuid() })

export const reportSubscriptions = (results: Record<string, 'accept' | 'reject'>): Promise<void> =>
  post('/me/subscriptions', { results }, { idempotencyKey: platform.uuid() })
