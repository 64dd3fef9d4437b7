/**
 * Time limit for labour arbitration (劳动争议调解仲裁法 article 27): one year. For wages it runs from the end of the employment and
 * not at all while one still works there; for anything else from the day one knew or should have known. The service computes
 * the date that counts; this is the same rule for what the phone can say before anything is sent.
 */

/** green: more than 90 days · ahead: 31–90 · amber: 16–30 · red: 15 or fewer. */
export type LimitColour = 'none' | 'green' | 'ahead' | 'amber' | 'red' | 'past'

/** Whether a date that follows from the answers of a case is within a month, or has passed: the page puts it at its top. */
export function presses(fact: { urgent: boolean; colour?: string | null }): boolean {
  return fact.urgent || ['near', 'close', 'passed'].includes(fact.colour ?? '')
}

export interface Limitation {
  /** `YYYY-MM-DD`, null where nothing runs yet or a date is missing. */
  until: string | null
  daysLeft: number | null
  colour: LimitColour
  /** The day that the law counts from is missing: this counts from the earliest of the others. */
  assumed: boolean
  /** Under seven days: aid comes first, papers later. */
  urgent: boolean
}

export function limitation(facts: {
  matter: string
  stillWorking: boolean
  lastDay: string | null
  knownOn: string | null
  demandedOn: string | null
  /** Whoever told the union knew by that day at the latest. */
  toldOn?: string | null
  today: string
}): Limitation {
  // A day that has not come yet was typed wrong and would soothe: it counts as missing.
  const past = (day: string | null | undefined) => (day && day <= facts.today ? day : null)
  const [lastDay, knownOn, demandedOn, toldOn] = [facts.lastDay, facts.knownOn, facts.demandedOn, facts.toldOn].map(past) as [string | null, string | null, string | null, string | null]
  const ongoingWages = facts.matter === 'wages' && facts.stillWorking
  const known = knownOn === null ? null : earliest(knownOn, toldOn)
  // Whoever was dismissed knew of it on the last day at the latest.
  const counts =
    facts.matter === 'wages' ? earliest(lastDay) : facts.matter === 'dismissal' ? earliest(known, lastDay) : earliest(known)
  const from = counts ?? earliest(lastDay, known, demandedOn, toldOn)
  if (ongoingWages || from === null) {
    return { until: null, daysLeft: null, colour: 'none', assumed: false, urgent: false }
  }
  const until = oneYearAfter(from)
  const daysLeft = dayNumber(until) - dayNumber(facts.today)
  const colour = daysLeft < 0 ? 'past' : daysLeft <= 15 ? 'red' : daysLeft <= 30 ? 'amber' : daysLeft <= 90 ? 'ahead' : 'green'
  return { until, daysLeft, colour, assumed: counts === null, urgent: daysLeft >= 0 && daysLeft < 7 }
}

function earliest(...days: (string | null)[]): string | null {
  return days.filter((day) => day !== null && /^\d{4}-\d{2}-\d{2}$/.test(day)).sort()[0] ?? null
}

/** The same day next year; 29 February ends on the 28th. */
export function oneYearAfter(day: string): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  const last = new Date(Date.UTC(year + 1, month, 0)).getUTCDate()
  return `${year + 1}-${String(month).padStart(2, '0')}-${String(Math.min(date, last)).padStart(2, '0')}`
}

function dayNumber(day: string): number {
  return Math.round(Date.parse(`${day}T00:00:00Z`) / 86_400_000)
}

/** Days from receiving an award within which one may go to court (articles 48 and 50). */
const DAYS_TO_SUE = 15

/** The last day to go to court against an award, and how many days are left; null while the day of receiving it is missing. */
export function awardLimit(receivedOn: string | null, today: string): { until: string; daysLeft: number } | null {
  if (!receivedOn || !/^\d{4}-\d{2}-\d{2}$/.test(receivedOn) || receivedOn > today) return null
  const until = new Date(Date.parse(`${receivedOn}T00:00:00Z`) + DAYS_TO_SUE * 86_400_000).toISOString().slice(0, 10)
  return { until, daysLeft: dayNumber(until) - dayNumber(today) }
}

/** A hearing, or the end of a period, that the worker was told of: how many days are left; null where none is, or it has passed. */
export function comingDay(day: string | null, today: string): { day: string; daysLeft: number } | null {
  if (!day || !/^\d{4}-\d{2}-\d{2}$/.test(day) || day < today) return null
  return { day, daysLeft: dayNumber(day) - dayNumber(today) }
}
