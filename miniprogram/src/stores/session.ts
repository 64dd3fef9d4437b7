import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import { getMe, openSession, closeSession } from '@/api/account'
import { levelNumber, type Level, type Session, type Worker } from '@/api/types'
import { platform } from '@/platform'
import { forget, keep, keepInMemoryOnly, kept, keptKeys } from '@/platform/keep'
import { claimDrafts } from './drafts'

/** On a phone that belongs to somebody else, three minutes without a tap end the session. */
export const BORROWED_MS = 3 * 60_000

interface Saved {
  token: string
  worker: Worker
}

export const useSession = defineStore('session', () => {
  const saved = kept<Saved>('session')
  const token = ref<string | null>(saved?.token ?? null)
  const worker = ref<Worker | null>(saved?.worker ?? null)
  const borrowed = ref(false)
  /** Was signed in and no longer is, without having asked for it: pages say so once. */
  const expired = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined

  const level = computed<Level>(() => levelNumber(worker.value?.level))
  const signedIn = computed(() => token.value !== null && level.value >= 1)
  /** Whose the drafts are that are typed now. */
  const owner = computed(() => worker.value?.id ?? null)

  function take(session: Session): void {
    token.value = session.token
    worker.value = session.worker
    expired.value = false
    keep('session', { token: session.token, worker: session.worker } satisfies Saved)
    claimDrafts(session.worker.id)
    touch()
  }

  function drop(): void {
    token.value = null
    worker.value = null
    forget('session')
    forget('card')
    forget('me')
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
    take(await openSession({ code }))
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
    if (!token.value) return
    const { id, level: now, phone_masked, name_masked, worker_group, membership } = await getMe()
    worker.value = { id, level: now, phone_masked, name_masked, worker_group, membership }
    keep('session', { token: token.value, worker: worker.value } satisfies Saved)
  }

  async function signOut(): Promise<void> {
    const had = token.value
    try {
      if (had) await closeSession()
    } finally {
      drop()
      setBorrowed(false)
    }
  }

  /** "这不是我的手机": from now on nothing is kept on the phone, and what was kept for this person goes. */
  function setBorrowed(on: boolean): void {
    if (on === borrowed.value) return
    borrowed.value = on
    if (on) for (const key of [...keptKeys('draft.'), 'session', 'card', 'me']) forget(key)
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

  return { token, worker, level, signedIn, owner, borrowed, expired, take, drop, renew, startSilently, refresh, signOut, setBorrowed, endBorrowed, touch }
})
