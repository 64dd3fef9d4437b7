import type { LocationAnswer, Platform } from '@/platform/types'

/** A phone for tests: what it answers is set by the test. */
export const phone = {
  location: { ok: false, why: 'refused' } as LocationAnswer,
  loginCode: null as string | null,
}

let count = 0

export const platform = {
  kind: 'web',
  origin: '',
  early: () => null,
  canRecord: false,
  canSpeak: false,
  canDictate: false,
  canScan: false,
  canSubscribe: false,
  loginCode: () => Promise.resolve(phone.loginCode),
  locate: () => Promise.resolve(phone.location),
  fontScale: () => 1,
  setLanguage: () => undefined,
  uuid: () => `00000000-0000-4000-8000-${String((count += 1)).padStart(12, '0')}`,
} as unknown as Platform
