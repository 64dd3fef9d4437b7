/**
 * Small things kept on the phone. On "这不是我的手机" nothing may stay behind, so the store can be switched to memory:
 * whatever is kept afterwards is gone with the page.
 */
const memory = new Map<string, unknown>()
let inMemory = false

const PREFIX = 'wb.'

export function keep(key: string, value: unknown): void {
  if (inMemory) {
    memory.set(key, value)
    return
  }
  try {
    uni.setStorageSync(PREFIX + key, JSON.stringify(value))
  } catch {
    // Storage is full or forbidden: the page still works, it only remembers less.
    memory.set(key, value)
  }
}

export function kept<T>(key: string): T | undefined {
  if (memory.has(key)) return memory.get(key) as T
  if (inMemory) return undefined
  try {
    const text = uni.getStorageSync(PREFIX + key) as string
    return text ? (JSON.parse(text) as T) : undefined
  } catch {
    return undefined
  }
}

export function forget(key: string): void {
  memory.delete(key)
  try {
    uni.removeStorageSync(PREFIX + key)
  } catch {
    // Nothing to forget where storage is forbidden.
  }
}

/** Keys kept so far that begin with `start`. */
export function keptKeys(start: string): string[] {
  const names = new Set<string>([...memory.keys()].filter((key) => key.startsWith(start)))
  if (!inMemory) {
    try {
      for (const name of uni.getStorageInfoSync().keys) {
        if (name.startsWith(PREFIX + start)) names.add(name.slice(PREFIX.length))
      }
    } catch {
      // Same as above: without storage there is only memory.
    }
  }
  return [...names]
}

export function keepInMemoryOnly(on: boolean): void {
  inMemory = on
  if (!on) memory.clear()
}
