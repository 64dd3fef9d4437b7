import { reportSubscriptions, templates as askTemplates, type Moment } from '@/api/account'
import type { Template } from '@/api/types'
import { platform } from '@/platform'

/** Newer clients take five templates a call, the oldest three: three suit all. */
const MOST = 3

const known = new Map<Moment, Template[]>()

/** What may be asked after something of value happened; to be fetched before the tap, since WeChat asks only within one. */
export async function prepareNews(moment: Moment): Promise<Template[]> {
  if (!platform.canSubscribe) return []
  const have = known.get(moment)
  if (have) return have
  try {
    const { items } = await askTemplates(moment)
    known.set(moment, items)
    return items
  } catch {
    // Without templates nothing is asked: the inbox has every message anyway.
    return []
  }
}

/** Asks, within a tap, whether news may come by WeChat, and tells the service what was said. Returns whether anything was allowed. */
export async function offerNews(moment: Moment): Promise<boolean> {
  const ids = (known.get(moment) ?? []).slice(0, MOST).map((one) => one.id)
  if (!platform.canSubscribe || !ids.length) return false
  const answers = await platform.subscribe(ids)
  if (Object.keys(answers).length) {
    // The grant is WeChat's; a report that is lost only means one message less.
    await reportSubscriptions(answers).catch(() => undefined)
  }
  return Object.values(answers).includes('accept')
}
