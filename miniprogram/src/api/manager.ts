import { get, post, request } from './client'
import type { KeptStation, Page, ProxyReceipt, ToldToManager, TypedToday } from './types'

export const keptStations = (): Promise<Page<KeptStation>> => get('/me/stations')

/** The code that the street gave; with one used before, the same place again. */
export const bindStation = (code: string): Promise<KeptStation> => post('/me/manager-bindings', { code })

export interface Today {
  state: 'open' | 'closed_today'
  reason?: string
  /** Code of a service → what was seen of it. */
  amenities?: Record<string, 'ok' | 'broken'>
}

export const sayToday = (code: string, today: Today, key: string): Promise<KeptStation> =>
  post(`/stations/${code}/duty`, today, { idempotencyKey: key, retries: 2 })

export const typedToday = (code: string): Promise<Page<TypedToday>> => get(`/stations/${code}/proxies`)

export const fileFor = (code: string, told: ToldToManager, key: string): Promise<ProxyReceipt> =>
  post(`/stations/${code}/proxies`, told, { idempotencyKey: key, retries: 2 })

export const takeBackToday = (code: string): Promise<KeptStation> =>
  request({ method: 'DELETE', path: `/stations/${code}/duty`, retries: 2 })
