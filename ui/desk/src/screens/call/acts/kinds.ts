/** What kind of act it is on this screen, and which keys prove what is missing. Pure. */
import type { ActView, PostingView } from '@/api/acts'
import type { EntryKind } from '@/api/calls'
import { aheadMs } from '@/format/zone'

export type Form = 'dispute' | 'failed' | 'objection' | 'contact' | 'limit' | 'fee' | 'closing'
export type Group = 'forms' | 'cards' | 'tell' | 'other'

export const GROUPS: readonly Group[] = ['forms', 'cards', 'tell', 'other']

const FORMS: Record<string, Form> = {
  dispute_transaction: 'dispute',
  report_failed_transaction: 'failed',
  object_credit_record: 'objection',
  limit_request: 'limit',
  change_address: 'contact',
  change_phone: 'contact',
  reverse_fee: 'fee',
  close_card: 'closing',
}

const ON_CARDS = ['hold', 'freeze', 'make_hold_final', 'release_hold', 'release_freeze']

/** Where one of them is missing the caller can type it; all else is proven in other ways. */
const ENTRIES: Record<string, EntryKind> = {
  query_password: 'query_password',
  one_time_code: 'one_time_code',
  card_and_id_tails: 'tails',
}

export function formOf(act: string): Form | null {
  return FORMS[act] ?? null
}

/** Where the words for the state of a request stand, by its kind. */
const STATES: Record<string, string> = {
  limit: 'acts.limit.state',
  'fee-reversal': 'acts.fee.state',
  'card-closure': 'acts.close.state',
}

export function stateWordsOf(kind: string): string {
  return STATES[kind] ?? 'acts.change.state'
}

export function groupOf(act: string): Group {
  if (formOf(act)) return 'forms'
  if (ON_CARDS.includes(act)) return 'cards'
  return act.startsWith('hear_') ? 'tell' : 'other'
}

/** The factor that no keys give: a person takes the caller for the holder. */
export const JUDGEMENT = 'agent_judgement'

export function entryFor(factor: string): EntryKind | null {
  return ENTRIES[factor] ?? null
}

/** One name for an act on one thing. */
export function nameOf(act: ActView): string {
  return [act.act, act.card?.id ?? '', act.account ?? ''].join(' ')
}

/**
 * Whether its form may be opened: points that would lapse stand against a closing, but the form
 * is where the holder gives them up.
 */
export function mayOpen(act: ActView): boolean {
  if (act.allowed) return true
  const against = act.verdict.reasons.filter((one) => one.code !== 'points-left')
  return act.act === 'close_card' && against.length === 0
}

const CHARGES = ['purchase', 'cash', 'instalment', 'interest', 'late_fee', 'annual_fee', 'fee']

/** What can be disputed: what was charged, and refunds that came short. */
export function disputable(postings: readonly PostingView[]): PostingView[] {
  return postings.filter((one) => CHARGES.includes(one.kind) || one.kind === 'refund')
}

export function annualFees(postings: readonly PostingView[]): PostingView[] {
  return postings.filter((one) => one.kind === 'annual_fee' && one.amount.fen > 0)
}

/** The months before this one, newest first: `2026-10`. `now` in milliseconds. */
export function monthsBefore(now: number, count: number): string[] {
  const here = new Date(now + aheadMs(now))
  return Array.from({ length: count }, (_, back) =>
    new Date(Date.UTC(here.getUTCFullYear(), here.getUTCMonth() - back - 1, 1))
      .toISOString()
      .slice(0, 7),
  )
}

/** Whole yuan as typed to fen; null where it is no such number. */
export function fenOf(typed: string): number | null {
  const digits = typed.replace(/[,，\s]/g, '')
  return /^\d{1,9}$/.test(digits) && Number(digits) > 0 ? Number(digits) * 100 : null
}
