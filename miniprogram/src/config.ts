export const VERSION = '0.1.0'

/** The service by which one asks to be rung up: offered on every page on which somebody may get stuck. */
export const CALL_ME = 'call_me'

/** 骑手秒报 has a page of its own: ten seconds leave no time for a form. */
export const HAZARD = 'hazard_report'

/** Who asked first, for what: the chips that are shown without unfolding. */
export const FIRST_AMENITIES = ['S01', 'S06', 'S02', 'S05', 'S17', 'S15'] as const
export const OTHER_AMENITIES = [
  'S03', 'S04', 'S07', 'S08', 'S09', 'S10', 'S11', 'S12', 'S13', 'S14', 'S16', 'S18', 'S19', 'S20', 'S21', 'S22', 'S23', 'S24',
  'S25', 'S26', 'S27', 'S28', 'S29', 'S30',
] as const

/** One icon each, drawn alike. */
export const AMENITY_ICONS: Record<string, string> = {
  S01: 'ti:droplet', S02: 'ti:microwave', S03: 'ti:armchair', S04: 'ti:air-conditioning', S05: 'ti:toilet-paper',
  S06: 'ti:plug', S07: 'ti:bath', S08: 'ti:book', S09: 'ti:wifi', S10: 'ti:first-aid-kit',
  S11: 'ti:heartbeat', S12: 'ti:umbrella', S13: 'ti:scissors', S14: 'ti:battery-charging', S15: 'ti:battery-automotive',
  S16: 'ti:tool', S17: 'ti:parking', S18: 'ti:package', S19: 'ti:fridge', S20: 'ti:baby-carriage',
  S21: 'ti:hanger', S22: 'ti:cut', S23: 'ti:stethoscope', S24: 'ti:needle-thread', S25: 'ti:scale',
  S26: 'ti:id-badge-2', S27: 'ti:message-2', S28: 'ti:mood-heart', S29: 'ti:building-community', S30: 'ti:bowl-chopsticks',
}
