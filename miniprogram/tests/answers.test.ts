import { describe, expect, it } from 'vitest'
import type { OwnAnswer } from '@/api/types'
import { keepsakeHeight, wrapped } from '@/platform/web/pictures'
import { answerLines } from '@/texts/answer-words'

const answer = (type: OwnAnswer['type'], words: string[], rows?: OwnAnswer['rows']): OwnAnswer => ({ key: 'k', label: '出了什么事', type, words, rows, by: 'worker', at: null })

describe('an answer', () => {
  it.each([
    ['choice', ['生病了'], 'I am ill'],
    ['yes_no', ['不是'], 'No'],
    ['money', ['1,000.00 元'], '¥1,000.00'],
    ['period', ['2025-01-01 到 现在'], '2025-01-01 until now'],
    ['place', ['路口', '手机定位，误差约 5 米'], '路口; By the phone, within about 5 m'],
    ['paper', ['居民身份证', '110****'], 'Resident identity card 110****'],
    ['signature', ['王五（已签名）'], '王五 (signed)'],
  ] as const)('of the type %s is in the language of the page', (type, words, said) => expect(answerLines(answer(type, [...words]), 'en')).toEqual([said]))

  it('in somebody’s own words stays as it was typed', () => {
    for (const words of ['生病了', '不是', '1,000 元', '说了（已签名）']) expect(answerLines(answer('long_text', [words]), 'en')).toEqual([words])
  })
  it('in simplified Chinese is what the service says', () => expect(answerLines(answer('choices', ['周一', '周六、周日']), 'zh-Hans')).toEqual(['周一、周六、周日']))
  it('of a table has a line for each row', () => {
    const row = [{ label: '年龄', type: 'integer' as const, words: ['41'] }, { label: '和申请人的关系', type: 'choice' as const, words: ['配偶'] }]
    expect(answerLines(answer('rows', [], [row, row]), 'zh-Hans')).toEqual(['年龄：41，和申请人的关系：配偶', '年龄：41，和申请人的关系：配偶'])
  })
})

describe('the picture of a receipt', () => {
  it('cuts what is long to rows and loses no letter', () => {
    const words = '站点从三月起每单多扣两元，没有说明。\n问了站长，他说是公司定的，一直没有给我们看过任何文件。'
    expect(wrapped(words).length).toBe(3)
    expect(wrapped(words).join('')).toBe(words.replace('\n', ''))
  })
  it('keeps a secret in one row', () => expect(wrapped('AAAA-AAAA-AAAA-AAAA-AAAA')).toHaveLength(1))
  it('is as high as its rows', () => {
    const high = (value: string) => keepsakeHeight({ title: '', foot: '', fileName: '', lines: [{ label: '', value }] })
    expect(high('字'.repeat(40)) - high('字')).toBe(2 * 46)
  })
  it('ends somewhere', () => expect(wrapped('字'.repeat(2000)).at(-1)).toBe('…'))
})
