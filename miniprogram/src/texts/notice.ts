import type { Notice } from '@/api/types'
import type { Locale } from './locale'
import { factSentence } from './fact-sentences'
import { NOTICE_WORDS } from './notice-words'
import { serviceWord } from './service'

/** What a message says, in the page's language; a sentence that we do not have there stays simplified Chinese. */
export function noticeWords(one: Pick<Notice, 'body' | 'words' | 'slots'>, locale: Locale): string {
  if (locale === 'zh-Hans') return one.body
  const place = locale === 'en' ? 1 : 0
  const sentences = (line: string) => line.match(/[^。？！]+[。？！]?/g) ?? []
  const known = (words: string) => NOTICE_WORDS[words]?.[place] ?? words
  const lines = one.words.split('\n').map((line) => sentences(line).map(known).join(locale === 'en' ? ' ' : ''))
  return lines.join('\n').replace(/\{(\w+)\}/g, (gap, name: string) => filling(one.slots[name] ?? gap, locale))
}

const WEEK = '日一二三四五六'
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const DATE = /(\d+) ?月 ?(\d+) ?日(?:（周([日一二三四五六])）)?(\d\d:\d\d)?/g
/** Only what is a date and nothing else: `3月19日（周四）18:00`, `5 月 4 日到 5 月 6 日`. What people wrote is not touched. */
const DATES = /^\d+ ?月 ?\d+ ?日(（周.）)?(\d\d:\d\d)?(到 \d+ ?月 ?\d+ ?日)?$/

/** What stands in a gap: a date, words of the service, or a number, a name and what somebody wrote, which are said as they are. */
function filling(value: string, locale: Locale): string {
  if (DATES.test(value)) return dates(value, locale)
  const parts = value.split('、')
  const said = parts.map((part) => serviceWord(part, locale))
  if (said.every((part, at) => part !== parts[at])) return said.join(locale === 'en' ? ', ' : '、')
  return factSentence(value, locale)
}

function dates(value: string, locale: Locale): string {
  if (locale !== 'en') return value.replace(/（周/g, '（星期')
  const day = (_: string, month: string, date: string, weekday?: string, hour?: string): string =>
    [weekday && DAYS[WEEK.indexOf(weekday)], date, MONTHS[Number(month) - 1], hour].filter(Boolean).join(' ')
  return value.replace(DATE, day).replace('到 ', ' – ')
}
