import { platform } from '@/platform'

/**
 * The key of what is said. Saying it again after a broken line or a second tap is the same request; other words are another one, and
 * so are the same words once the first have arrived.
 */
export function useSaying() {
  let print = ''
  let key = ''

  function keyFor(said: unknown): string {
    const now = JSON.stringify(said)
    if (now !== print) {
      print = now
      key = platform.uuid()
    }
    return key
  }

  function arrived(): void {
    print = ''
  }

  return { keyFor, arrived }
}
