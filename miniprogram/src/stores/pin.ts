import { defineStore } from 'pinia'
import { ref } from 'vue'

/** Whether the PIN is being asked for. Calls wait for the answer; the page in front shows the sheet. */
export const usePin = defineStore('pin', () => {
  const asking = ref(false)
  let tell: (typed: boolean) => void = () => undefined

  /** Resolves once the right PIN was typed, or to false when the person gave up. */
  function ask(): Promise<boolean> {
    asking.value = true
    return new Promise((resolve) => {
      tell = resolve
    })
  }

  function answer(typed: boolean): void {
    asking.value = false
    tell(typed)
  }

  return { asking, ask, answer }
})
