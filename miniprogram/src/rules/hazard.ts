import type { Place } from '@/platform'
import type { SpotAnswer } from './form'

/** What can be reported, in the order of the page: the service's codes, each with an icon. */
export const HAZARD_KINDS = [
  ['pothole', 'ti:road-off'],
  ['lamp', 'ti:traffic-lights'],
  ['water', 'ti:ripple'],
  ['fire_lane', 'ti:firetruck'],
  ['fire_risk', 'ti:flame'],
  ['falling', 'ti:barrier-block'],
  ['traffic', 'ti:traffic-cone'],
  ['other', 'ti:dots'],
] as const

export type HazardKind = (typeof HAZARD_KINDS)[number][0]

/** Metres a second: faster than anybody walks. */
const RIDING = 2.5

export function isRiding(place: Place): boolean {
  return (place.speed ?? 0) > RIDING
}

/** Where the phone is, as an answer: to a metre. */
export function spotOf(place: Place): SpotAnswer {
  const spot: SpotAnswer = { lat: rounded(place.lat), lng: rounded(place.lng), source: 'here', datum: place.datum }
  return place.accuracy === undefined ? spot : { ...spot, accuracy: Math.round(place.accuracy) }
}

const rounded = (degrees: number): number => Math.round(degrees * 1e5) / 1e5
