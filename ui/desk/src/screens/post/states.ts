/** What the states of post mean and allow. Pure. */
import type { Addressee, AppMessage, EmailHead, Letter, LetterState } from '@/api/post'
import type { Tone } from '@/app/Badge'

export const LETTER_STATES = [
  'queued',
  'printed',
  'posted',
  'returned',
  'failed',
  'refused',
  'withdrawn',
] as const
export type ShownState = (typeof LETTER_STATES)[number]

export type LetterMove = 'withdraw' | 'post' | 'return' | 'again'

const MOVES: Partial<Record<LetterState, LetterMove>> = {
  queued: 'withdraw',
  printed: 'post',
  posted: 'return',
  returned: 'again',
}

/** What may be done with a letter; only a lead stops one. */
export function moveOf(state: LetterState, role: string): LetterMove | null {
  const move = MOVES[state] ?? null
  return move === 'withdraw' && role !== 'lead' ? null : move
}

/** Whether there is a PDF of it. */
export function isPrinted(letter: Pick<Letter, 'printed_at'>): boolean {
  return letter.printed_at !== null
}

const WRONG = ['bounced', 'failed', 'refused', 'lapsed', 'returned']

export function wentWrong(state: string): boolean {
  return WRONG.includes(state)
}

export function sendingTone(state: string): Tone {
  if (wentWrong(state)) return 'bad'
  return state === 'sent' || state === 'printed' || state === 'posted' ? 'good' : 'accent'
}

/** An address as it was typed, a line each; empty ones are left out. */
export function addresseeOf(name: string, lines: string): Addressee {
  const kept = lines.split('\n').map((line) => line.trim())
  return { name: name.trim(), lines: kept.filter(Boolean) }
}

const MOST_LINES = 5
const MOST_LETTERS = 60

/** Whether an address fits the window of the envelope. */
export function fitsWindow({ name, lines }: Addressee): boolean {
  const fits = (line: string) => line.length > 0 && line.length <= MOST_LETTERS
  return fits(name) && lines.length > 0 && lines.length <= MOST_LINES && lines.every(fits)
}

export interface Thread {
  interaction: string
  lines: AppMessage[]
  last: AppMessage
}

/** Messages of one conversation together, in the order of time; due soonest in front. */
export function threadsOf(waiting: readonly AppMessage[]): Thread[] {
  const found = new Map<string, AppMessage[]>()
  for (const one of waiting)
    found.set(one.interaction, [...(found.get(one.interaction) ?? []), one])
  return [...found].flatMap(([interaction, some]) => {
    const lines = some.toSorted((a, b) => a.at.localeCompare(b.at))
    const last = lines.at(-1)
    return last ? [{ interaction, lines, last }] : []
  })
}

/** What may be scanned: as the server takes it. */
export const SCANS = '.pdf,.jpg,.jpeg,.png'
export const MOST_SCANS = 20

/** The gate's reasons why nothing may be sent there, where that is what was refused. */
export function gateReasons(error: unknown): string[] {
  if (!(error instanceof Error && 'code' in error && error.code === 'held')) return []
  const body = 'body' in error ? error.body : null
  const { reasons } = (body ?? {}) as { reasons?: unknown }
  return Array.isArray(reasons) ? reasons.filter((one) => typeof one === 'string') : []
}

/** Where something that was written waits, by its conversation. */
export function placeOf(
  interaction: string,
  emails: readonly Pick<EmailHead, 'id' | 'interaction'>[],
  messages: readonly Pick<AppMessage, 'interaction'>[],
): string | null {
  const email = emails.find((one) => one.interaction === interaction)
  if (email) return `/emails/${email.id}`
  const waits = messages.some((one) => one.interaction === interaction)
  return waits ? `/app-messages/${interaction}` : null
}
