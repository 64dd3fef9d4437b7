import { describe, expect, it } from 'vitest'
import type { ActivityDetail } from '@/api/types'
import { unreadCount } from '@/api/account'
import type { Notice } from '@/api/types'
import { calendarFile } from '@/platform/calendar'
import { clockOffset, signUpStep } from '@/rules/activity'
import { dangersIn, numbersFor } from '@/rules/emergency'
import { detailsIn } from '@/rules/identifying'
import { clusters, hull } from '@/rules/hull'
import { awardLimit, limitation, oneYearAfter } from '@/rules/limitation'
import { exportName, exportText } from '@/rules/exportfile'
import { pinFault } from '@/rules/pin'
import { checkDigit, paperFault, phoneFor, tidyName } from '@/rules/paper'
import { stationCodeIn } from '@/rules/scancode'
import { agoWords, deadlineWords, distanceWords, spanWords, whenWords } from '@/rules/when'

const now = Date.parse('2026-03-19T09:30:00+08:00')

describe('a file of what is held', () => {
  const found = { made_at: '2026-03-18T17:00:00Z', parts: [
    { key: 'account', title: '账号', entries: [[{ label: '姓名', value: '陈小雨' }, { label: '手机号', value: '199****0001' }]] },
    { key: 'pin', title: '解锁码', entries: [] },
  ] }

  it('is called by the day in Shenzhen', () => expect(exportName(found.made_at, '我的信息')).toBe('我的信息-2026-03-19'))
  it('has a line for each thing and no empty chapter', () =>
    expect(exportText(found, '我的信息', '今天')).toBe('我的信息\n今天\n\n\n【账号】\n\n姓名：陈小雨\n手机号：199****0001\n'))
})

describe('a PIN', () => {
  it.each([
    ['271828', null],
    ['112233', null],
    ['000000', 'easy'],
    ['123456', 'easy'],
    ['987654', 'easy'],
    ['12345', 'form'],
    ['1234567', 'form'],
    ['12345a', 'form'],
  ])('%s: %s', (typed, fault) => expect(pinFault(typed)).toBe(fault))
})

describe('times in words', () => {
  it('are those of Shenzhen, wherever the phone is', () => {
    expect(whenWords('2026-03-19T15:59:00Z', now, 'zh-Hans')).toBe('今天 23:59')
    expect(whenWords('2026-03-19T16:00:00Z', now, 'zh-Hans')).toBe('明天 00:00')
    expect(whenWords('2026-03-26T18:00:00+08:00', now, 'zh-Hans')).toBe('3月26日（周四）18:00')
  })

  it('of a deadline always carry the date; midnight belongs to the day that ends', () => {
    expect(deadlineWords('2026-03-19T18:00:00+08:00', now, 'zh-Hans')).toBe('3月19日（周四）18:00')
    expect(deadlineWords('2026-03-26T00:00:00+08:00', now, 'zh-Hans')).toBe('3月25日（周三）24:00')
    expect(deadlineWords('2027-01-04T18:00:00+08:00', now, 'en')).toBe('Mon 4 Jan 2027 18:00')
  })

  it('round the way people say them', () => {
    expect(agoWords(now - 30_000, now, 'zh-Hans')).toBe('刚刚')
    expect(agoWords(now - 40 * 60_000, now, 'zh-Hans')).toBe('40 分钟前')
    expect(spanWords(80 * 60_000, 'zh-Hans')).toBe('1 小时 20 分')
    expect(spanWords(61_000, 'zh-Hans')).toBe('1 分 1 秒')
    expect(distanceWords(324, 'zh-Hans')).toBe('320 米')
    expect(distanceWords(1449, 'en')).toBe('1.4 km')
  })
})

describe('words of danger', () => {
  it.each(['站长持刀威胁我', '我 不 想 活 了', '仓库着火了', 'someone is unconscious'])('%s shows whom to call', (text) => {
    expect(dangersIn(text).length).toBeGreaterThan(0)
  })

  it('everyday complaints do not', () => {
    expect(dangersIn('站点无故罚款两百元，没有说明')).toEqual([])
  })

  it('put the fitting number first and leave none out', () => {
    expect(numbersFor(['self_harm'])).toEqual(['12356', '110', '120', '119'])
    expect(numbersFor(['injury', 'fire'])).toEqual(['120', '119', '110', '12356'])
  })
})

