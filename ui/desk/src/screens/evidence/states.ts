/** What packs and holds mean and allow. Pure. */
import type { Hold, NewPack } from '@/api/evidence'

export const PACK_KINDS = ['phone', 'complaint', 'interactions'] as const
export type PackKind = (typeof PACK_KINDS)[number]

/** What is asked for, as it was typed; null where nothing whole was. */
export function packOf(kind: PackKind, typed: string, reason: string): NewPack | null {
  const named = typed.split(/[\s,，、]+/).filter(Boolean)
  const [first] = named
  const why = reason.trim()
  if (!first || !why) return null
  if (kind === 'interactions') return { interactions: named, reason: why }
  if (named.length > 1) return null
  return { [kind]: first, interactions: [], reason: why }
}

export type HoldState = 'lies' | 'asked' | 'lifted'

export function holdState(hold: Pick<Hold, 'lift_asked_by' | 'lifted_at'>): HoldState {
  if (hold.lifted_at !== null) return 'lifted'
  return hold.lift_asked_by === null ? 'lies' : 'asked'
}

/** What this one of the staff may do with a hold: another person lifts it than who asked. */
export function holdMove(
  hold: Pick<Hold, 'lift_asked_by' | 'lifted_at'>,
  me: string,
): 'ask' | 'lift' | 'wait' | null {
  const state = holdState(hold)
  if (state === 'lifted') return null
  if (state === 'lies') return 'ask'
  return hold.lift_asked_by === me ? 'wait' : 'lift'
}
