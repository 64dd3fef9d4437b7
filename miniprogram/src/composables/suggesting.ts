import { computed, type ComputedRef } from 'vue'
import { useScanned, type Scanned } from '@/stores/scanned'
import { useSession } from '@/stores/session'

/** What a question for a street may begin with. A member's matters are with their union, whatever street they stand in. */
export function useSuggestedStreet(): ComputedRef<Scanned | null> {
  const scanned = useScanned()
  const session = useSession()
  return computed(() => (session.worker?.membership ? null : scanned.station))
}
