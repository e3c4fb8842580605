/** Calls that are up, and the phone of this tab. */
import { queryOptions } from '@tanstack/react-query'
import { ask } from './client'

export type Presence = 'ringing' | 'talking' | 'away'
export type EntryKind = 'query_password' | 'one_time_code' | 'tails'
export type Following = 'listen' | 'whisper' | 'join'

export interface PartyView {
  leg: string
  purpose: string
  kind: 'agent' | 'outside' | 'monitor'
  agent: string | null
  name: string
  presence: Presence
  how: Following | null
}

export interface CallView {
  interaction: string
  call: string
  mode: 'talk' | 'hold' | 'consult' | 'conference'
  started_at: string | null
  parties: PartyView[]
  my_leg: string | null
  my_presence: Presence | null
  agent_away: boolean
  entry: {
    what: EntryKind
    state: 'waiting' | 'correct' | 'wrong' | 'cancelled'
    reason: string
  } | null
}

export interface SoftphoneView {
  phone: string
  tab: string
  taken_over: boolean
  calls: CallView[]
}

/** Exactly one of them. */
export type Target = { staff: string } | { matter: string; urgent?: boolean } | { number: string }

export const myCallQuery = queryOptions({
  queryKey: ['calls', 'mine'],
  queryFn: () => ask<CallView | null>('GET', '/calls/mine'),
  staleTime: 0,
})

export type CallAct = 'hold' | 'retrieve' | 'conference' | 'complete' | 'hangup'

export function control(interaction: string, act: CallAct): Promise<unknown> {
  return ask('POST', `/calls/${interaction}/${act}`)
}

export function ring(
  interaction: string,
  how: 'consult' | 'transfer',
  whom: Target,
): Promise<unknown> {
  return ask('POST', `/calls/${interaction}/${how}`, whom)
}

export function askForEntry(interaction: string, what: EntryKind): Promise<unknown> {
  return ask('POST', `/calls/${interaction}/entry`, { what })
}

export function cancelEntry(interaction: string): Promise<unknown> {
  return ask('POST', `/calls/${interaction}/entry/cancel`)
}

export function follow(interaction: string, how: Following): Promise<unknown> {
  return ask('POST', `/calls/${interaction}/${how}`)
}

export function askForHelp(interaction: string, reason: string): Promise<unknown> {
  return ask('POST', `/calls/${interaction}/help`, { reason })
}

export interface HelpView {
  interaction: string
  agent: string
  name: string
  reason: string
  asked_at: string
}

export const helpQuery = queryOptions({
  queryKey: ['help'],
  queryFn: () => ask<HelpView[]>('GET', '/calls/help'),
})

export const softphone = {
  take: (tab: string, takeOver: boolean) =>
    ask<SoftphoneView>('POST', '/softphone', { tab, take_over: takeOver }),
  alive: (tab: string) => ask('POST', '/softphone/heartbeat', { tab }),
  letGo: (tab: string) => ask('DELETE', `/softphone?tab=${encodeURIComponent(tab)}`),
  answer: (leg: string, tab: string, sdp: string) =>
    ask<{ sdp: string }>('POST', `/softphone/legs/${leg}/answer`, { tab, sdp }),
  decline: (leg: string, tab: string) => ask('POST', `/softphone/legs/${leg}/decline`, { tab }),
}
