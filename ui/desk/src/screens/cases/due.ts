/** Whether a due day is over, in the bank's zone. Pure. */

const OFFSET_MS = 8 * 3_600_000
const DAY_MS = 24 * 3_600_000

export function isLate(dueOn: string, now: number): boolean {
  return now >= Date.parse(`${dueOn}T00:00:00Z`) - OFFSET_MS + DAY_MS
}
