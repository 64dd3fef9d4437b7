/**
 * Shapes of the service's answers, by the HTTP contract. Pages import from here only, so that the source of the shapes can change
 * in one place.
 */

/** On the wire; `levelNumber` makes it comparable. */
export type WireLevel = 'L0' | 'L1' | 'L2' | 'L3'
export type Level = 0 | 1 | 2 | 3

export const levelNumber = (level: WireLevel | null | undefined): Level => Number((level ?? 'L0').slice(1)) as Level

export interface Page<T> {
  items: T[]
  next_cursor: string | null
}

export type StationKind = 'post' | 'window' | 'centre' | 'library' | 'nursing_room' | 'canteen' | 'legal_desk'
export type StationEntry = 'walk_in' | 'ring' | 'scan' | 'register' | 'members_only'
export type OpenState = 'open' | 'closed' | 'unconfirmed'
export type AmenityState = 'ok' | 'broken' | 'unknown'

export interface Amenity {
  code: string
  name: string
  state: AmenityState
  reports?: string | null
}

export interface Station {
  code: string
  name: string
  kind: StationKind
  address: string
  district: string
  street: string | null
  lat: number
  lng: number
  distance_m: number | null
  entry: StationEntry
  capacity: number | null
  is_24h: boolean
  duty_phone: string | null
  open: {
    state: OpenState
    until: string | null
    opens_at: string | null
    confirmed_at: string | null
    /** A sentence: `1 人说没开门 · 5 分钟前`. */
    reports: string | null
    /** Why today is not like other days. */
    reason: string | null
  }
  amenities: Amenity[]
}

export interface StationDetail extends Station {
  hours_text: string
  exceptions: { first_day: string; last_day: string; text: string; reason: string }[]
  duty_hours_text: string | null
}

/** What is nearest when nothing fits. */
export interface Widening {
  text: string
  nearest: { amenity: string | null; code: string; name: string; distance_m: number }[]
}

export interface StationList extends Page<Station> {
  widen: Widening | null
}

export interface StationReport {
  id: string
  undo_until: string
  station: StationDetail
}

export type ReportKind = 'open' | 'locked' | 'broken' | 'fixed'

export type SignupState = 'signed' | 'waiting' | 'offered' | 'entered' | 'pending' | 'cancelled' | 'passed'

export type ActivityStatus = 'soon' | 'open' | 'closed' | 'past' | 'cancelled'

export interface ActivityGroup {
  key: string
  name: string
  /** Whom the seats are for; null is everybody. */
  worker_groups: string[] | null
  capacity: number
  seats_left: number
}

export interface ActivityBrief {
  id: string
  title: string
  place: string
  starts_at: string
  ends_at: string
  cancel_until: string
  status: ActivityStatus
}

export interface Activity extends ActivityBrief {
  kind: string
  kind_name: string
  summary: string
  rules: string
  station_code: string | null
  district: string
  opens_at: string
  closes_at: string
  required_level: WireLevel
  mode: string
  waiting_list: boolean
  groups: ActivityGroup[]
}

export interface ActivityDetail extends Activity {
  server_time: string
  mine: Signup | null
}

export interface ActivityList extends Page<Activity> {
  server_time: string
}

export interface Signup {
  id: string
  activity_id: string
  group: string
  state: SignupState
  position?: number
  seat_no?: number
  signed_up_at?: string
  offer_expires_at?: string | null
}

export interface OwnSignup extends Signup {
  activity: ActivityBrief
}

export interface ServiceItem {
  key: string
  name: string
  summary: string
  required_level: Partial<Record<IdentityMode, WireLevel>>
}

export type IdentityMode = 'named' | 'confidential' | 'anonymous'

export interface ConsentText {
  key: string
  version: string
  title: string
  text: string
  separate: boolean
}

export interface ConsentGiven {
  key: string
  version: string
}

export interface Clock {
  key: string
  name: string
  due_at: string
  original_due_at: string
  provisional: boolean
  paused: boolean
}

export type CasePhase =
  | 'draft'
  | 'submitted'
  | 'need_more'
  | 'handling'
  | 'wait_external'
  | 'decided'
  | 'done'
  | 'reopened'
  | 'withdrawn'
  | 'lapsed'

export interface CaseAttachment {
  id: string
  name?: string
  size?: number
  url?: string
}

export interface CaseMessage {
  id: string
  from: string
  text: string
  at: string
  attachments: CaseAttachment[]
}

export interface Case {
  no: string
  service: string
  state: string
  state_name: string
  phase: CasePhase
  next: { who: string; by: string | null } | null
  clocks: Clock[]
  timeline: { at: string; what: string }[]
  messages: CaseMessage[]
  answers: Record<string, unknown>
  identity_mode: IdentityMode
  rating?: { solved: boolean; attitude: number; result: number; comment?: string | null } | null
  secret?: string
  service_name?: string
  /** What the worker can do now, where the service says so. */
  can?: { message: boolean; supplement: boolean; withdraw: boolean; rate: boolean; reopen: boolean }
  created_at?: string
}

export interface Worker {
  id: string
  level: WireLevel
  phone_masked: string | null
  name_masked: string | null
  membership: unknown
}

export interface Session {
  token: string
  expires_at: string
  worker: Worker
}

export interface Notice {
  id: string
  kind: string
  title: string
  body: string
  link: string | null
  at: string
  read: boolean
}

export interface Attachment {
  id: string
  sha256: string
  size: number
  claim?: string
}
