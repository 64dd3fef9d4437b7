import { computed, onUnmounted, ref, shallowRef } from 'vue'
import { platform, type Picture, type RecordingNow } from '@/platform'

export interface Voice extends Picture {
  seconds: number
}

/** Voice of so many seconds at most: a tap begins, a tap ends it, and so does leaving the page. */
export function useRecording(most: number) {
  const running = shallowRef<RecordingNow | null>(null)
  const seconds = ref(0)
  const left = computed(() => Math.max(0, most - seconds.value))
  let busy = false
  let gone = false

  onUnmounted(() => {
    gone = true
    stop()
  })

  /** Resolves when it has ended: to null when there is no sound, or when a recording runs already. */
  async function record(): Promise<Voice | 'refused' | null> {
    if (busy) return null
    busy = true
    try {
      const begun = await platform.record(most)
      return begun ? await listened(begun) : 'refused'
    } finally {
      busy = false
    }
  }

  async function listened(begun: RecordingNow): Promise<Voice | null> {
    // The page was left while the phone asked whether it may listen.
    if (gone) {
      begun.stop()
      return null
    }
    running.value = begun
    seconds.value = 0
    const ticking = setInterval(() => {
      seconds.value += 1
      if (seconds.value >= most) begun.stop()
    }, 1000)
    try {
      const sound = await begun.done
      return sound && { ...sound, seconds: Math.max(1, seconds.value) }
    } finally {
      clearInterval(ticking)
      running.value = null
    }
  }

  function stop(): void {
    running.value?.stop()
  }

  return { running, seconds, left, record, stop }
}
