import { afterEach, describe, expect, it, vi } from 'vitest'
import { answered, centsFrom, changed, dayFrom, faults, faultsBelow, faultsBeside, filesToSend, forSomebody, holds, monthFrom, progress, shown, toSend, toSuggest, withPart, yuanWords, type FieldLayout, type FormSchema } from '@/rules/form'

const schema: FormSchema = {
  properties: {
    matter: {},
    text: { minLength: 10, maxLength: 20 },
    still: {},
    last_day: {},
    wages: { minItems: 1, items: { properties: { paid: { minimum: 0, maximum: 1000 } } } },
  },
  'x-layout': {
    sections: [
      {
        key: 'what',
        title: '什么事',
        fields: [
          { key: 'matter', type: 'choice', label: '事', required: true },
          { key: 'text', type: 'long_text', label: '经过', required: true },
          { key: 'still', type: 'yes_no', label: '还在干吗', required: true },
          { key: 'last_day', type: 'date', label: '最后一天', required: true, visible_if: [{ still: [false] }] },
        ],
      },
      {
        key: 'money',
        title: '欠多少',
        fields: [
          {
            key: 'wages',
            type: 'rows',
            label: '工钱',
            visible_if: [{ matter: ['wages'] }, { matter: ['deposit'] }],
            required_if: [{ matter: ['wages'] }],
            fields: [
              { key: 'month', type: 'month', label: '月', required: true },
              { key: 'paid', type: 'money', label: '给了', required: true },
            ],
          },
        ],
      },
    ],
  },
}

const story = '站点三月起扣钱没有说明'

describe('what has happened', () => {
  const dated: FormSchema = {
    properties: { on: {}, in: {} },
    'x-layout': {
      sections: [
        {
          key: 'when',
          title: '什么时候',
          fields: [
            { key: 'on', type: 'date', label: '哪天', not_after: 'today' },
            { key: 'in', type: 'month', label: '哪个月', not_after: 'today' },
          ],
        },
      ],
    },
  }
  afterEach(() => vi.useRealTimers())

  it('happened on a day and in a month that there is', () => {
    expect(faults(dated, { on: '2026-02-31', in: '2026-00' })).toEqual({ on: { why: 'date' }, in: { why: 'date' } })
    expect(faults(dated, { on: '2024-02-29', in: '2024-01' })).toEqual({})
  })

  it('happened today or this month at the latest, in Shenzhen', () => {
    // There it is the first of April already.
    vi.useFakeTimers({ now: Date.parse('2026-03-31T17:00:00Z') })
    expect(faults(dated, { on: '2026-04-01', in: '2026-04' })).toEqual({})
    expect(faults(dated, { on: '2026-04-02', in: '2026-05' })).toEqual({ on: { why: 'not_yet' }, in: { why: 'not_yet' } })
  })

  it('is not told of when it is more than a lifetime ago', () => {
    vi.useFakeTimers({ now: Date.parse('2026-03-31T17:00:00Z') })
    expect(faults(dated, { on: '1926-04-01', in: '1926-04' })).toEqual({})
    expect(faults(dated, { on: '1926-03-31', in: '1926-03' })).toEqual({ on: { why: 'long_ago' }, in: { why: 'long_ago' } })
  })
})

describe('a form', () => {
  it('shows a question only when its condition holds, and no empty section', () => {
    expect(shown(schema, { still: true }).map((section) => section.key)).toEqual(['what'])
    expect(shown(schema, { matter: 'deposit', still: false }).map((section) => section.fields.length)).toEqual([4, 1])
  })

  it('takes no for an answer: false is not missing', () => {
    expect(faults(schema, { matter: 'other', text: story, still: false, last_day: '2026-03-01' })).toEqual({})
  })

  it('asks for what is required now, not for what is hidden', () => {
    expect(Object.keys(faults(schema, { matter: 'wages', text: story, still: true }))).toEqual(['wages'])
    expect(faults(schema, { matter: 'deposit', text: story, still: true })).toEqual({})
  })

  it('says where in a table something is wrong', () => {
    const wages = [{ month: '2026-02', paid: 5 }, { month: '2026-03' }]
    expect(Object.keys(faults(schema, { matter: 'wages', text: story, still: true, wages }))).toEqual(['wages.1.paid'])
    expect(faults(schema, { matter: 'wages', text: story, still: true, wages: [{ month: '三月', paid: 2000 }] })).toEqual({
      'wages.0.month': { why: 'date' },
      'wages.0.paid': { why: 'number' },
    })
  })

  it('counts characters as people do', () => {
    expect(faults(schema, { matter: 'other', text: '短', still: true })).toEqual({ text: { why: 'too_short', limit: 10 } })
    expect(faults(schema, { matter: 'other', text: '𬀩'.repeat(20), still: true })).toEqual({})
    expect(faults(schema, { matter: 'other', text: '𬀩'.repeat(21), still: true })).toEqual({ text: { why: 'too_long', limit: 20 } })
  })

  it('sends nothing hidden, nothing empty, and text without spaces around it', () => {
    const answers = { matter: 'other', text: `  ${story} `, still: true, last_day: '2026-01-01', wages: [{ month: '', paid: undefined }] }
    expect(toSend(schema, answers)).toEqual({ matter: 'other', text: story, still: true })
  })

  it('drops empty rows of a table', () => {
    const answers = { matter: 'wages', wages: [{ month: '2026-03', paid: 0 }, {}] }
    expect(toSend(schema, answers).wages).toEqual([{ month: '2026-03', paid: 0 }])
  })

  it('knows how far one has come', () => {
    expect(progress(schema, { matter: 'wages', still: true })).toEqual([2, 4])
  })

  it('sends of a change only what is other than before', () => {
    expect(changed({ a: 1, b: [1] }, { a: 1, b: [2], c: 'x' })).toEqual({ b: [2], c: 'x' })
  })

  it('a condition holds when one of its cases does', () => {
    expect(holds([{ a: [1], b: [2] }, { c: [false] }], { a: 1, c: false })).toBe(true)
    expect(holds([{ a: [1], b: [2] }], { a: 1 })).toBe(false)
    expect(holds(undefined, {})).toBe(true)
  })
})

