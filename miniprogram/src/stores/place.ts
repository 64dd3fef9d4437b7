import { defineStore } from 'pinia'
import { ref } from 'vue'
import { platform, type Place } from '@/platform'
import { forget, keep, kept } from '@/platform/keep'

/** Where the person looks for stations: measured once after a tap, or chosen. */
export interface Spot extends Place {
  name: string | null
  from: 'gps' | 'map' | 'street' | 'station'
}

const WEEK = 7 * 86_400_000

export const usePlace = defineStore('place', () => {
  const spot = ref<Spot | null>(kept<Spot>('place') ?? null)
  const refusedAt = ref<number>(kept<number>('place.refused') ?? 0)
  const looking = ref(false)

  /** After a refusal the place is not asked for again in the same week. */
  const mayAsk = (now: number) => now - refusedAt.value > WEEK

  function set(next: Spot): void {
    spot.value = next
    keep('place', next)
  }

  function clear(): void {
    spot.value = null
    for (const key of ['place', 'nearest']) forget(key)
  }

  async function locate(): Promise<'ok' | 'refused' | 'unavailable'> {
    looking.value = true
    try {
      const answer = await platform.locate()
      if (answer.ok) {
        set({ ...answer.place, name: null, from: 'gps' })
        return 'ok'
      }
      if (answer.why === 'refused') {
        refusedAt.value = Date.now()
        keep('place.refused', refusedAt.value)
      }
      return answer.why
    } finally {
      looking.value = false
    }
  }

  return { spot, refusedAt, looking, mayAsk, set, clear, locate }
})
