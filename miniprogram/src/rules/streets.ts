/** Middles of the streets, good to about a kilometre (GCJ-02): enough to sort stations for somebody without GPS. */

export interface Street {
  /** As the service knows it. */
  code: string
  name: string
  district: '福田' | '龙岗'
  lat: number
  lng: number
}

export const STREETS: readonly Street[] = [
  { code: '440304001', name: '南园', district: '福田', lat: 22.533, lng: 114.093 },
  { code: '440304002', name: '园岭', district: '福田', lat: 22.556, lng: 114.099 },
  { code: '440304004', name: '福田', district: '福田', lat: 22.528, lng: 114.061 },
  { code: '440304005', name: '沙头', district: '福田', lat: 22.528, lng: 114.029 },
  { code: '440304006', name: '香蜜湖', district: '福田', lat: 22.55, lng: 114.024 },
  { code: '440304007', name: '梅林', district: '福田', lat: 22.572, lng: 114.042 },
  { code: '440304008', name: '莲花', district: '福田', lat: 22.557, lng: 114.056 },
  { code: '440304009', name: '华富', district: '福田', lat: 22.554, lng: 114.077 },
  { code: '440304010', name: '福保', district: '福田', lat: 22.513, lng: 114.048 },
  { code: '440304011', name: '华强北', district: '福田', lat: 22.547, lng: 114.086 },
  { code: '440307003', name: '平湖', district: '龙岗', lat: 22.69, lng: 114.13 },
  { code: '440307006', name: '坪地', district: '龙岗', lat: 22.76, lng: 114.302 },
  { code: '440307012', name: '南湾', district: '龙岗', lat: 22.623, lng: 114.148 },
  { code: '440307013', name: '坂田', district: '龙岗', lat: 22.635, lng: 114.07 },
  { code: '440307014', name: '布吉', district: '龙岗', lat: 22.608, lng: 114.123 },
  { code: '440307015', name: '龙城', district: '龙岗', lat: 22.715, lng: 114.24 },
  { code: '440307016', name: '龙岗', district: '龙岗', lat: 22.728, lng: 114.276 },
  { code: '440307017', name: '横岗', district: '龙岗', lat: 22.648, lng: 114.205 },
  { code: '440307018', name: '吉华', district: '龙岗', lat: 22.628, lng: 114.108 },
  { code: '440307019', name: '宝龙', district: '龙岗', lat: 22.703, lng: 114.295 },
  { code: '440307020', name: '园山', district: '龙岗', lat: 22.628, lng: 114.22 },
]

/** Metres: within them of a middle, and by so much nearer than to any other, a place is surely in a street (as in `server/unions/areas.py`). */
const NEAR = 1500
const CLEARLY_NEARER = 1000
/** Further from every middle it is somewhere else. */
const FAR = 4000
const ASKED = 3
/** Degrees from WGS-84 to GCJ-02: in Shenzhen the same everywhere to some ten metres. */
const SHIFT = { lat: -0.0028, lng: 0.0051 }
const METRES = 111_195

interface Somewhere {
  lat: number
  lng: number
  datum?: string
  accuracy?: number
}

/** The streets among which somebody has to choose, the nearest first: none where it is clear, or where none is near. */
export function streetsToAsk(place: Somewhere): Street[] {
  const away = byDistance(place)
  return away[0]!.metres > FAR || isClear(away, place) ? [] : away.slice(0, ASKED).map((one) => one.street)
}

/** The street that a place is surely in. */
export function streetAround(place: Somewhere): Street | null {
  const away = byDistance(place)
  return isClear(away, place) ? away[0]!.street : null
}

function byDistance(place: Somewhere): { street: Street; metres: number }[] {
  const shift = place.datum === 'wgs84' ? SHIFT : { lat: 0, lng: 0 }
  const narrow = Math.cos((place.lat * Math.PI) / 180)
  return STREETS.map((street) => ({
    street,
    metres: METRES * Math.hypot(street.lat - place.lat - shift.lat, (street.lng - place.lng - shift.lng) * narrow),
  })).sort((a, b) => a.metres - b.metres)
}

function isClear(away: { metres: number }[], place: Somewhere): boolean {
  const off = place.accuracy ?? 0
  const [first, second] = away.map((one) => one.metres) as [number, number]
  return first + off <= NEAR && second - first >= CLEARLY_NEARER + 2 * off
}
