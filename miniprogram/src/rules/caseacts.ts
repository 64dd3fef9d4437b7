import type { Case } from '@/api/types'

/** What the worker can do with a case now. The service has the last word; this keeps buttons that cannot work off the page. */
export interface CaseActs {
  message: boolean
  supplement: boolean
  withdraw: boolean
  rate: boolean
  reopen: boolean
}

const OVER = ['withdrawn', 'lapsed']

export function actsOf(one: Case): CaseActs {
  const over = OVER.includes(one.phase)
  const answered = one.phase === 'done' || one.phase === 'decided'
  if (one.can) return { ...one.can }
  return {
    message: !over,
    supplement: one.phase === 'need_more',
    withdraw: !over && one.phase !== 'done' && one.phase !== 'decided',
    rate: answered && !one.rating,
    reopen: one.phase === 'done' && one.rating?.solved !== true,
  }
}
