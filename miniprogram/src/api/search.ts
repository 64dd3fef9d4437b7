import { activities } from './activities'
import { services } from './cases'
import { stations } from './stations'

export interface SearchHit {
  kind: 'station' | 'activity' | 'service'
  title: string
  summary: string
  /** A path of ours, as `navigation.follow` takes it. */
  link: string
}

const MOST = 6

/** Words that people type for a service that is called otherwise. */
const ALSO: Record<string, string> = {
  legal_aid: '法律援助 律师 欠薪 欠钱 工资 拖欠 工伤 仲裁 辞退 开除 劳动合同 社保 加班',
  grievance: '诉求 投诉 举报 建议 有话说 反映 匿名 罚款',
}

/** Stations, activities and services at once; a part that fails leaves the others standing. */
export async function search(q: string): Promise<SearchHit[]> {
  let failed = 0
  let last: unknown = null
  const part = (found: Promise<SearchHit[]>): Promise<SearchHit[]> =>
    found.catch((failure: unknown) => {
      failed += 1
      last = failure
      return []
    })
  const parts = await Promise.all([
    part(
      services().then(({ items }) =>
        items
          .filter((one) => `${one.name} ${one.summary} ${ALSO[one.key] ?? ''}`.includes(q))
          .map((one) => ({ kind: 'service', title: one.name, summary: one.summary, link: `services/${one.key}` }) as const),
      ),
    ),
    part(
      stations({ q, limit: MOST }).then(({ items }) =>
        items.map((one) => ({ kind: 'station', title: one.name, summary: one.address, link: `stations/${one.code}` }) as const),
      ),
    ),
    part(
      activities({ q, limit: MOST }).then(({ items }) =>
        items.map((one) => ({ kind: 'activity', title: one.title, summary: one.place, link: `activities/${one.id}` }) as const),
      ),
    ),
  ])
  if (failed === parts.length) throw last
  return ([] as SearchHit[]).concat(...parts)
}
