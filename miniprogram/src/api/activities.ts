import { get, post, request } from './client'
import type { ActivityDetail, ActivityList, OwnSignup, Page, Pass, Signup } from './types'

export interface ActivityQuery {
  status?: string
  kind?: string
  district?: string
  q?: string
  from?: string
  to?: string
  cursor?: string | null
  limit?: number
}

export const activities = (query: ActivityQuery): Promise<ActivityList> => get('/activities', { ...query })
export const activity = (id: string): Promise<ActivityDetail> => get(`/activities/${id}`)

/** Safe to send again: the same worker gets the same seat. 429 and 503 are waited out with jitter. */
export const signUp = (
  id: string,
  wish: { group?: string; companions?: number },
): Promise<Signup> => post(`/activities/${id}/signups`, wish, { retries: 4, timeout: 8000 })

/** Takes the offered seat; asking again gives the same. */
export const confirmSignUp = (id: string): Promise<Signup> => post(`/signups/${id}/confirmation`, {}, { retries: 2 })

/** Gives up a seat or a place in the line, and turns down an offered seat. */
export const cancelSignUp = (id: string): Promise<void> =>
  request({ method: 'DELETE', path: `/activities/${id}/signups/mine`, retries: 2 })

export const mySignUps = (cursor?: string | null): Promise<Page<OwnSignup>> => get('/me/signups', { cursor, limit: 50 })

/** A signed code that the door can read without a network. */
export const passOf = (id: string): Promise<Pass> => get(`/signups/${id}/pass`)
