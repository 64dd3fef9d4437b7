/**
 * Times in words. The service speaks RFC 3339 with an offset; a deadline in Shenzhen is a day in Shenzhen, wherever the phone thinks
 * it is, so everything is shown in Asia/Shanghai (UTC+8, no summer time).
 */

import type { Locale } from '@/texts/locale'

const EIGHT_HOURS = 8 * 3600_000
const DAY = 86_400_000

export interface Moment {
  year: number
  month: number
  day: number
  /** 0 = Sunday. */
  weekday: number
  hour: number
  minute: number
  /** Days since 1970-01-01 in Shanghai. */
  dayNumber: number
}

export function moment(at: string | number): Moment {
  const ms = (typeof at === 'number' ? at : Date.parse(at)) + EIGHT_HOURS
  const date = new Date(ms)
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    dayNumber: Math.floor(ms / DAY),
  }
}

const two = (value: number) => (value < 10 ? `0${value}` : String(value))
const WEEKDAYS: Record<Locale, readonly string[]> = {
  'zh-Hans': ['周日', '周一', '周二', '周三', '周四', '周五', '周六'],
  'zh-Hant-HK': ['星期日', '星期一', '星期二', '星期三', '星期四', '星期五', '星期六'],
  en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
}
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export function clockTime(at: string | number): string {
  const { hour, minute } = moment(at)
  return `${two(hour)}:${two(minute)}`
}

/** `3月19日（周四）`; the year is said when it is not this one. */
export function dayWords(at: string | number, now: number, locale: Locale): string {
  const m = moment(at)
  const otherYear = m.year !== moment(now).year
  const weekday = WEEKDAYS[locale][m.weekday]
  if (locale === 'en') return `${weekday} ${m.day} ${MONTHS[m.month - 1]}${otherYear ? ` ${m.year}` : ''}`
  return `${otherYear ? `${m.year}年` : ''}${m.month}月${m.day}日（${weekday}）`
}

/** `今天 14:30`, `明天 09:00`, `3月19日（周四）18:00`. */
export function whenWords(at: string | number, now: number, locale: Locale): string {
  const days = moment(at).dayNumber - moment(now).dayNumber
  const near: Record<Locale, Record<number, string>> = {
    'zh-Hans': { [-1]: '昨天', 0: '今天', 1: '明天' },
    'zh-Hant-HK': { [-1]: '昨日', 0: '今日', 1: '明日' },
    en: { [-1]: 'yesterday', 0: 'today', 1: 'tomorrow' },
  }
  const word = near[locale][days]
  const gap = word || locale === 'en' ? ' ' : ''
  return `${word ?? dayWords(at, now, locale)}${gap}${clockTime(at)}`
}

/** `2026年3月19日（周四）18:00`: with the year, for what is kept. */
export const fullWords = (at: string | number, locale: Locale): string => whenWords(at, 0, locale)

/** A deadline always carries the date: `3月19日（周四）18:00`. 00:00 belongs to the day before, as 24:00. */
export function deadlineWords(at: string, now: number, locale: Locale): string {
  const { hour, minute } = moment(at)
  if (hour === 0 && minute === 0) return `${dayWords(Date.parse(at) - 1, now, locale)}${locale === 'en' ? ' ' : ''}24:00`
  return `${dayWords(at, now, locale)}${locale === 'en' ? ' ' : ''}${clockTime(at)}`
}

/** How long ago, rounded the way people say it; falls back to the date after a week. */
export function agoWords(at: string | number, now: number, locale: Locale): string {
  const minutes = Math.max(0, Math.floor((now - (typeof at === 'number' ? at : Date.parse(at))) / 60_000))
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  const words = {
    'zh-Hans': { now: '刚刚', m: `${minutes} 分钟前`, h: `${hours} 小时前`, d: `${days} 天前` },
    'zh-Hant-HK': { now: '剛剛', m: `${minutes} 分鐘前`, h: `${hours} 小時前`, d: `${days} 日前` },
    en: { now: 'just now', m: `${minutes} min ago`, h: `${hours} h ago`, d: `${days} d ago` },
  }[locale]
  if (minutes < 1) return words.now
  if (minutes < 60) return words.m
  if (hours < 24) return words.h
  return days <= 7 ? words.d : dayWords(at, now, locale)
}

/** A length of time until something: `1 小时 20 分`, `3 天 4 小时`, `45 秒`. */
export function spanWords(ms: number, locale: Locale): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const unit = {
    'zh-Hans': { d: ' 天', h: ' 小时', m: ' 分', s: ' 秒' },
    'zh-Hant-HK': { d: ' 日', h: ' 小時', m: ' 分', s: ' 秒' },
    en: { d: ' d', h: ' h', m: ' min', s: ' s' },
  }[locale]
  const days = Math.floor(seconds / 86_400)
  const hours = Math.floor((seconds % 86_400) / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  if (days > 0) return hours ? `${days}${unit.d} ${hours}${unit.h}` : `${days}${unit.d}`
  if (hours > 0) return minutes ? `${hours}${unit.h} ${minutes}${unit.m}` : `${hours}${unit.h}`
  if (minutes >= 5) return `${minutes}${unit.m}`
  if (minutes > 0) return `${minutes}${unit.m} ${seconds % 60}${unit.s}`
  return `${seconds}${unit.s}`
}

/** Metres as people say them: `320 m`, `1.4 km`. */
export function distanceWords(metres: number, locale: Locale): string {
  const [m, km] = locale === 'en' ? [' m', ' km'] : locale === 'zh-Hant-HK' ? [' 米', ' 公里'] : [' 米', ' 公里']
  if (metres < 1000) return `${Math.max(10, Math.round(metres / 10) * 10)}${m}`
  return `${(metres / 1000).toFixed(metres < 9950 ? 1 : 0)}${km}`
}

/** `2026-03-19` of a moment, in Shanghai. */
export function isoDay(at: number): string {
  const { year, month, day } = moment(at)
  return `${year}-${two(month)}-${two(day)}`
}