describe('details that tell who somebody is', () => {
  it.each([
    ['3月11日晚8点那单超时，订单号 8812345678901', ['3月11日', '晚8点', '订单号 8812345678901']],
    ['我在沙头站点上夜班，车牌粤B12345', ['我在沙头站点', '夜班', '粤B12345']],
    ['上次那件是 SQ260313-0042-K', ['SQ260313-0042-K']],
    ['my late shift ended at 10:30 pm', ['late shift', '10:30 pm']],
  ])('%s', (text, found) => {
    expect(detailsIn(text)).toEqual(found)
  })

  it('are not in what anybody could have written', () => {
    expect(detailsIn('站点无故罚款两百元，我有一点怕，希望早一点解决，上个月开始的，做了3年')).toEqual([])
  })
})

describe('how many messages are new', () => {
  const page = (fresh: number, read: number, next_cursor: string | null) => ({
    items: Array.from({ length: fresh + read }, (_, at) => ({ read: at >= fresh }) as Notice),
    next_cursor,
  })

  it('is said with a plus where all of a page are and more may follow', () => {
    expect([page(30, 0, 'c'), page(30, 0, null), page(29, 1, 'c'), page(0, 30, 'c')].map(unreadCount)).toEqual(['30+', '30', '29', ''])
  })
})

describe('the time limit of arbitration', () => {
  const wages = { matter: 'wages', stillWorking: false, lastDay: '2026-02-28', knownOn: null, demandedOn: null, today: '2026-03-14' }

  it('is a year from the last day for wages', () => {
    expect(limitation(wages)).toMatchObject({ until: '2027-02-28', daysLeft: 351, colour: 'green' })
  })

  it('does not run for wages while one still works there', () => {
    expect(limitation({ ...wages, stillWorking: true })).toMatchObject({ until: null, colour: 'none' })
  })

  it('runs from the day one knew in other matters', () => {
    expect(limitation({ ...wages, matter: 'dismissal', knownOn: '2025-03-20' })).toMatchObject({ until: '2026-03-20', daysLeft: 6, colour: 'red', urgent: true })
  })

  it('of a dismissal counts from the last day of work if no earlier day is named', () => {
    const dismissed = { ...wages, matter: 'dismissal', lastDay: '2025-03-17' }
    expect(limitation(dismissed)).toMatchObject({ until: '2026-03-17', assumed: false, urgent: true })
    expect(limitation({ ...dismissed, knownOn: '2025-06-01' })).toMatchObject({ until: '2026-03-17' })
  })

  it('counts from the earliest of the other days where the one that counts is missing, and says so', () => {
    const told = { ...wages, matter: 'insurance', knownOn: '2026-03-10' }
    expect(limitation({ ...told, toldOn: '2026-03-01' }).until).toBe('2027-03-01')
    expect(limitation({ ...told, toldOn: '2026-03-12' }).until).toBe('2027-03-10')
    const injured = { ...wages, matter: 'injury', lastDay: '2025-09-30', demandedOn: '2025-08-01' }
    expect(limitation(injured)).toMatchObject({ until: '2026-08-01', assumed: true })
    expect(limitation({ ...wages, lastDay: null, knownOn: '2025-09-01' })).toMatchObject({ until: '2026-09-01', assumed: true })
  })

  it('that has passed is said to be past, never "urgent"', () => {
    expect(limitation({ ...wages, lastDay: '2025-03-13' })).toMatchObject({ colour: 'past', urgent: false })
  })

  it('gives fifteen days from an award, and nothing without its day', () => {
    expect(awardLimit('2026-03-01', '2026-03-10')).toEqual({ until: '2026-03-16', daysLeft: 6 })
    expect(awardLimit('2026-02-20', '2026-03-10')).toEqual({ until: '2026-03-07', daysLeft: -3 })
    expect(awardLimit(null, '2026-03-10')).toBeNull()
  })

  it('from 29 February ends on the 28th', () => expect(oneYearAfter('2024-02-29')).toBe('2025-02-28'))
})

