/** What a complaint's state allows, and what follows from it. Pure. */
import type { NoticeBody } from '@/api/complaints'

export type About = NoticeBody['about']

/** What comes from the complainant, and joining it to another. */
export type Move = 'facts' | 'withdraw' | 'reexamine' | 'reopen' | 'join'

const OPEN = ['received', 'accepted', 'awaiting', 'decided']

/** What may come from the complainant in a state; joining is for those who handle it. */
export function movesOf(state: string, handles = false): readonly Move[] {
  const joins: readonly Move[] =
    handles && (state === 'received' || state === 'accepted') ? ['join'] : []
  if (OPEN.includes(state)) return ['facts', 'withdraw', ...joins]
  if (state === 'answered' || state === 'closed') return ['reexamine', 'reopen']
  return state === 'refused' ? ['reopen'] : []
}

/** Channels that the bank sends by itself; what an answer must hold is then written by itself. */
const SENT = ['sms', 'email', 'letter']
/** What fits into a short message. */
const SHORT: readonly About[] = ['acknowledgement', 'acceptance', 'extension']

/** Whether the bank sends this by itself where no proof of one's own is given. */
export function sends(channel: string, about: About): boolean {
  return SENT.includes(channel) && (channel !== 'sms' || SHORT.includes(about))
}

/** What is told first in a state. */
export function aboutOf(state: string, round: number, extensions: number): About {
  if (state === 'received') return 'acknowledgement'
  if (state === 'refused') return 'refusal'
  if (state === 'decided') return round > 1 ? 'reexamination' : 'answer'
  return state === 'accepted' && extensions > 0 ? 'extension' : 'acceptance'
}

/** What may be told in a state. */
export function aboutsIn(state: string, round: number, extensions: number): readonly About[] {
  const longer: readonly About[] = extensions > 0 ? ['extension'] : []
  if (state === 'received') return ['acknowledgement', ...longer]
  if (state === 'accepted') return ['acceptance', 'acknowledgement', ...longer]
  if (state === 'refused') return ['refusal']
  if (state === 'decided') return [round > 1 ? 'reexamination' : 'answer']
  return []
}

/** Until it is over it may be said what it is about; without that it is not closed. */
export const CLASSIFIED = ['accepted', 'awaiting', 'decided', 'answered']

/** Whether closing comes next; of whoever gave no name nobody can be told. */
export function closes(state: string, anonymous: boolean): boolean {
  return state === 'answered' || state === 'refused' || (anonymous && state === 'decided')
}

/** Whether a decision stands, waits for a second person, or was given back and is made anew. */
export type Standing = 'stands' | 'waits' | 'void'

export function standingOf(
  row: { state: string; round: number },
  decided: { round: number },
): Standing {
  if (decided.round !== row.round) return 'stands'
  if (row.state === 'awaiting') return 'waits'
  return row.state === 'accepted' || row.state === 'received' ? 'void' : 'stands'
}

/** Fewest characters of what a complainant is told, and of a reason, as the server wants them. */
export const LEAST_TOLD = 10
export const LEAST_WHY = 4

/** Whom or what a step in the history is about, besides who took it: staff, or another complaint. */
export function aboutWhom(step: {
  kind: string
  by: string
  body: Record<string, unknown>
}): string {
  const key = ABOUT_WHOM[step.kind]
  const found = key ? step.body[key] : undefined
  return typeof found === 'string' ? found : ''
}

/** What became of notices that did not arrive, by the notice: `returned`, `withdrawn` … */
export function fatesOf(
  steps: readonly { kind: string; body: Record<string, unknown> }[],
): ReadonlyMap<string, string> {
  const fates = new Map<string, string>()
  for (const { kind, body } of steps)
    if (kind === 'complaint.undelivered' && typeof body.notice === 'string')
      fates.set(body.notice, typeof body.fate === 'string' ? body.fate : '')
  return fates
}

const ABOUT_WHOM: Record<string, string> = {
  'complaint.assigned': 'handler',
  'complaint.interest-declared': 'of',
  'complaint.joined': 'joined',
  'complaint.joined-to': 'into',
}

/** Who hears of a complaint that they handed on, and the mark that says that they did. */
export const TOLD = { regulator: 'regulator-told', pbc: 'pbc-told' } as const
export type Outsider = keyof typeof TOLD

/** Through which doors it was handed on by somebody who is to hear of it. */
export function handedOnBy(doors: readonly string[]): Outsider[] {
  return (['regulator', 'pbc'] as const).filter((door) => doors.includes(door))
}

/** Staff numbers as they were typed, one after the other. */
export function numbersIn(typed: string): string[] {
  return typed.split(/[\s,，、;；]+/).filter(Boolean)
}
