import type { Locale } from './locale'

/** Longer pieces first: each is looked for in what the earlier ones left. */
const PIECES: readonly (readonly [RegExp, hk: string, en: string])[] = [
  [/站长说没开门/g, '站長說沒開門', 'keeper says it is closed'],
  [/站长说开着/g, '站長說開着', 'keeper says it is open'],
  [/站长说坏了/g, '站長說壞了', 'keeper says it is broken'],
  [/站长说修好了/g, '站長說修好了', 'keeper says it is repaired'],
  [/(\d+) 人说没开门/g, '$1 人說沒開門', '$1 found it locked'],
  [/(\d+) 人说开着/g, '$1 人說開着', '$1 found it open'],
  [/(\d+) 人说坏了/g, '$1 人說壞了', '$1 found it broken'],
  [/(\d+) 人说修好了/g, '$1 人說修好了', '$1 found it repaired'],
  [/刚刚/g, '剛剛', 'just now'],
  [/(\d+) 分钟前/g, '$1 分鐘前', '$1 min ago'],
  [/(\d+) 小时前/g, '$1 小時前', '$1 h ago'],
  [/(\d+) 天前/g, '$1 日前', '$1 d ago'],
  [/全天开着/g, '全天開着', 'open all day'],
  [/全天有人接/g, '全天有人接', 'all day'],
  [/非工作日/g, '非工作日', 'Days off'],
  [/节假日/g, '節假日', 'Holidays'],
  [/每天/g, '每天', 'Daily'],
  [/周一/g, '周一', 'Mon'],
  [/周二/g, '周二', 'Tue'],
  [/周三/g, '周三', 'Wed'],
  [/周四/g, '周四', 'Thu'],
  [/周五/g, '周五', 'Fri'],
  [/周六/g, '周六', 'Sat'],
  [/周日/g, '周日', 'Sun'],
  [/至/g, '至', '–'],
  [/次日 /g, '翌日 ', 'next day '],
  [/休息/g, '休息', ' closed'],
  [/全天/g, '全天', ' all day'],
  [/、/g, '、', ', '],
  [/；/g, '；', '; '],
]

/**
 * What the service says of a station's hours and reports, in the page's language: `周一至周五 09:00–18:00；周六、周日休息` becomes
 * `Mon–Fri 09:00–18:00; Sat, Sun closed`. Its sentences are made of few pieces; a piece that is not known stays as it is.
 */
export function stationSentence(words: string, locale: Locale): string {
  if (locale === 'zh-Hans') return words
  return PIECES.reduce((text, [piece, hk, en]) => text.replace(piece, locale === 'en' ? en : hk), words)
}
