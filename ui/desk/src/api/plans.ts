/** How everybody speaks with a holder who calls again and again; it holds once a lead reviewed it. */
import { queryOptions } from '@tanstack/react-query'
import { api, told, type View } from './client'

export type PlanView = View['PlanView']
export type ProposalView = View['ProposalView']

const of = (holder: string) => ({ params: { path: { holder } } })

export const plansQuery = (holder: string) =>
  queryOptions({
    queryKey: ['plans', holder],
    queryFn: () => told(api.GET('/api/v1/holders/{holder}/plan', of(holder))),
    staleTime: 0,
  })

export const proposalsQuery = queryOptions({
  queryKey: ['plans', 'proposed'],
  queryFn: () => told(api.GET('/api/v1/plans/proposed')),
  staleTime: 0,
})

export function proposePlan(holder: string, text: string, until: string): Promise<PlanView> {
  return told(
    api.PUT('/api/v1/holders/{holder}/plan', { ...of(holder), body: { text, valid_to: until } }),
  )
}

export function reviewPlan(holder: string, plan: string): Promise<PlanView> {
  return told(api.POST('/api/v1/holders/{holder}/plan/review', { ...of(holder), body: { plan } }))
}
