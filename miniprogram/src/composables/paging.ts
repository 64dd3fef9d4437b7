import { ref, type Ref } from 'vue'
import { say } from '@/navigation'
import { useTexts } from '@/texts'
import { troubleLine } from '@/texts/trouble'

interface Page<T> {
  items: T[]
  next_cursor: string | null
}

/** A list of which the first page is shown, and more after a tap. What is there stays there when the line breaks. */
export function usePaging<T>(ask: (cursor?: string | null) => Promise<Page<T>>) {
  const { t } = useTexts()
  const items = ref([]) as Ref<T[]>
  const next = ref<string | null>(null)
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  const error = ref<unknown>(null)
  const busy = ref(false)
  /** Which question was the last: an answer to an earlier one comes too late. */
  let turn = 0

  async function load(): Promise<void> {
    const mine = (turn += 1)
    try {
      const page = await ask()
      if (mine !== turn) return
      items.value = page.items
      next.value = page.next_cursor
      state.value = 'ready'
    } catch (failure) {
      if (mine !== turn) return
      error.value = failure
      state.value = items.value.length ? 'ready' : 'failed'
    }
  }

  async function more(): Promise<void> {
    if (busy.value) return
    const mine = turn
    busy.value = true
    try {
      const page = await ask(next.value)
      if (mine !== turn) return
      items.value = [...items.value, ...page.items]
      next.value = page.next_cursor
    } catch (failure) {
      say(troubleLine(failure, t))
    } finally {
      busy.value = false
    }
  }

  return { items, next, state, error, busy, load, more }
}
