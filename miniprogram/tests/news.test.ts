/** WeChat's platform module itself, on a `wx` that only answers: may news be sent, asked after something of value happened. */
import { beforeEach, expect, it, vi } from 'vitest'
import { platform } from '@/platform/weixin'
import { offerNews, prepareNews } from '@/stores/news'

vi.mock('#platform', () => import('@/platform/weixin'))
const account = vi.hoisted(() => ({ templates: vi.fn(), reportSubscriptions: vi.fn() }))
vi.mock('@/api/account', () => account)

/** What WeChat was asked, and what the person says to each template. */
const asked: string[][] = []
let says: Record<string, string> = {}
let failing = false

interface Ask {
  tmplIds: string[]
  success: (answers: Record<string, string>) => void
  fail: () => void
}

beforeEach(() => {
  asked.length = 0
  says = {}
  failing = false
  vi.stubGlobal('wx', {
    requestSubscribeMessage({ tmplIds, success, fail }: Ask) {
      asked.push(tmplIds)
      if (failing) fail()
      else success({ errMsg: 'requestSubscribeMessage:ok', ...says })
    },
  })
  account.templates.mockResolvedValue({ items: ['T1', 'T2', 'T3', 'T4'].map((id) => ({ id })) })
  account.reportSubscriptions.mockResolvedValue(undefined)
})

it('asks for three templates at most in one tap, and tells the service what was said to each', async () => {
  says = { T1: 'accept', T2: 'reject', T3: 'ban' }
  await prepareNews('case')
  expect(await offerNews('case')).toBe(true)
  expect(asked).toEqual([['T1', 'T2', 'T3']])
  // A template that WeChat has closed was neither allowed nor refused.
  expect(account.reportSubscriptions).toHaveBeenCalledWith({ T1: 'accept', T2: 'reject' })
})

it('counts nothing where the person closed the question', async () => {
  failing = true
  await prepareNews('case')
  expect(await offerNews('case')).toBe(false)
  expect(account.reportSubscriptions).not.toHaveBeenCalled()
})

it('says that news will come although the report was lost', async () => {
  says = { T1: 'accept' }
  account.reportSubscriptions.mockRejectedValue(new Error('offline'))
  await prepareNews('activity')
  expect(await offerNews('activity')).toBe(true)
})

it('is asked within the tap: the templates are there before', async () => {
  await prepareNews('case')
  void offerNews('case')
  expect(asked).toHaveLength(1)
})

it('asks nothing of a client that has no such question', async () => {
  const could = vi.spyOn(platform, 'canSubscribe', 'get').mockReturnValue(false)
  expect(await prepareNews('case')).toEqual([])
  expect(await offerNews('case')).toBe(false)
  expect(could).toHaveBeenCalled()
  expect(asked).toEqual([])
})
