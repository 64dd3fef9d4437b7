import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { openCase, service as askService } from '@/api/cases'
import { ApiError } from '@/api/problem'
import type { NewCase } from '@/api/types'
import { coverSpots, sendFile, type Ticket } from '@/api/uploads'
import { HAZARD } from '@/config'
import { platform, type Picture } from '@/platform'
import { keep, kept } from '@/platform/keep'
import type { Spot } from '@/rules/cover'
import type { SpotAnswer } from '@/rules/form'
import type { HazardKind } from '@/rules/hazard'
import { useSession } from './session'

/** A picture or a voice of a hazard: its content lies with the phone's files under `key`. */
interface HazardFile {
  key: string
  /** Sending it twice with this key keeps it once. */
  sendKey: string
  name: string
  /** What nobody is to see of it: it goes with no case before that is covered. */
  covers?: Spot[]
  /** Of a voice. */
  seconds?: number
  ticket?: Ticket
  done?: { id: string; claim?: string }
}

/** A hazard on its way: it lives on the phone until the service has it, and then as a slip until it is taken away. */
export interface Hazard {
  /** Sending it twice with this key sends it once. */
  key: string
  /** Who it is from; null for nobody. */
  owner: string | null
  kind: HazardKind | null
  spot: SpotAnswer | null
  danger: boolean
  text: string
  /** When it was seen, which may be long before there is a network. */
  seenAt: string
  files: HazardFile[]
  /** What the tap agreed to; empty where the phone had never seen the texts. */
  agreed: Consents
  /** Marked on the way, to be completed at the next stop: not sent yet. */
  unfinished: boolean
  trouble?: ApiError
  sent?: { no: string; secret?: string; merged: boolean }
}

type Consents = NewCase['consents']

/** A picture or a voice as the page has it; `key`: where that of a mark lies with the phone's files. */
export type Shown = Picture & Pick<HazardFile, 'covers' | 'seconds'> & { key?: string }

export type NewHazard = Pick<Hazard, 'kind' | 'spot' | 'danger' | 'text' | 'seenAt'> & { nameless: boolean; files: Shown[]; unfinished?: boolean }

export const MOST = 20
const AGAIN_MS = 15_000
const DAY_MS = 86_400_000
const SLIP_DAYS = 30
/** The service asks for more time, or is busy with the same. */
const LATER = [409, 429, 503]
/** What phones call a recording: of those kept by an earlier version nothing else tells them from pictures. */
const VOICE = /^voice\./

