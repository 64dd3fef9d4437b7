import { computed, onUnmounted, ref, shallowRef } from 'vue'
import { platform, type Picture, type RecordingNow } from '@/platform'

export interface Voice extends Picture {
  seconds: number
}

/** Of every recording that runs: ends it, and is over once what was heard has been taken. */
const endings = new Set<() => Promise<void>>()

/** Whoever sends has said everything: what is still being said ends, and is taken before anything is sent. */
export async function saidAll(): Promise<void> {
  await Promise.all([...endings].map((end) => end()))
}

/**
 * Voice of so many seconds at most: a tap begins, a tap ends it, and so does leaving the page. `take` gets what was heard, or that the
 * phone may not listen; nothing when there is no sound.
 */
export function useRecording(most: number, take: (heard: Voice | 'refused') => unknown) {
  const running = shallowRef<RecordingNow | null>(null)
  const seconds = ref(0)
  const left = computed(() => Math.max(0, most - seconds.value))
  let busy = false
  let gone = false

  onUnmounted(() => {
    gone = true
    stop()
  })

  /** Over once what was heard has been taken; at once when a recording runs already. */
  async function record(): Promise<void> {
    if (busy) return
    busy = true
    try {
      const begun = await platform.record(most)
      // The page may have been left while the phone asked whether it may listen.
      if (begun && gone) begun.stop()
      else if (begun) await heard(begun)
      else await take('refused')
    } finally {
      busy = false
    }
  }

  async function heard(begun: RecordingNow): Promise<void> {
    const over = listened(begun).then((voice) => voice && take(voice))
    const end = () => {
      begun.stop()
      return over.then(() => undefined, () => undefined)
    }
    endings.add(end)
    try {
      await over
    } finally {
      endings.delete(end)
    }
  }

  async function listened(begun: RecordingNow): Promise<Voice | null> {
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
