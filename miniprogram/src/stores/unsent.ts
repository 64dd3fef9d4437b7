import { platform } from '@/platform'
import type { Attached } from './parcels'

/** What was typed to be sent with a case and is not sent yet. */
export interface Unsent {
  text: string
  attached: Attached[]
  /** One key for one thing said: a second tap or a broken line sends it once. */
  key: string
  /** What the key was used for: changed words are another request. */
  print: string
}

/** In memory only: it is there again when the page is, and gone with the app. Words to a lawyer are not left on a phone. */
const held = new Map<string, Unsent>()

const place = (no: string, act: string): string => `${no}/${act}`

export const newUnsent = (): Unsent => ({ text: '', attached: [], key: platform.uuid(), print: '' })

export const unsentOf = (no: string, act: string): Unsent => held.get(place(no, act)) ?? newUnsent()

export function holdUnsent(no: string, act: string, unsent: Unsent): void {
  held.set(place(no, act), unsent)
}

export function dropUnsent(no: string, act: string): void {
  held.delete(place(no, act))
}

/** Somebody else may have the phone now. */
export function forgetUnsent(): void {
  held.clear()
}