describe('papers', () => {
  const body = '99030419900101123'
  const good = body + checkDigit(body)

  it('a resident number is checked by its last digit, however it was typed', () => {
    expect(paperFault('resident_id', good)).toBeNull()
    expect(paperFault('resident_id', ` ${good.slice(0, 6)} ${good.slice(6).toLowerCase()}`)).toBeNull()
    expect(paperFault('resident_id', body + (good.endsWith('0') ? '1' : '0'))).toBe('check_digit')
    expect(paperFault('resident_id', body)).toBe('length')
  })

  it('a Hong Kong pass begins with H or M', () => {
    expect(paperFault('hk_mo_pass', 'h12345678')).toBeNull()
    expect(paperFault('hk_mo_pass', 'H1234567')).toBe('form')
  })

  it('the dot in a name is the one that papers have', () => expect(tidyName(' 阿依古丽•买买提 ')).toBe('阿依古丽·买买提'))

  it('phones of Hong Kong carry their code', () => {
    expect(phoneFor('86', '199 0000 0001')).toBe('19900000001')
    expect(phoneFor('852', '6123 4567')).toBe('+85261234567')
    expect(phoneFor('86', '1990000')).toBeNull()
  })
})

describe('a scanned code', () => {
  it.each([
    ['https://service.example/s/FT0007?k=door', 'FT0007'],
    ['stations/detail/detail?scene=s%3DFT0007', 'FT0007'],
    ['https%3A%2F%2Fservice.example%2Fs%2Fft0007', 'FT0007'],
    ['LG0100', 'LG0100'],
  ])('%s is the station %s', (text, code) => expect(stationCodeIn(text)).toBe(code))

  it.each(['https://elsewhere.example/pay', 'FT00071', '', null])('%s is none of ours', (text) => expect(stationCodeIn(text)).toBeNull())
})

describe('the button of an activity', () => {
  const base = {
    status: 'open',
    required_level: 'L1',
    opens_at: '2026-03-19T09:00:00+08:00',
    closes_at: '2026-03-20T09:00:00+08:00',
    waiting_list: true,
    mine: null,
    groups: [{ key: 'all', name: '全部', worker_groups: null, capacity: 10, seats_left: 1 }],
  } as unknown as ActivityDetail
  const full = { ...base, groups: [{ ...base.groups[0], seats_left: 0 }] } as ActivityDetail

  it('says the next step', () => {
    expect(signUpStep(base, 0, now)).toBe('sign_in')
    expect(signUpStep({ ...base, required_level: 'L2' }, 1, now)).toBe('verify')
    expect(signUpStep(base, 1, now)).toBe('sign_up')
    expect(signUpStep(full, 1, now)).toBe('join_waiting')
    expect(signUpStep({ ...full, waiting_list: false }, 1, now)).toBe('none')
  })

  it('opens by the service’s time, whatever the list said a minute ago', () => {
    const soon = { ...base, status: 'soon', opens_at: '2026-03-19T09:31:00+08:00' } as ActivityDetail
    expect(signUpStep(soon, 1, now)).toBe('wait')
    expect(signUpStep(soon, 1, now + 60_000)).toBe('sign_up')
  })

  it('knows how far the phone’s clock is off', () => {
    expect(clockOffset('2026-03-19T09:30:00+08:00', now - 60_100, now - 59_900)).toBe(60_000)
  })
})

describe('the map', () => {
  it('has an outline around all stations', () => {
    const square = [{ lat: 0, lng: 0 }, { lat: 0, lng: 2 }, { lat: 2, lng: 2 }, { lat: 2, lng: 0 }]
    expect(hull([...square, { lat: 1, lng: 1 }])).toHaveLength(4)
  })

  it('puts near ones together and loses none', () => {
    const points = [{ lat: 0, lng: 0 }, { lat: 0.1, lng: 0.1 }, { lat: 9, lng: 9 }]
    const found = clusters(points, 1, (point) => ({ x: point.lng, y: point.lat }))
    expect(found.map((one) => one.members.length).sort()).toEqual([1, 2])
  })
})

describe('a calendar entry', () => {
  it('keeps commas and new lines of the text', () => {
    const file = calendarFile({ title: '体检, 免费', place: '三楼', starts: now, ends: now + 1, note: '空腹\n带证' }, now)
    expect(file).toContain('SUMMARY:体检\\, 免费')
    expect(file).toContain('DESCRIPTION:空腹\\n带证')
    expect(file).toContain('DTSTART:20260319T013000Z')
  })
})
