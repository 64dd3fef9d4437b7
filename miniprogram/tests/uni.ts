/** As much of uni-app's `uni` as stores touch: storage in a map. */
import { beforeEach } from 'vitest'

export const storage = new Map<string, string>()

beforeEach(() => storage.clear())

Object.assign(globalThis, {
  uni: {
    setStorageSync: (key: string, value: string) => void storage.set(key, value),
    getStorageSync: (key: string) => storage.get(key) ?? '',
    removeStorageSync: (key: string) => void storage.delete(key),
    getStorageInfoSync: () => ({ keys: [...storage.keys()] }),
    getLocale: () => 'zh-Hans',
    reLaunch: () => undefined,
  },
})
