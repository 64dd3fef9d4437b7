import { ApiError } from '@/api/problem'
import { useSettings } from '@/stores/settings'
import { problemTitle } from './problem-words'
import type { Key, Values } from './say'

export interface TroubleWords {
  icon: string
  title: string
  note: string
  /** Whether trying again may help. */
  again: boolean
  /** Only the PIN is missing. */
  locked: boolean
  /** The service was there to say so: it could take a request to be rung up. */
  reached: boolean
  /** Request id, for somebody on the phone. */
  id: string
}

type Say = (key: Key, values?: Values) => string

/** An error in the reader's words: what happened, what is kept, what next. The service's own title is shown where it says more. */
export function troubleWords(error: unknown, t: Say): TroubleWords {
  const words = (icon: string, title: Key, note: Key, again: boolean, id = ''): TroubleWords => ({
    icon,
    title: t(title),
    note: t(note),
    again,
    locked: false,
    reached: error instanceof ApiError && error.kind === 'problem',
    id,
  })
  if (!(error instanceof ApiError)) return words('ti:alert-triangle', 'trouble.unknown', 'trouble.unknown_note', true)
  if (error.kind === 'offline') return words('ti:wifi-off', 'trouble.offline', 'trouble.offline_note', true)
  if (error.kind === 'timeout') return words('ti:clock-hour-4', 'trouble.timeout', 'trouble.timeout_note', true)
  const id = error.problem?.request_id ?? ''
  if (error.code === 'pin_required') return { ...words('ti:lock', 'pin.needed', 'pin.needed_note', true), locked: true }
  if (error.status === 404) return words('ti:map-question', 'trouble.not_found', 'trouble.not_found_note', false)
  if (error.status === 429) return words('ti:users-group', 'trouble.busy', 'trouble.busy_note', true)
  if (error.status === 401) return words('ti:lock', 'trouble.sign_in', 'sign_in.why', false)
  const translated = problemTitle(error.code, useSettings().locale)
  // The service's detail belongs to its own title; beside a translated one it would be in another language.
  const own = { icon: 'ti:alert-triangle', locked: false, reached: true, title: translated ?? error.problem?.title ?? '', note: translated ? '' : (error.problem?.detail ?? ''), id }
  if (error.status === 503) {
    return own.title
      ? { ...own, again: true }
      : words('ti:plug-off', 'trouble.down', 'trouble.down_note', true, id)
  }
  if (error.status >= 500) return words('ti:plug-off', 'trouble.down', 'trouble.down_note', true, id)
  // While another case is under way, that one is the way on.
  if (own.title) return { ...own, again: error.status === 409 && !error.problem?.no }
  return words('ti:alert-triangle', 'trouble.unknown', 'trouble.unknown_note', true, id)
}

/** The same in one line, for a toast or under a button. */
export function troubleLine(error: unknown, t: Say): string {
  const { title, note } = troubleWords(error, t)
  return note ? `${title}。${note}` : title
}

/** The same over a button that sends: of a broken line what to do, and not what can still be read. */
export function unsentLine(error: unknown, t: Say): string {
  return error instanceof ApiError && error.kind !== 'problem' ? t('trouble.unsent') : troubleLine(error, t)
}
