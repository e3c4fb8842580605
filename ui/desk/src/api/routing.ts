/** Queues, agents, and one's own state. */
import { queryOptions } from '@tanstack/react-query'
import { api, told, type View } from './client'

export type AgentView = View['AgentView']
export type OfferView = View['OfferView']
export type QueueView = View['QueueView']
export type Wish = 'logged-in' | 'ready' | 'not-ready' | 'logged-out'

export const NOT_READY = [
  'break',
  'meal',
  'meeting',
  'training',
  'coaching',
  'paperwork',
  'strain',
  'technical',
] as const

export const myStateQuery = queryOptions({
  queryKey: ['me', 'state'],
  queryFn: () => told(api.GET('/api/v1/agents/me/state')),
})

export const myOfferQuery = queryOptions({
  queryKey: ['me', 'offer'],
  queryFn: () => told(api.GET('/api/v1/agents/me/offer')),
  staleTime: 0,
})

export const queuesQuery = queryOptions({
  queryKey: ['queues'],
  queryFn: () => told(api.GET('/api/v1/queues')),
})

export const agentsQuery = queryOptions({
  queryKey: ['agents'],
  queryFn: () => told(api.GET('/api/v1/agents')),
})

export function setMyState(state: Wish, reason = '', phone = ''): Promise<AgentView> {
  return told(api.POST('/api/v1/agents/me/state', { body: { state, reason, phone } }))
}

export function endWrapUp(): Promise<AgentView> {
  return told(api.POST('/api/v1/agents/me/wrap-up/end'))
}
