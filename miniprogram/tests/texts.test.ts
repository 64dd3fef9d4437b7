import { describe, expect, it } from 'vitest'
import { ApiError } from '@/api/problem'
import { en } from '@/texts/en'
import { fieldFaults } from '@/texts/fault-words'
import { localeFor } from '@/texts/locale'
import { noticeWords } from '@/texts/notice'
import { problemTitle } from '@/texts/problem-words'
import { say } from '@/texts/say'
import { SERVICE_WORDS } from '@/texts/service-words'
import { inLanguage, serviceWord } from '@/texts/service'
import { stationSentence } from '@/texts/station-sentences'
import { zhHans } from '@/texts/zh-Hans'
import { zhHantHK } from '@/texts/zh-Hant-HK'

function flat(texts: unknown, path = ''): Record<string, string> {
  if (typeof texts === 'string') return { [path]: texts }
  return Object.assign({}, ...Object.entries(texts as object).map(([key, value]) => flat(value, path ? `${path}.${key}` : key)))
}

const source = flat(zhHans)
/** Said by the service itself in simplified Chinese, or of no use there. */
const mayBeEmpty = /^(service_names|service_notes)\.|^settings\.translated$/

describe.each([
  ['繁體', flat(zhHantHK)],
  ['English', flat(en)],
])('%s', (_, texts) => {
  it('has a text for every text', () => expect(Object.keys(source).filter((key) => !texts[key])).toEqual([]))
  it('has none that is no longer used', () => expect(Object.keys(texts).filter((key) => !(key in source))).toEqual([]))
  it('names the same values', () => {
    const names = (text = '') => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort()
    expect(Object.keys(source).filter((key) => String(names(source[key])) !== String(names(texts[key])))).toEqual([])
  })
})

describe('simplified Chinese', () => {
  it('leaves no text empty', () => expect(Object.keys(source).filter((key) => !source[key] && !mayBeEmpty.test(key))).toEqual([]))
  it('uses full-width punctuation beside Chinese', () => {
    expect(Object.entries(source).filter(([, text]) => /[\u4e00-\u9fff][,;?!]|[,;?!][\u4e00-\u9fff]/.test(text))).toEqual([])
  })
  it('speaks to a person, not from an office', () => {
    expect(Object.entries(source).filter(([, text]) => /请知悉|予以|尊敬的|敬请|鉴于|您/.test(text))).toEqual([])
  })
})

describe('the language', () => {
  it.each([
    ['zh-CN', 'zh-Hans'],
    ['zh_HK', 'zh-Hant-HK'],
    ['zh-Hant-MO', 'zh-Hant-HK'],
    ['en_GB', 'en'],
    ['vi', 'zh-Hans'],
  ])('of a phone set to %s is %s', (phone, locale) => expect(localeFor(phone)).toBe(locale))

  it('falls back to simplified Chinese', () => expect(say('en', 'settings.translated')).not.toBe(''))

  it.each([
    ['1 人说没开门 · 5 分钟前；站长说开着 · 刚刚', '1 found it locked · 5 min ago; keeper says it is open · just now'],
    ['周一至周五 09:00–18:00；周六、周日休息；节假日休息', 'Mon–Fri 09:00–18:00; Sat, Sun closed; Holidays closed'],
    ['每天 22:00–次日 06:00', 'Daily 22:00–next day 06:00'],
    ['全天开着；非工作日休息', 'open all day; Days off closed'],
  ])('says “%s” of a station in English', (said, english) => expect(stationSentence(said, 'en')).toBe(english))

  it('leaves what a station says alone in simplified Chinese', () => expect(stationSentence('1 人说坏了', 'zh-Hans')).toBe('1 人说坏了'))

  it('says what happened to a case, and leaves alone what it does not know', () => {
    expect(serviceWord('开庭时间定了', 'en')).toBe('The hearing is set')
    expect(serviceWord('开庭时间定了', 'zh-Hans')).toBe('开庭时间定了')
    expect(serviceWord('新的一步', 'zh-Hant-HK')).toBe('新的一步')
  })

  it('changes a form’s words and nothing else', () => {
    const form = { properties: {}, 'x-layout': { sections: [{ key: 'a', title: '什么事', fields: [{ key: 'kind', type: 'choice' as const, label: '你想', choices: [{ value: 'praise', label: '表扬' }] }] }] } }
    const english = inLanguage(form, 'en')['x-layout'].sections[0]
    expect(english).toMatchObject({ key: 'a', title: SERVICE_WORDS['什么事']?.[1], fields: [{ key: 'kind', label: 'You want to', choices: [{ value: 'praise', label: 'Praise' }] }] })
  })
})

