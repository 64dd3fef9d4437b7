import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { act, type CaseKey } from '@/api/cases'
import { ApiError } from '@/api/problem'
import type { Ticket } from '@/api/uploads'
import { coverSpots, sendFile } from '@/api/uploads'
import { platform, type Picture } from '@/platform'
import { keep, kept } from '@/platform/keep'
import type { Spot } from '@/rules/cover'
import type { Attached } from '@/rules/form'
import { useSession } from './session'

export type { Attached }

/** A file on its way. It goes on after a broken line and after the page was closed, and without the form that it was added to. */
export interface Parcel {
  key: string
  name: string
  size: number
  /** Where it was added: a draft, or a case. */
  place: string
  /** The field of the form that it is for; none: the whole. */
  field?: string
  owner: string | null
  anonymous: boolean
  ticket?: Ticket
  percent: number
  /** What it has become, until the form takes it. */
  done?: Attached
  /** The case that was sent before it: it is added there once it has arrived. */
  caseNo?: string
  /** Adding it there twice is adding it once. */
  addKey?: string
  /** That case is anonymous: nothing on the phone may lead to it. */
  unkept?: boolean
  /** Why it stands still. */
  trouble?: ApiError
  at: number
}

/** A picture that arrived: what is on the phone of it stays until it is sent or taken away, so that more can be covered. */
interface Arrived {
  /** What it has become. */
  id: string
  key: string
  place: string
  owner: string | null
  anonymous: boolean
  /** What of it is covered. */
  spots: Spot[]
  at: number
}

const DAYS = 3
const AGAIN_MS = 15_000

