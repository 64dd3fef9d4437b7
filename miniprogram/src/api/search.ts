import { get } from './client'

export interface SearchHit {
  kind: 'station' | 'activity' | 'service' | 'article'
  title: string
  summary: string
  /** A path of ours, as `navigation.follow` takes it. */
  link: string
}

interface FoundThing {
  kind: string
  title?: string
  name?: string
  summary?: string
  code?: string
  key?: string
  id?: string
  link?: string
}

export async function search(q: string): Promise<SearchHit[]> {
  const { items } = await get<{ items: FoundThing[] }>('/search', { q })
  return items.map((one) => ({
    kind: one.kind as SearchHit['kind'],
    title: one.title ?? one.name ?? '',
    summary: one.summary ?? '',
    link: one.link ?? linkOf(one),
  }))
}

function linkOf(one: FoundThing): string {
  if (one.kind === 'station') return `stations/${one.code ?? ''}`
  if (one.kind === 'activity') return `activities/${one.id ?? ''}`
  return one.kind === 'service' ? `services/${one.key ?? ''}` : ''
}
