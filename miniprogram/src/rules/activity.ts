import type { Activity, ActivityDetail, SignupState } from '@/api/types'
import type { Locale } from '@/texts/locale'
import type { Key, Values } from '@/texts/say'
import { whenWords } from './when'

type Say = (key: Key, values?: Values) => string

export function seatsLeft(activity: Pick<Activity, 'groups'>): { left: number; capacity: number } {
  return activity.groups.reduce(
    (sum, group) => ({ left: sum.left + group.seats_left, capacity: sum.capacity + group.capacity }),
    { left: 0, capacity: 0 },
  )
}

/** The state as a word and a shape. */
export function activityState(
  activity: Activity,
  now: number,
  locale: Locale,
  t: Say,
): { shape: 'open' | 'closed' | 'info'; word: string } {
  switch (activity.status) {
    case 'soon':
      return { shape: 'info', word: t('activities.opens', { when: whenWords(activity.opens_at, now, locale) }) }
    case 'open': {
      const { left } = seatsLeft(activity)
      if (left > 0) return { shape: 'open', word: t('activities.seats_left', { left }) }
      return activity.waiting_list
        ? { shape: 'info', word: t('activities.full_waiting') }
        : { shape: 'closed', word: t('activities.full') }
    }
    case 'closed':
      return { shape: 'closed', word: t('activities.closed') }
    case 'cancelled':
      return { shape: 'closed', word: t('activities.called_off') }
    default:
      return { shape: 'closed', word: t('activities.ended') }
  }
}

/**
 * How far the phone's clock is behind the service's, in milliseconds: the service's time is taken to be the middle of the call. The
 * countdown to the opening runs by this, not by the phone.
 */
export function clockOffset(serverTime: string, sentAt: number, receivedAt: number): number {
  return Date.parse(serverTime) - (sentAt + receivedAt) / 2
}

/** Sign-ups that are no more: one may sign up anew. */
const GONE: readonly SignupState[] = ['cancelled', 'passed']

/** What the one button of the page does now. */
export type SignUpStep = 'sign_in' | 'verify' | 'wait' | 'sign_up' | 'join_waiting' | 'mine' | 'none'

/** By the seats of the group that is chosen; of all of them as long as none is. */
export function signUpStep(activity: ActivityDetail, level: number, serverNow: number, group: string | null = null): SignUpStep {
  if (activity.mine && !GONE.includes(activity.mine.state)) return 'mine'
  if (['closed', 'past', 'cancelled'].includes(activity.status)) return 'none'
  if (Date.parse(activity.closes_at) <= serverNow) return 'none'
  const needed = Number(activity.required_level.slice(1))
  if (level < Math.min(1, needed) || level === 0) return 'sign_in'
  if (level < needed) return 'verify'
  if (Date.parse(activity.opens_at) > serverNow) return 'wait'
  const chosen = activity.groups.filter((one) => group === null || one.key === group)
  if (seatsLeft({ groups: chosen }).left > 0) return 'sign_up'
  return activity.waiting_list ? 'join_waiting' : 'none'
}