export const useParcels = defineStore('parcels', () => {
  const parcels = ref(known<Parcel>('parcels'))
  const arrived = ref(known<Arrived>('arrived'))
  /** Files of this page's life, and secrets of anonymous cases: neither is written to the phone here. */
  const files = new Map<string, Picture>()
  const secrets = new Map<string, string>()
  /** Pictures that arrived, by what they have become. */
  const pictures = ref<Record<string, Picture>>({})
  let running = false
  let later: ReturnType<typeof setTimeout> | undefined

  const mine = computed(() => {
    const owner = useSession().owner
    return parcels.value.filter((one) => one.anonymous || one.owner === owner)
  })

  /** On the way from a place; of one field of its form, or of none. */
  function of(place: string, field?: string): Parcel[] {
    return from(place).filter((one) => one.field === field)
  }

  function from(place: string): Parcel[] {
    return mine.value.filter((one) => one.place === place && one.caseNo === undefined)
  }

  /** Of those from a place, or of one field, what still arrives: the service has not refused it. */
  function coming(place: string, field?: string): Parcel[] {
    return (field === undefined ? from(place) : of(place, field)).filter((one) => one.trouble?.kind !== 'problem')
  }

  function forCase(no: string): Parcel[] {
    return mine.value.filter((one) => one.caseNo === no)
  }

  async function add(place: string, file: Picture, anonymous: boolean, field?: string): Promise<void> {
    const one: Parcel = { key: platform.uuid(), name: file.name, size: file.size, place, field, owner: useSession().owner, anonymous, percent: 0, at: Date.now() }
    files.set(one.key, file)
    parcels.value = [...parcels.value, one]
    if (!useSession().borrowed) await platform.keepFile(one.key, file)
    save()
    void run()
  }

  /** The case was sent first: what is on its way from this place follows it. */
  function follow(place: string, key: CaseKey): void {
    if (key.secret) secrets.set(key.no, key.secret)
    for (const one of from(place)) {
      // What was sent with a name never follows a case that has none.
      if (key.secret && !one.anonymous) drop(one.key)
      else change(one.key, { caseNo: key.no, addKey: platform.uuid(), unkept: key.secret !== undefined })
      if (key.secret && files.has(one.key)) void platform.forgetFile(one.key)
    }
    leave((one) => one.place === place)
    void run()
  }

  function drop(key: string): void {
    parcels.value = parcels.value.filter((one) => one.key !== key)
    files.delete(key)
    if (!arrived.value.some((one) => one.key === key)) void platform.forgetFile(key)
    save()
  }

  /** What was added there is not to be sent: nothing of it stays on the phone. */
  function abandon(place: string): void {
    for (const one of from(place)) drop(one.key)
    leave((one) => one.place === place)
  }

  function again(key: string): void {
    change(key, { trouble: undefined })
    void run()
  }

  /** Everything that only waited for a network goes on. */
  function resume(): void {
    for (const one of parcels.value) if (one.trouble && one.trouble.kind !== 'problem') change(one.key, { trouble: undefined })
    void run()
  }

  async function run(): Promise<void> {
    if (running) return
    running = true
    clearTimeout(later)
    try {
      for (let one = next(); one; one = next()) await deliver(one)
    } finally {
      running = false
    }
    if (mine.value.some((one) => one.trouble && one.trouble.kind !== 'problem')) later = setTimeout(resume, AGAIN_MS)
  }

  function next(): Parcel | undefined {
    return mine.value.find((one) => !one.trouble && !(one.done && one.caseNo === undefined))
  }

  async function deliver(one: Parcel): Promise<void> {
    try {
      const done = one.done ?? (await sent(one))
      change(one.key, { done, percent: 100 })
      const { caseNo: no, addKey } = parcels.value.find((other) => other.key === one.key) ?? {}
      if (no === undefined || addKey === undefined) return
      const attachments = [{ id: done.id, claim: done.claim, field: one.field }]
      await act({ no, secret: secrets.get(no) }, 'supplements', { answers: {}, attachments }, addKey)
      drop(one.key)
    } catch (failure) {
      change(one.key, { trouble: failure instanceof ApiError ? failure : new ApiError('offline') })
    }
  }

  async function sent(one: Parcel): Promise<Attached> {
    const file = files.get(one.key) ?? (await platform.keptFile(one.key))
    if (!file) {
      drop(one.key)
      throw new ApiError('cancelled')
    }
    files.set(one.key, file)
    const kept = await sendFile({
      file,
      key: one.key,
      anonymous: one.anonymous,
      ticket: one.ticket,
      onTicket: (ticket) => change(one.key, { ticket }),
      onProgress: (percent) => change(one.key, { percent }),
    })
    const now = parcels.value.find((other) => other.key === one.key)
    if (kept.media_type.startsWith('image/') && now && now.caseNo === undefined) {
      const { key, place, owner, anonymous } = one
      pictures.value = { ...pictures.value, [kept.id]: file }
      arrived.value = [...arrived.value, { id: kept.id, key, place, owner, anonymous, spots: [], at: Date.now() }]
    }
    return { id: kept.id, claim: kept.claim, name: one.name }
  }

  /** What is on the phone of a picture that arrived. */
  function pictureOf(id: string): Picture | undefined {
    return pictures.value[id]
  }

  /** Looks for what is on the phone of pictures that arrived before this page lived. */
  async function recall(ids: readonly string[]): Promise<void> {
    const owner = useSession().owner
    for (const one of arrived.value) {
      if (!ids.includes(one.id) || pictures.value[one.id] || !(one.anonymous || one.owner === owner)) continue
      const file = await platform.keptFile(one.key)
      if (file) pictures.value = { ...pictures.value, [one.id]: file }
    }
  }

  /** Nothing stays on the phone of pictures that were sent or taken away. */
  function leave(which: (one: { id: string; place: string }) => boolean): void {
    const gone = arrived.value.filter(which)
    arrived.value = arrived.value.filter((one) => !gone.includes(one))
    for (const one of gone) {
      void platform.forgetFile(one.key)
      delete pictures.value[one.id]
    }
    save()
  }

  function coversOf(id: string): Spot[] {
    return arrived.value.find((one) => one.id === id)?.spots ?? []
  }

  /** Covers faces and number plates of a picture that arrived, for good. */
  async function cover(file: Attached, spots: Spot[]): Promise<void> {
    await coverSpots(file, spots.slice(coversOf(file.id).length))
    arrived.value = arrived.value.map((one) => (one.id === file.id ? { ...one, spots } : one))
    save()
  }

  function change(key: string, part: Partial<Parcel>): void {
    parcels.value = parcels.value.map((one) => (one.key === key ? { ...one, ...part } : one))
    save()
  }

  function save(): void {
    keep('parcels', parcels.value.filter((one) => !one.unkept).map((one) => ({ ...one, trouble: undefined })))
    keep('arrived', arrived.value)
  }

  // What came while the phone was borrowed goes with who borrowed it, and what its owner left to be sent is there again.
  watch(() => useSession().borrowed, (is) => {
    if (is) return
    files.clear()
    pictures.value = {}
    secrets.clear()
    parcels.value = known('parcels')
    arrived.value = known('arrived')
  })
  uni.onNetworkStatusChange?.(({ isConnected }) => {
    if (isConnected) resume()
  })

  return { parcels, of, from, coming, forCase, add, follow, drop, abandon, again, resume, pictureOf, recall, leave, coversOf, cover }
})

/** What is on the phone of this list and not too old; the files of the others go. */
function known<One extends { key: string; at: number }>(list: string): One[] {
  const since = Date.now() - DAYS * 86_400_000
  const all = kept<One[]>(list) ?? []
  for (const old of all) if (old.at <= since) void platform.forgetFile(old.key)
  return all.filter((one) => one.at > since)
}
