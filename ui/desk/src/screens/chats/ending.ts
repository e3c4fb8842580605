/** How a chat may be closed, and what its wrap-up begins with. Pure. */
import type { Ending } from '@/api/chats'

/** The outcome of the wrap-up; a person may change it. Nothing where a person must choose. */
export const WRAPPED_AS: Record<Ending, string> = {
  resolved: 'resolved',
  'follow-up': '',
  left: 'caller-left',
}

/** Whoever has left can be asked nothing; everybody else is asked both before the end. */
export function mayClose(outcome: Ending, asked: boolean): boolean {
  return outcome === 'left' || asked
}
