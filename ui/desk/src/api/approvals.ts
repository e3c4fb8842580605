/** What waits for a second pair of eyes: limits that the rule referred, fees above the bound. */
import { queryOptions } from '@tanstack/react-query'
import { api, told, type View } from './client'

export type LimitRequestView = View['LimitRequestView']
export type ReversalView = View['ReversalView']

export const approvalsQuery = queryOptions({
  queryKey: ['cases', 'approvals'],
  queryFn: () => told(api.GET('/api/v1/approvals')),
})

export function decideLimit(request: string, body: View['LimitDecisionBody']) {
  return told(
    api.POST('/api/v1/limit-requests/{request}/decide', { params: { path: { request } }, body }),
  )
}

export function settleFee(reversal: string, body: View['FeeSettlementBody']) {
  return told(
    api.POST('/api/v1/fee-reversals/{reversal}/settle', { params: { path: { reversal } }, body }),
  )
}