describe('a refusal', () => {
  it('is told in the page’s language where the service’s code is known', () => {
    expect(problemTitle('full', 'zh-Hant-HK')).toBe('名額已經滿了，看看別的活動吧')
    expect(problemTitle('full', 'en')).toBe('No seats left; see other activities')
  })
  it('says of a field what its code says, and in simplified Chinese what the service says', () => {
    const failure = new ApiError('problem', {
      title: '', status: 422, code: 'invalid',
      errors: { 'answers.text': ['请至少写 5 个字', '再说一句'], 'answers.new': ['一句新的话'] },
      reasons: { 'answers.text': { code: 'too_short', limit: 5 }, 'answers.new': { code: 'not_known_yet' } },
    })
    expect(fieldFaults(failure, 'en')).toEqual({ 'answers.text': 'At least 5 characters', 'answers.new': '一句新的话' })
    expect(fieldFaults(failure, 'zh-Hans')['answers.text']).toBe('请至少写 5 个字')
    expect(fieldFaults(new Error('other'), 'en')).toEqual({})
  })
  it('keeps the service’s words otherwise', () => {
    expect(problemTitle('full', 'zh-Hans')).toBeNull()
    expect(problemTitle('something_new', 'en')).toBeNull()
  })
})

describe('how long something takes', () => {
  it.each([
    ['1 个工作日内', '1 個工作日內', '1 working day'],
    ['4 个工作小时内', '4 個工作小時內', '4 working hours'],
    ['15 小时（7 点到 22 点之间）内', '15 小時（7 點到 22 點之間）內', '15 hours (between 7:00 and 22:00)'],
    ['45 天内', '45 天內', '45 days'],
    ['提前 3 个工作日', '提前 3 個工作日', '3 working days ahead'],
    ['1 年内', '1 年內', '1 year'],
  ])('%s', (words, hk, english) => {
    expect(serviceWord(words, 'zh-Hant-HK')).toBe(hk)
    expect(serviceWord(words, 'en')).toBe(english)
    expect(serviceWord(words, 'zh-Hans')).toBe(words)
  })
})

describe('a message of the inbox', () => {
  const need = {
    body: 'SQ1 还差一点情况，请在 3月19日（周四）18:00 前补上。',
    words: '{no} 还差一点情况，请在 {due} 前补上。',
    slots: { no: 'SQ1', due: '3月19日（周四）18:00' },
  }
  it('is said as it was written in simplified Chinese', () => expect(noticeWords(need, 'zh-Hans')).toBe(need.body))
  it('is said in 繁體', () =>
    expect(noticeWords(need, 'zh-Hant-HK')).toBe('SQ1 還差一點情況，請在 3月19日（星期四）18:00 前補上。'))
  it('is said in English', () =>
    expect(noticeWords(need, 'en')).toBe('SQ1: something is still missing. Please add it by Thu 19 Mar 18:00.'))

  it('says days from one to another, and sentence by sentence', () => {
    const words = '{station}（{code}）{days}不开门：{reason}。有疑问，打给街道工会。'
    const slots = { station: '暖蜂驿站', code: 'FT-1', days: '5 月 4 日到 5 月 6 日', reason: '5月4日修水管、换灯' }
    expect(noticeWords({ body: '', words, slots }, 'en')).toBe(
      '暖蜂驿站 (FT-1), 4 May – 6 May: closed. Reason: 5月4日修水管、换灯. If you have a question, call the street union.',
    )
  })
  it('leaves alone what somebody wrote', () => {
    const written = { body: '', words: '{text}\n改好以后可以再试一次，也可以带证件到服务中心办理。', slots: { text: '照片 {no} 看不清。请重拍' } }
    expect(noticeWords(written, 'en')).toMatch(/^照片 {no} 看不清。请重拍\nOnce that is put right/)
  })
  it('of before stays as it was', () => {
    const old = { body: 'SQ1 已答复。请看', words: 'SQ1 已答复。请看', slots: {} }
    expect(noticeWords(old, 'zh-Hant-HK')).toBe(old.body)
  })
})