describe('the street of the station whose code was scanned', () => {
  const asking: FormSchema = {
    properties: {},
    'x-layout': {
      sections: [
        {
          key: 'where',
          title: '哪里',
          fields: [
            { key: 'street', type: 'area', label: '街道', suggested: 'station', required_if: [{ topic: ['publication'] }], visible_if: [{ topic: ['wages'] }, { topic: ['publication'] }] },
            { key: 'home', type: 'area', label: '住在哪里' },
          ],
        },
      ],
    },
  }

  it('is suggested where the form says so and the question is seen, not where it asks whose doing it was', () => {
    expect(toSuggest(asking, { topic: 'wages' })).toEqual(['street'])
    expect(toSuggest(asking, { topic: 'publication' })).toEqual([])
    expect(toSuggest(asking, {})).toEqual([])
  })
})

describe('what people type', () => {
  it.each([
    ['4500', 450_000],
    ['4,500.5', 450_050],
    ['¥12.34', 1234],
    ['十块', null],
    ['-3', null],
    ['1.234', null],
  ])('%s yuan is %s fen', (typed, cents) => expect(centsFrom(typed)).toBe(cents))

  it.each([
    ['2026-03-19', '2026-03-19'],
    ['20260319', '2026-03-19'],
    ['2026年3月9日', '2026-03-09'],
    ['2026/2/29', null],
    ['昨天', null],
  ])('%s is the day %s', (typed, day) => expect(dayFrom(typed)).toBe(day))

  it.each([
    ['202603', '2026-03'],
    ['2026年3月', '2026-03'],
    ['2026-13', null],
  ])('%s is the month %s', (typed, month) => expect(monthFrom(typed)).toBe(month))

  it('is shown back with thousands parted', () => expect(yuanWords(123_456_750)).toBe('1,234,567.50'))
})

describe('who signs and where they work', () => {
  const joining: FormSchema = {
    properties: { people: { minimum: 1 }, employer: {}, statement: {} },
    'x-layout': {
      sections: [
        {
          key: 'join',
          title: '入会',
          fields: [
            { key: 'identity', type: 'identity', label: '姓名' },
            { key: 'people', type: 'integer', label: '家里几口人', required: true },
            { key: 'employer', type: 'organisation', label: '单位', required: true },
            { key: 'statement', type: 'signature', label: '我自愿加入', required: true },
          ],
        },
      ],
    },
  }
  const whole = { people: 3, employer: { name: ' 演示站 ' }, statement: { name: '林晓舟', agreed: true } }

  it('asks nothing of what is only shown', () => expect(progress(joining, {})).toEqual([0, 3]))
  it('sends names without spaces around them', () => {
    expect(toSend(joining, whole)).toEqual({ ...whole, employer: { name: '演示站' } })
  })
  it.each([
    [{ ...whole, statement: { name: '林晓舟', agreed: false } }, { statement: { why: 'tick' } }],
    [{ ...whole, statement: { name: ' ', agreed: true } }, { statement: { why: 'required' } }],
    [{ ...whole, employer: { name: '' } }, { employer: { why: 'required' } }],
    [{ ...whole, people: '三' }, { people: { why: 'whole' } }],
    [{ ...whole, people: 0 }, { people: { why: 'whole' } }],
    [whole, {}],
  ])('says what is wrong of %j', (answers, expected) => expect(faults(joining, answers)).toEqual(expected))
})

