import { get } from './client'
import type { Found } from './types'

/** Stations (nearest first, where a place is known), activities and services at once. */
export const search = (q: string, near?: string, datum?: string): Promise<Found> => get('/search', { q, near, datum, limit: 6 })
