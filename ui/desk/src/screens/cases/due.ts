/** Whether a due day is over, in the bank's zone. Pure. */
import { aheadMs } from '@/format/zone'

const DAY_MS = 24 * 3_600_000

export function isLate(dueOn: string, now: number): boolean {
  return now + aheadMs(now) >= Date.parse(`${dueOn}T00:00:00Z`) + DAY_MS
}
