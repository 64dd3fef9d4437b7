import type { AnswerWords, OwnAnswer } from '@/api/types'
import type { Locale } from './locale'
import { serviceWord } from './service'

/** What stands in an answer beside what somebody typed. */
const PARTS: readonly (readonly [RegExp, hk: string, en: string])[] = [
  [/^是$/, '是', 'Yes'],
  [/^不是$/, '不是', 'No'],
  [/^([\d,.]+) 元$/, '$1 元', '¥$1'],
  [/^(\d{4}-\d\d-\d\d) 到 现在$/, '$1 到現在', '$1 until now'],
  [/^(\d{4}-\d\d-\d\d) 到 (\d{4}-\d\d-\d\d)$/, '$1 到 $2', '$1 to $2'],
  [/（已签名）$/, '（已簽名）', ' (signed)'],
  [/^手机定位/, '手機定位', 'By the phone'],
  [/^在地图上点的/, '在地圖上點的', 'Put on the map'],
  [/^在驿站旁边/, '在驛站旁邊', 'Beside a station'],
  [/^只知道在这条街道/, '只知道在這條街道', 'Somewhere in the street'],
  [/，误差约 (\d+) 米/, '，誤差約 $1 米', ', within about $1 m'],
  [/，说是在/, '，說是在', ', said to be in '],
]
/** Of these the service says the words; all others may be somebody's own. */
const LISTED: readonly AnswerWords['type'][] = ['choice', 'choices', 'open_choice', 'paper']
const SPOKEN: readonly AnswerWords['type'][] = ['yes_no', 'money', 'period', 'signature', 'place']

function said(one: AnswerWords, locale: Locale): string {
  const parts = one.words.map((words) => {
    if (LISTED.includes(one.type)) return serviceWord(words, locale)
    if (locale === 'zh-Hans' || !SPOKEN.includes(one.type)) return words
    return PARTS.reduce((text, [part, hk, en]) => text.replace(part, locale === 'en' ? en : hk), words)
  })
  if (one.type === 'paper') return parts.join(' ')
  return parts.join(locale === 'en' ? '; ' : '、')
}

/** An answer in the page's language, a line for each row of a table. */
export function answerLines(one: OwnAnswer, locale: Locale): string[] {
  if (!one.rows) return [said(one, locale)]
  const [colon, comma] = locale === 'en' ? [': ', ', '] : ['：', '，']
  return one.rows.map((row) => row.map((part) => serviceWord(part.label, locale) + colon + said(part, locale)).join(comma))
}
