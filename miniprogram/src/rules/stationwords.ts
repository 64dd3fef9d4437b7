import type { Station } from '@/api/types'
import type { Key, Values } from '@/texts/say'
import type { Locale } from '@/texts/locale'
import { agoWords, clockTime, moment, spanWords, whenWords } from './when'

type Say = (key: Key, values?: Values) => string

/** `开到 21:00（还有 1 小时 20 分）`, `全天开`, `明天 06:30 开`; empty when the service does not know. */
export function closingWords(station: Station, now: number, locale: Locale, t: Say): string {
  const { state, until, opens_at: opens } = station.open
  if (state === 'closed') return opens ? t('stations.opens', { time: nearTime(opens, now, locale) }) : ''
  if (!until) return state === 'open' || station.is_24h ? t('stations.all_day') : ''
  const left = Date.parse(until) - now
  if (left > 20 * 3600_000) return t('stations.all_day')
  const words = t('stations.until', { time: closingTime(until) })
  return left < 4 * 3600_000 && left > 0 ? `${words} · ${t('stations.until_left', { left: spanWords(left, locale) })}` : words
}

function closingTime(until: string): string {
  const { hour, minute } = moment(until)
  return hour === 0 && minute === 0 ? '24:00' : clockTime(until)
}

function nearTime(at: string, now: number, locale: Locale): string {
  return moment(at).dayNumber === moment(now).dayNumber ? clockTime(at) : whenWords(at, now, locale)
}

/** How fresh the state is: `40 分钟前有人确认`. */
export function freshWords(station: Station, now: number, locale: Locale, t: Say): string {
  const at = station.open.confirmed_at
  return at ? t('stations.confirmed', { ago: agoWords(at, now, locale) }) : t('stations.never_confirmed')
}
