import type { Locale } from './locale'

/** What follows from the answers of a case, as the service says it. */
const SENTENCES: readonly (readonly [RegExp, hk: string, en: string])[] = [
  [/^越早申请越好；最迟 (\S+) 前，以仲裁委认定为准$/, '越早申請越好；最遲 $1 前，以仲裁委認定為準', 'The sooner you apply the better: before $1 at the latest, and what the arbitration commission finds counts'],
  [/^按你填的日期，(\S+) 已经过了一年；时效可能中断过，先别放弃，请律师看$/, '按你填的日期，$1 已經過了一年；時效可能中斷過，先別放棄，請律師看', 'By the dates you gave, the year ended on $1. It may have been interrupted: do not give up, let the lawyer look'],
  [/^收到裁决书起 15 天内要去法院起诉，越早越好；请马上告诉我们哪天收到的$/, '收到裁決書起 15 日內要去法院起訴，越早越好；請馬上告訴我們哪天收到的', 'You must go to court within 15 days of receiving the award, the sooner the better. Tell us at once which day you received it'],
  [/^按你填的日期，(\S+) 已经过了 15 天；先别放弃，请律师看$/, '按你填的日期，$1 已經過了 15 日；先別放棄，請律師看', 'By the date you gave, the 15 days ended on $1. Do not give up, let the lawyer look'],
  [/^越早起诉越好；最迟 (\S+) 前，以法院认定为准$/, '越早起訴越好；最遲 $1 前，以法院認定為準', 'The sooner you go to court the better: before $1 at the latest, and what the court finds counts'],
  [/^公司没付完的，越早申请越好；最迟 (\S+) 前，以法院认定为准$/, '公司沒付完的，越早申請越好；最遲 $1 前，以法院認定為準', 'If the company has not paid all, the sooner you apply the better: before $1 at the latest, and what the court finds decides'],
  [/^(\S+) 已经过了两年；中间催要过的可能重新算，先别放弃，请律师看$/, '$1 已經過了兩年；中間催要過的可能重新算，先別放棄，請律師看', 'The two years ended on $1; a demand in between may have started them anew. Do not give up yet, ask a lawyer'],
  [/^按你填的，(\S+) 开庭或者到期限；材料先备好，去不了要提前告诉仲裁委或法院$/, '按你填的，$1 開庭或者到期限；材料先備好，去不了要提前告訴仲裁委或法院', 'By what you gave there is a hearing, or a period ends, on $1. Have your papers ready; if you cannot come, tell the commission or the court beforehand'],
  [/^在(\S+)干的活，可以去\S+的仲裁委，也可以去公司所在地的；以仲裁委认定为准$/, '在$1幹的活，可以去$1的仲裁委，也可以去公司所在地的；以仲裁委認定為準', 'Work in $1 goes to the arbitration commission of $1, or to that of the place where the company is; what the commission finds counts'],
  [/^深度困难（/, '深度困難（', 'Deep hardship ('],
  [/^相对困难（/, '相對困難（', 'Relative hardship ('],
  [/^意外致困（/, '意外致困（', 'Hardship through an accident or illness ('],
  [/^不在困难标准内（/, '不在困難標準內（', 'Not within the lines of hardship ('],
  [/(\d+) 口人，一年收入 (\S+) 元，刚性支出 (\S+) 元：每人每月 (\S+) 元；(\d+) 年的线是 (\S+) 元/, '$1 口人，一年收入 $2 元，剛性支出 $3 元：每人每月 $4 元；$5 年的線是 $6 元', '$1 people, income of a year ¥$2, fixed costs ¥$3: ¥$4 a head and month; the line of $5 is ¥$6'],
  [/）$/, '）', ')'],
  [/；看病花了 (\S+) 元，超过收入的八成/, '；看病花了 $1 元，超過收入的八成', '; illness cost ¥$1, more than 80% of the income'],
  [/^([\d,.]+) 元$/, '$1 元', '¥$1'],
]

/** The sentence in the page's language; one that is not known stays as it is. */
export function factSentence(words: string, locale: Locale): string {
  if (locale === 'zh-Hans') return words
  return SENTENCES.reduce((text, [sentence, hk, en]) => text.replace(sentence, locale === 'en' ? en : hk), words)
}