describe('answers of several parts', () => {
  const grouped: FormSchema = {
    properties: { card: { required: ['bank', 'number'] }, home: { required: ['area', 'detail'] }, when: { required: ['from'] } },
    'x-layout': {
      sections: [
        {
          key: 'all',
          title: '全部',
          fields: [
            { key: 'card', type: 'bank_card', label: '卡', required: true },
            { key: 'home', type: 'address', label: '住址' },
            { key: 'when', type: 'period', label: '什么时候' },
          ],
        },
      ],
    },
  }

  it('ask for the part that is missing, and for nothing where none was begun', () => {
    expect(faults(grouped, { card: { bank: '演示银行' } })).toEqual({ 'card.number': { why: 'required' } })
    expect(faults(grouped, { card: { bank: ' ' } })).toEqual({ card: { why: 'required' } })
  })

  it('are sent without spaces, and not at all where they are empty', () => {
    const answers = { card: { bank: ' 演示银行 ', number: '6222' }, home: { detail: ' ' }, when: { from: '2026-03-01' } }
    expect(toSend(grouped, answers)).toEqual({ card: { bank: '演示银行', number: '6222' }, when: { from: '2026-03-01' } })
  })

  it('lose a part that was emptied, and themselves with the last one', () => {
    const whole: { from: string; to?: string } = { from: '2026-03-01', to: '2026-03-02' }
    expect(withPart(whole, 'to', '')).toEqual({ from: '2026-03-01' })
    expect(withPart({ from: '2026-03-01' }, 'from', null)).toBeUndefined()
  })

  it('are told what is wrong by the path below them', () => {
    expect(faultsBelow({ 'rows.0.card.number': '不对', rows: '太少' }, 'rows.0.card')).toEqual({ number: '不对' })
  })
})

describe('files of questions', () => {
  const asking: FormSchema = {
    properties: { matter: {} },
    'x-layout': {
      sections: [
        {
          key: 'proof',
          title: '证据',
          fields: [
            { key: 'matter', type: 'choice', label: '什么事', choices: [{ value: 'wages', label: '欠钱' }, { value: 'injury', label: '受伤' }] },
            { key: 'slips', type: 'file', label: '工资条', required: true, kinds: ['image'], most: 2 },
            { key: 'sick_note', type: 'file', label: '病历', kinds: ['image'], visible_if: [{ matter: ['injury'] }] },
          ],
        },
      ],
    },
  }
  const one = { id: 'a', claim: 'c', name: '1.jpg' }
  const other = { id: 'b', name: '2.jpg' }
  const note = { id: 'n', name: '3.jpg' }

  it('go beside the answers, each with its question, in their order, and none of a question that is hidden', () => {
    const answers = { matter: 'wages', slips: [other, one], sick_note: [note] }
    expect(toSend(asking, answers)).toEqual({ matter: 'wages' })
    const sent = [{ id: 'b', field: 'slips' }, { id: 'a', claim: 'c', field: 'slips' }, { id: 'n' }]
    expect(filesToSend(asking, answers, [note])).toEqual(sent)
    expect(filesToSend(asking, { ...answers, matter: 'injury' }, []).map((file) => file.field)).toEqual(['slips', 'slips', 'sick_note'])
  })

  it('are missed where they are required', () => {
    expect(faults(asking, { matter: 'wages' })).toEqual({ slips: { why: 'required' } })
    expect(faults(asking, { matter: 'wages', slips: [one] })).toEqual({})
  })

  it('have what is wrong with them said beside their question', () => {
    const said = { 'answers.matter': '请选一个', 'attachments.0.id': '只收照片', 'attachments.1.id': '用不了' }
    expect(faultsBeside(said, [{ id: 'a', field: 'slips' }, { id: 'n' }])).toEqual({ matter: '请选一个', slips: '只收照片', attachments: '用不了' })
  })
})

describe('a form filled in for somebody', () => {
  it('shows nothing of who types, and lets them sign by saying yes', () => {
    const form: FormSchema = {
      properties: {},
      'x-layout': {
        sections: [
          { key: 'who', title: '你是谁', fields: [{ key: 'identity', type: 'identity', label: '已经认证过的姓名' }] },
          { key: 'sign', title: '签名', fields: [{ key: 'statement', type: 'signature', label: '我自愿加入', help: '写上你的姓名' }] },
        ],
      },
    }
    const [section, ...others] = forSomebody(form, '念给工友听')['x-layout'].sections
    expect(others).toEqual([])
    expect(section?.fields).toEqual([{ key: 'statement', type: 'signature', label: '我自愿加入', help: '念给工友听' }])
    expect(form['x-layout'].sections[1]?.fields[0]?.help).toBe('写上你的姓名')
  })
})

describe('what was published', () => {
  const field: FieldLayout = { key: 'published', type: 'publication', label: '对哪一条公示', fills: 'street' }
  const picked = { name: '张*，梅林街道', code: 'c1', area: '440304010' }

  it('brings its street along once it is chosen, which goes with it, unless another was said', () => {
    const chosen = answered(field, picked, { street: '440304011' })
    expect(chosen).toEqual({ street: '440304010', published: picked })
    expect(answered(field, { name: '李*', code: 'c2' }, chosen)).toEqual({ published: { name: '李*', code: 'c2' } })
    expect(answered(field, undefined, chosen)).toEqual({})
    const said = { ...chosen, street: '440304011' }
    expect(answered(field, { name: '张*' }, said)).toEqual({ street: '440304011', published: { name: '张*' } })
  })
})
