import { reportSubscriptions } from '@/api/account'
import { SUBSCRIBE_TEMPLATES } from '@/config'
import { platform } from '@/platform'

/** Newer clients take five templates a call, the oldest three: three suit all. */
const MOST = 3

/**
 * Asks once, right after something of value happened, whether news may come by WeChat, and tells the service what was said.
 * Must be called from a tap. Returns whether anything was allowed.
 */
export async function offerNews(names: readonly string[] = Object.keys(SUBSCRIBE_TEMPLATES)): Promise<boolean> {
  const templates = names
    .map((name) => SUBSCRIBE_TEMPLATES[name] ?? '')
    .filter((id) => id !== '')
    .slice(0, MOST)
  if (!platform.canSubscribe || !templates.length) return false
  const answers = await platform.subscribe(templates)
  if (Object.keys(answers).length) {
    // The grant is WeChat's; a report that is lost only means one message less.
    await reportSubscriptions(answers).catch(() => undefined)
  }
  return Object.values(answers).includes('accept')
}
