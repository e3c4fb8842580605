/** Where an entry of the registry stands at a time. Pure. */
import type { Official } from '@/api/trust'

export type Period = 'coming' | 'running' | 'over'

export function periodOf(one: Pick<Official, 'since' | 'until'>, now: number): Period {
  if (Date.parse(one.since) > now) return 'coming'
  return one.until !== null && Date.parse(one.until) <= now ? 'over' : 'running'
}

/** Whether staff entered it: what the settings give cannot be ended here. */
export function isEntered(one: Pick<Official, 'id'>): boolean {
  return one.id.startsWith('of-')
}
