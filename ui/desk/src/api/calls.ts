/** Calls that are up, and the phone of this tab. */
import { queryOptions } from '@tanstack/react-query'
import { api, ask, told, type View } from './client'

export type CallView = View['CallView']
export type PartyView = View['PartyView']
export type EntryKind = View['EntryBody']['what']
export type Following = 'listen' | 'whisper' | 'join'

/** Exactly one of them. */
export type Target = { staff: string } | { matter: string; urgent?: boolean } | { number: string }

export const myCallQuery = queryOptions({
  queryKey: ['calls', 'mine'],
  // The description types 204 as no answer; a query must have one.
  queryFn: () => ask<CallView | null>('GET', '/calls/mine'),
  staleTime: 0,
  // An event tells of every change; should one be lost, this heals it.
  refetchInterval: (query) => (query.state.data ? 5000 : false),
})

export type CallAct = 'hold' | 'retrieve' | 'conference' | 'complete' | 'hangup'

export function control(interaction: string, act: CallAct): Promise<unknown> {
  return told(api.POST(`/api/v1/calls/{interaction}/${act}`, { params: { path: { interaction } } }))
}

export function ring(
  interaction: string,
  how: 'consult' | 'transfer',
  whom: Target,
): Promise<unknown> {
  const body = { staff: '', matter: '', urgent: false, number: '', ...whom }
  return told(
    api.POST(`/api/v1/calls/{interaction}/${how}`, { params: { path: { interaction } }, body }),
  )
}

export function askForEntry(interaction: string, what: EntryKind): Promise<unknown> {
  return told(
    api.POST('/api/v1/calls/{interaction}/entry', {
      params: { path: { interaction } },
      body: { what },
    }),
  )
}

export function cancelEntry(interaction: string): Promise<unknown> {
  return told(
    api.POST('/api/v1/calls/{interaction}/entry/cancel', { params: { path: { interaction } } }),
  )
}

export function follow(interaction: string, how: Following): Promise<unknown> {
  return told(api.POST(`/api/v1/calls/{interaction}/${how}`, { params: { path: { interaction } } }))
}

export function askForHelp(interaction: string, reason: string): Promise<unknown> {
  return told(
    api.POST('/api/v1/calls/{interaction}/help', {
      params: { path: { interaction } },
      body: { reason },
    }),
  )
}

export const helpQuery = queryOptions({
  queryKey: ['help'],
  queryFn: () => told(api.GET('/api/v1/calls/help')),
})

export const softphone = {
  take: (tab: string, takeOver: boolean) =>
    told(api.POST('/api/v1/softphone', { body: { tab, take_over: takeOver } })),
  alive: (tab: string) => told(api.POST('/api/v1/softphone/heartbeat', { body: { tab } })),
  letGo: (tab: string) => told(api.DELETE('/api/v1/softphone', { params: { query: { tab } } })),
  answer: (leg: string, tab: string, sdp: string) =>
    told(
      api.POST('/api/v1/softphone/legs/{leg}/answer', {
        params: { path: { leg } },
        body: { tab, sdp },
      }),
    ),
  decline: (leg: string, tab: string) =>
    told(
      api.POST('/api/v1/softphone/legs/{leg}/decline', {
        params: { path: { leg } },
        body: { tab },
      }),
    ),
}
