import { get, post, request } from './client'
import type { ReportKind, StationDetail, StationKind, StationList, StationReport } from './types'
import { platform } from '@/platform'
import { keep, kept } from '@/platform/keep'

export interface StationQuery {
  near?: string
  datum?: 'gcj02' | 'wgs84'
  radius?: number
  amenity?: string[]
  open?: 'now'
  is_24h?: boolean
  kind?: StationKind
  entry?: string
  district?: string
  q?: string
  bbox?: string
  cursor?: string | null
  limit?: number
}

export const stations = (query: StationQuery): Promise<StationList> => get('/stations', { ...query })

export const station = (code: string, near?: string, datum?: string): Promise<StationDetail> =>
  get(`/stations/${encodeURIComponent(code)}`, near ? { near, datum } : undefined)

/** Tells reports of one phone apart without knowing whose it is. */
function device(): string {
  const known = kept<string>('device')
  if (known) return known
  const made = platform.uuid()
  keep('device', made)
  return made
}

export const reportStation = (
  code: string,
  report: { kind: ReportKind; amenity?: string; note?: string },
  key: string,
): Promise<StationReport> =>
  post(`/stations/${code}/reports`, report, { idempotencyKey: key, headers: { 'X-Device': device() }, retries: 2 })

export const takeBackReport = (code: string, id: string): Promise<void> =>
  request({ method: 'DELETE', path: `/stations/${code}/reports/${id}`, headers: { 'X-Device': device() }, retries: 1 })
