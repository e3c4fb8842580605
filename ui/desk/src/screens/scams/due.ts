/** How soon something is due: the word and the tone. Pure. */
const HOUR_MS = 3_600_000

export type Urgency = 'over' | 'soon' | 'later'

/** `soon`: within four hours. */
export function urgencyOf(due: string, now: number): Urgency {
  const left = Date.parse(due) - now
  if (left <= 0) return 'over'
  return left <= 4 * HOUR_MS ? 'soon' : 'later'
}
