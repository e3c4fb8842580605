/** Evidence packs, legal holds, and holders' requests to erase. */
import { queryOptions } from '@tanstack/react-query'
import { api, told, type View } from './client'

export type Pack = View['PackRow']
export type NewPack = View['PackBody']
export type Hold = View['LegalHoldView']
export type NewHold = View['LegalHoldBody']
export type EraseRequest = View['EraseRequestView']
export type Lifted = View['LiftView']

const SOON_MS = 5_000
const AGAIN_MS = 60_000

/** Read again soon while one of them is being made. */
export const packsQuery = queryOptions({
  queryKey: ['evidence', 'packs'],
  queryFn: () => told(api.GET('/api/v1/evidence/packs')),
  refetchInterval: (query) =>
    query.state.data?.some((one) => one.state === 'asked') ? SOON_MS : AGAIN_MS,
})

export function askForPack(body: NewPack): Promise<Pack> {
  return told(api.POST('/api/v1/evidence/packs', { body }))
}

export function packFile(pack: string): string {
  return `/api/v1/evidence/packs/${encodeURIComponent(pack)}/file`
}

export const holdsQuery = queryOptions({
  queryKey: ['evidence', 'holds'],
  queryFn: () => told(api.GET('/api/v1/retention/holds')),
})

const of = (hold: string) => ({ params: { path: { hold } } })

export function setHold(body: NewHold): Promise<Hold> {
  return told(api.POST('/api/v1/retention/holds', { body }))
}

export function askToLift(hold: string, reason: string): Promise<Hold> {
  return told(
    api.POST('/api/v1/retention/holds/{hold}/lift-request', { ...of(hold), body: { reason } }),
  )
}

export function liftHold(hold: string): Promise<Lifted> {
  return told(api.POST('/api/v1/retention/holds/{hold}/lift', of(hold)))
}

export const eraseRequestsQuery = queryOptions({
  queryKey: ['evidence', 'requests'],
  queryFn: () => told(api.GET('/api/v1/retention/requests')),
})

export const eraseDueQuery = queryOptions({
  queryKey: ['evidence', 'due'],
  queryFn: () => told(api.GET('/api/v1/retention/due')),
})
