import { get } from './client'
import type { District, Organisation } from './types'

/** Districts with their streets and communities. */
export const areas = (): Promise<{ items: District[] }> => get('/areas')
/** Unions whose name has these words. */
export const organisations = (q: string): Promise<{ items: Organisation[] }> => get('/organisations', { q })
