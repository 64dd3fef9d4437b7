import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { getMe, openSession, closeSession } from '@/api/account'
import { levelNumber, type Level, type Session, type Worker } from '@/api/types'
import { platform } from '@/platform'
import { forget, keep, keepInMemoryOnly, kept, keptKeys } from '@/platform/keep'
import { claimDrafts } from './drafts'
import { usePlace } from './place'
import { handReceipt } from './receipt'
import { useScanned } from './scanned'
import { forgetUnsent } from './unsent'

/** On a phone that belongs to somebody else, three minutes without a tap end the session. */
export const BORROWED_MS = 3 * 60_000

interface Saved {
  token: string
  worker: Worker
  /** How many share this phone, with this one. */
  people?: number
  hasPin?: boolean
}

export const useSession = defineStore('session', () => {
  const saved = kept<Saved>('session')
  const token = ref<string | null>(saved?.token ?? null)
  const worker = ref<Worker | null>(saved?.worker ?? null)
  const people = ref(saved?.people ?? 1)
  /** Whether a PIN was met or set here: then nothing that it protects is kept on the phone. */
  const hasPin = ref(saved?.hasPin ?? false)
  const borrowed = ref(false)
  /** Was signed in and no longer is, without having asked for it: pages say so once. */
  const expired = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Who was the last one here, also after signing out: open pages may still show what is theirs. */
  let last = saved?.worker.id ?? null

  const level = computed<Level>(() => levelNumber(worker.value?.level))
  const signedIn = computed(() => token.value !== null && level.value >= 1)
  /** Whose the drafts are that are typed now. */
  const owner = computed(() => worker.value?.id ?? null)

  /** Returns whether somebody else was here before: then the pages that are open have to go. */
  function take(session: Session): boolean {
    const another = last !== null && last !== session.worker.id
    if (another) {
      forgetOwn()
      forgetUnsent()
    }
    token.value = session.token
    worker.value = session.worker
    people.value = session.profiles
    hasPin.value = !another && hasPin.value
    expired.value = false
    last = session.worker.id
    save()
    claimDrafts(session.worker.id)
    touch()
    return another
  }

  function save(): void {
    if (!token.value || !worker.value) return
    keep('session', { token: token.value, worker: worker.value, people: people.value, hasPin: hasPin.value } satisfies Saved)
  }

  /** What is kept for one person, and not for the phone. Drafts carry their owner and stay. */
  function forgetOwn(): void {
    for (const key of ['session', 'card', ...keptKeys('pass.')]) forget(key)
    usePlace().clear()
    useScanned().clear()
    handReceipt(null)
  }

  function drop(): void {
    token.value = null
    worker.value = null
    people.value = 1
    hasPin.value = false
    forgetOwn()
  }

  /** A new token without asking: WeChat gives one, a browser cannot. */
  async function renew(): Promise<string | null> {
    const wasSignedIn = signedIn.value
    const code = await platform.loginCode()
    if (!code) {
      drop()
      expired.value = wasSignedIn
      return null
    }
    if (take(await openSession({ code }))) uni.reLaunch({ url: '/pages/home/home' })
    return token.value
  }

  /** In WeChat a guest is known silently from the first page on; failing is no drama, everything open stays open. */
  async function startSilently(): Promise<void> {
    if (token.value || platform.kind !== 'weixin') return
    try {
      await renew()
    } catch {
      // Without a session one reads as a guest; the next call that needs one tries again.
    }
  }

  async function refresh(): Promise<void> {
    const asked = token.value
    if (!asked) return
    const { id, level: now, phone_masked, name_masked, worker_group, membership } = await getMe()
    // Somebody else may have taken over while the answer was on its way.
    if (token.value !== asked) return
    worker.value = { id, level: now, phone_masked, name_masked, worker_group, membership }
    save()
  }

  async function signOut(): Promise<void> {
    const had = token.value
    try {
      if (had) await closeSession()
    } finally {
      drop()
      forgetUnsent()
      setBorrowed(false)
    }
  }

  /** "这不是我的手机": from now on nothing is kept on the phone, and what was kept for this person goes. */
  function setBorrowed(on: boolean): void {
    if (on === borrowed.value) return
    borrowed.value = on
    if (on) {
      forgetOwn()
      forgetUnsent()
      for (const key of keptKeys('draft.')) forget(key)
    }
    keepInMemoryOnly(on)
    touch()
  }

  /** Called on every tap; only matters on a borrowed phone. */
  function touch(): void {
    clearTimeout(timer)
    if (borrowed.value && token.value) timer = setTimeout(() => void endBorrowed(), BORROWED_MS)
  }

  async function endBorrowed(): Promise<void> {
    try {
      await signOut()
    } catch {
      // The phone has forgotten the token; the service ends it by itself.
    }
    uni.reLaunch({ url: '/pages/home/home' })
  }

  watch(hasPin, (has) => {
    if (has) forget('card')
    save()
  })

  return { token, worker, level, signedIn, owner, people, hasPin, borrowed, expired, take, drop, renew, startSilently, refresh, signOut, setBorrowed, endBorrowed, touch }
})
