import { defineStore } from 'pinia'
import { ref } from 'vue'
import { ApiError } from '@/api/problem'
import { stations as ask, type StationQuery } from '@/api/stations'
import type { Station, Widening } from '@/api/types'
import { keep, kept } from '@/platform/keep'
import { usePlace } from './place'

interface LastList {
  at: number
  items: Station[]
}

/** What the person filters by. */
export interface StationFilter {
  openNow: boolean
  h24: boolean
  walkIn: boolean
  amenities: string[]
  kind: string | null
  q: string
}

export const NO_FILTER: StationFilter = { openNow: false, h24: false, walkIn: false, amenities: [], kind: null, q: '' }

export const useStations = defineStore('stations', () => {
  const items = ref<Station[]>([])
  const widen = ref<Widening | null>(null)
  const next = ref<string | null>(null)
  const state = ref<'idle' | 'loading' | 'more' | 'ready' | 'failed'>('idle')
  const error = ref<unknown>(null)
  /** Set while the last kept list stands in for one that could not be fetched. */
  const offlineSince = ref<number | null>(null)
  const filter = ref<StationFilter>({ ...NO_FILTER, openNow: true })
  let turn = 0
  /** What the shown list answers: its next page belongs to the same question, wherever one has walked since. */
  let asked: StationQuery = {}

  function queryNow(): StationQuery {
    const { spot } = usePlace()
    const { openNow, h24, walkIn, amenities, kind, q } = filter.value
    return {
      near: spot ? `${spot.lat.toFixed(5)},${spot.lng.toFixed(5)}` : undefined,
      datum: spot?.datum,
      radius: spot ? 10_000 : undefined,
      open: openNow ? 'now' : undefined,
      is_24h: h24 || undefined,
      entry: walkIn ? 'walk_in' : undefined,
      amenity: amenities,
      kind: (kind as StationQuery['kind']) ?? undefined,
      q: q || undefined,
      limit: 20,
    }
  }

  async function load(): Promise<void> {
    const mine = (turn += 1)
    state.value = 'loading'
    error.value = null
    try {
      const question = queryNow()
      const page = await ask(question)
      // A slower answer to an older question is not shown over a newer one.
      if (mine !== turn) return
      asked = question
      items.value = page.items
      next.value = page.next_cursor
      widen.value = page.widen ?? null
      offlineSince.value = null
      state.value = 'ready'
      if (page.items.length) keep('stations.last', { at: Date.now(), items: page.items } satisfies LastList)
    } catch (failure) {
      if (mine !== turn) return
      const last = kept<LastList>('stations.last')
      if (last && failure instanceof ApiError && failure.kind !== 'problem') {
        items.value = last.items
        offlineSince.value = last.at
        next.value = null
        state.value = 'ready'
      } else {
        error.value = failure
        state.value = 'failed'
      }
    }
  }

  async function loadMore(): Promise<void> {
    if (!next.value || state.value !== 'ready') return
    const mine = turn
    state.value = 'more'
    try {
      const page = await ask({ ...asked, cursor: next.value })
      if (mine !== turn) return
      items.value = [...items.value, ...page.items]
      next.value = page.next_cursor
    } finally {
      if (mine === turn) state.value = 'ready'
    }
  }

  return { items, widen, next, state, error, offlineSince, filter, load, loadMore, queryNow }
})
