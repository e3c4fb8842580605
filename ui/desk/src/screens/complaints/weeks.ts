/** Complaints a week, with the weeks in which none came. Pure. */
import type { WeekCount } from '@/api/complaintReports'
import { aheadMs } from '@/format/zone'

const DAY_MS = 86_400_000
const WEEK_MS = 7 * DAY_MS

export interface Week {
  /** Its Monday. */
  monday: string
  count: number
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

function mondayOf(day: string): number {
  const at = Date.parse(`${day}T00:00:00Z`)
  return at - ((new Date(at).getUTCDay() + 6) % 7) * DAY_MS
}

/** Every week that touches `[since, until)`; `cause` null counts each naming of each cause. */
export function weeksOf(
  rows: readonly WeekCount[],
  since: string,
  until: string,
  cause: string | null,
): Week[] {
  const counts = new Map<string, number>()
  for (const one of rows)
    if (cause === null || one.cause === cause)
      counts.set(one.week, (counts.get(one.week) ?? 0) + one.count)
  const last = Date.parse(`${until}T00:00:00Z`)
  const weeks: Week[] = []
  for (let at = mondayOf(since); at < last; at += WEEK_MS)
    weeks.push({ monday: dayOf(at), count: counts.get(dayOf(at)) ?? 0 })
  return weeks
}

/** From the first day of a year to the day after today, or to the first of the next year. */
export function spanOf(year: number, now: number): { since: string; until: string } {
  const tomorrow = dayOf(now + aheadMs(now) + DAY_MS)
  const end = `${year + 1}-01-01`
  return { since: `${year}-01-01`, until: tomorrow < end ? tomorrow : end }
}

/** The year by the bank's clock. */
export function yearAt(now: number): number {
  return new Date(now + aheadMs(now)).getUTCFullYear()
}

/** How a cause went since something was done about it; nothing where that is not known yet. */
export function changeOf(
  before: number | null,
  after: number | null,
): 'less' | 'more' | 'same' | '' {
  if (before === null || after === null) return ''
  if (after === before) return 'same'
  return after < before ? 'less' : 'more'
}