export const useHazards = defineStore('hazards', () => {
  const all = ref<Hazard[]>(known())
  /** Of this page's life, also where nothing may be stored. */
  const files = new Map<string, Picture>()
  let running = false
  let later: ReturnType<typeof setTimeout> | undefined

  /** On a shared phone nobody sees or sends what is another's. */
  const mine = computed(() => {
    const owner = useSession().owner
    return all.value.filter((one) => one.owner === null || one.owner === owner)
  })
  const waiting = computed(() => mine.value.filter((one) => !one.sent && !one.unfinished))
  const unfinished = computed(() => mine.value.filter((one) => one.unfinished))
  const sent = computed(() => mine.value.filter((one) => one.sent))
  const full = computed(() => waiting.value.length + unfinished.value.length >= MOST)

  async function add(report: NewHazard): Promise<void> {
    const session = useSession()
    const { nameless, files: pictures, ...told } = report
    const one: Hazard = {
      ...told,
      key: platform.uuid(),
      owner: nameless ? null : session.owner,
      unfinished: report.unfinished ?? false,
      files: [],
      agreed: report.unfinished ? [] : agreedNow(told.spot),
    }
    for (const picture of pictures) {
      const key = picture.key ?? platform.uuid()
      // What was marked stays where it lies: a copy may find no room, and what it is copied from goes with the mark.
      if (!picture.key) {
        files.set(key, picture)
        if (!session.borrowed) await platform.keepFile(key, picture)
      }
      one.files.push({ key, sendKey: platform.uuid(), name: picture.name, covers: picture.covers, seconds: picture.seconds })
    }
    all.value = [...all.value, one]
    save()
    void flush()
  }

  /** What it shares with the one that completes it stays. */
  function drop(key: string): void {
    const gone = all.value.find((one) => one.key === key)?.files ?? []
    all.value = all.value.filter((one) => one.key !== key)
    const needed = (key: string) => all.value.some((one) => !one.sent && one.files.some((file) => file.key === key))
    for (const file of gone) if (!needed(file.key)) forgetFile(file.key)
    save()
  }

  function again(key: string): void {
    change(key, { trouble: undefined })
    void flush()
  }

  /** Sends what waits, the oldest first; without a network it goes on waiting. */
  async function flush(): Promise<void> {
    if (running) return
    running = true
    clearTimeout(later)
    try {
      for (let one = next(); one; one = next()) if (!(await deliver(one))) break
    } finally {
      running = false
    }
    if (next()) later = setTimeout(() => void flush(), AGAIN_MS)
  }

  function next(): Hazard | undefined {
    return waiting.value.find((one) => !one.trouble)
  }

  /** Whether it is worth going on with the next one. */
  async function deliver(one: Hazard): Promise<boolean> {
    try {
      const attachments = []
      for (const file of one.files) {
        const done = file.done ?? (await sentFile(one, file))
        if (done) attachments.push(done)
      }
      const { kind, spot, danger, text, seenAt: seen_at } = one
      const opened = await openCase(
        {
          service: HAZARD,
          answers: { kind, spot, danger, seen_at, ...(text ? { text } : {}) },
          consents: await consents(one),
          identity_mode: one.owner === null ? 'anonymous' : 'named',
          attachments,
          place: null,
        },
        one.key,
      )
      change(one.key, { sent: { no: opened.no, secret: opened.secret, merged: opened.state === 'merged' } })
      for (const file of one.files) forgetFile(file.key)
      return true
    } catch (failure) {
      const trouble = failure instanceof ApiError ? failure : new ApiError('offline')
      if (trouble.kind !== 'problem' || LATER.includes(trouble.status)) return false
      // Files wait a day at the service: later they are sent anew, as another request.
      const stale = Object.keys(trouble.problem?.errors ?? {}).some((path) => path.startsWith('attachments.'))
      const files = all.value.find((other) => other.key === one.key)?.files ?? []
      if (stale && files.some((file) => file.done)) {
        change(one.key, { key: platform.uuid(), files: files.map(({ key, name, covers, seconds }) => ({ key, name, covers, seconds, sendKey: platform.uuid() })) })
      } else change(one.key, { trouble })
      return true
    }
  }

  async function held(file: HazardFile): Promise<Picture | null> {
    return files.get(file.key) ?? (await platform.keptFile(file.key))
  }

  /** What is on the phone of its pictures and voices; 0 seconds: nobody knows how long the voice is. */
  async function filesOf(one: Hazard): Promise<Shown[]> {
    const found: Shown[] = []
    for (const file of one.files) {
      const picture = await held(file)
      const seconds = file.seconds ?? (VOICE.test(file.name) ? 0 : undefined)
      if (picture) found.push({ ...picture, key: file.key, covers: file.covers, seconds })
    }
    return found
  }

  async function sentFile(one: Hazard, file: HazardFile): Promise<HazardFile['done']> {
    const picture = await held(file)
    // The phone was cleaned up meanwhile: the rest is still worth sending.
    if (!picture) return undefined
    const kept = await sendFile({
      file: picture,
      key: file.sendKey,
      anonymous: one.owner === null,
      ticket: file.ticket,
      onTicket: (ticket) => changeFile(one.key, file.key, { ticket }),
    })
    const done = kept.claim ? { id: kept.id, claim: kept.claim } : { id: kept.id }
    if (file.covers?.length) await coverSpots(done, file.covers)
    changeFile(one.key, file.key, { done })
    return done
  }

  /** What the tap agreed to; a phone that had never seen the texts asks for them now. */
  async function consents(one: Hazard): Promise<Consents> {
    if (one.agreed.length) return one.agreed
    await learn()
    return agreedNow(one.spot)
  }

  /** The texts that a tap agrees to, for when there is no network; to what may be declined it does not. */
  async function learn(): Promise<void> {
    const found = await askService(HAZARD)
    keep('hazard.consents', found.consents.filter(({ optional }) => !optional).map(({ key, version }) => ({ key, version })))
  }

  function change(key: string, part: Partial<Hazard>): void {
    all.value = all.value.map((one) => (one.key === key ? { ...one, ...part } : one))
    save()
  }

  function changeFile(key: string, fileKey: string, part: Partial<HazardFile>): void {
    const one = all.value.find((other) => other.key === key)
    change(key, { files: one?.files.map((file) => (file.key === fileKey ? { ...file, ...part } : file)) ?? [] })
  }

  function forgetFile(key: string): void {
    files.delete(key)
    void platform.forgetFile(key)
  }

  function save(): void {
    keep('hazards', all.value.map((one) => ({ ...one, trouble: undefined })))
  }

  // What came while the phone was borrowed goes with who borrowed it, and what its owner left to be sent is there again.
  watch(() => useSession().borrowed, (is) => {
    if (is) return
    files.clear()
    all.value = known()
  })
  uni.onNetworkStatusChange?.(({ isConnected }) => {
    if (isConnected) void flush()
  })

  return { all, waiting, unfinished, sent, full, add, filesOf, drop, again, flush, learn }
})

function known(): Hazard[] {
  return (kept<Hazard[]>('hazards') ?? []).filter((one) => Date.now() - Date.parse(one.seenAt) < SLIP_DAYS * DAY_MS)
}

function agreedNow(spot: SpotAnswer | null): Consents {
  const known = kept<Consents>('hazard.consents') ?? []
  return known.filter(({ key }) => key !== 'location' || spot?.source === 'here')
}
