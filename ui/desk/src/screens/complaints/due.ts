/** How far off the last day of something is, in the bank's zone: it is in time until its end. Pure. */
import { aheadMs } from '@/format/zone'

const DAY_MS = 86_400_000
const SOON = 3

export type Urgency = 'over' | 'today' | 'soon' | 'later'

export interface Due {
  urgency: Urgency
  /** Whole days until the last day; never negative. */
  days: number
}

export function dueOf(lastDay: string, now: number): Due {
  const today = Math.floor((now + aheadMs(now)) / DAY_MS)
  const days = Math.floor(Date.parse(`${lastDay}T00:00:00Z`) / DAY_MS) - today
  if (days < 0) return { urgency: 'over', days: 0 }
  if (days === 0) return { urgency: 'today', days }
  return { urgency: days <= SOON ? 'soon' : 'later', days }
}

interface Dated {
  next_due_at: string | null
}

/** Soonest first; what owes nothing stands last. */
export function soonestFirst<T extends Dated>(rows: readonly T[]): T[] {
  return rows.toSorted((a, b) => (a.next_due_at ?? '9999').localeCompare(b.next_due_at ?? '9999'))
}
