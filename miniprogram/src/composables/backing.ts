import { onUnmounted, watch } from 'vue'
import { platform } from '@/platform'

/** The phone's back button closes what is open, and leaves the page it is open on. */
export function useBackToClose(open: () => boolean, close: () => void): void {
  let release: (() => void) | null = null
  const end = (): void => {
    release?.()
    release = null
  }
  watch(open, (is) => {
    end()
    if (is) release = platform.holdBack(close)
  }, { immediate: true })
  onUnmounted(end)
}
