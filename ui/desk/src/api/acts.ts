/** What an agent does for the claimed holder: acts with their verdicts, accounts, requests. */
import { queryOptions } from '@tanstack/react-query'
import { api, told, type View } from './client'

export type ActView = View['ActView']
export type AccountsView = View['AccountsView']
export type AccountView = View['AccountView']
export type PostingView = View['PostingView']
export type StatementView = View['cardline__cards__accounts__answers__StatementView']
export type TellView = View['TellView']
export type CardOnAccount = View['cardline__cards__accounts__answers__CardView']
export type RulesVerdict = View['cardline__cards__verdict_views__VerdictView']
export type OpenedView = View['OpenedView']
export type ChangeView = View['ChangeView']
export type LimitRequestView = View['LimitRequestView']
export type ClosureView = View['ClosureView']
export type ReversalView = View['ReversalView']
export type RequestsView = View['RequestsView']

const at = (interaction: string) => ({ params: { path: { interaction } } })

/** Under `interactions`: a claim or an entry makes it old. */
export const actsQuery = (interaction: string) =>
  queryOptions({
    queryKey: ['interactions', interaction, 'acts'],
    queryFn: () => told(api.GET('/api/v1/interactions/{interaction}/acts', at(interaction))),
    staleTime: 0,
  })

/** Every look is journaled, so it is read when somebody looks, and not in the background. */
export const accountQuery = (interaction: string) =>
  queryOptions({
    queryKey: ['account', interaction],
    queryFn: () => told(api.GET('/api/v1/interactions/{interaction}/account', at(interaction))),
    staleTime: 30_000,
  })

export const requestsQuery = (holder: string) =>
  queryOptions({
    queryKey: ['cases', 'holder', holder],
    queryFn: () =>
      told(api.GET('/api/v1/holders/{holder}/requests', { params: { path: { holder } } })),
    staleTime: 5000,
  })

export function openDispute(interaction: string, body: View['DisputeBody']) {
  return told(api.POST('/api/v1/interactions/{interaction}/disputes', { ...at(interaction), body }))
}

export function openFailed(interaction: string, body: View['FailedTransactionBody']) {
  return told(
    api.POST('/api/v1/interactions/{interaction}/failed-transactions', {
      ...at(interaction),
      body,
    }),
  )
}

export function openObjection(interaction: string, body: View['CreditObjectionBody']) {
  return told(
    api.POST('/api/v1/interactions/{interaction}/credit-objection', { ...at(interaction), body }),
  )
}

export type ChangedField = 'address' | 'phone' | 'email'

export function askForChange(interaction: string, field: ChangedField, value: string, key: string) {
  const here = at(interaction)
  if (field === 'address')
    return told(
      api.POST('/api/v1/interactions/{interaction}/address-change', {
        ...here,
        body: { address: value, key },
      }),
    )
  if (field === 'phone')
    return told(
      api.POST('/api/v1/interactions/{interaction}/phone-change', {
        ...here,
        body: { phone: value, key },
      }),
    )
  return told(
    api.POST('/api/v1/interactions/{interaction}/email-change', {
      ...here,
      body: { email: value, key },
    }),
  )
}

export function confirmChange(interaction: string, change: string, body: View['ConfirmBody']) {
  return told(
    api.POST('/api/v1/interactions/{interaction}/contact-changes/{change}/confirm', {
      params: { path: { interaction, change } },
      body,
    }),
  )
}

export function cancelChange(interaction: string, change: string) {
  return told(
    api.POST('/api/v1/interactions/{interaction}/contact-changes/{change}/cancel', {
      params: { path: { interaction, change } },
    }),
  )
}

export function askForLimit(interaction: string, body: View['LimitBody']) {
  return told(
    api.POST('/api/v1/interactions/{interaction}/limit-request', { ...at(interaction), body }),
  )
}

export function settleOffer(interaction: string, request: string, accepts: boolean) {
  return told(
    api.POST('/api/v1/interactions/{interaction}/limit-requests/{request}/offer', {
      params: { path: { interaction, request } },
      body: { accepts },
    }),
  )
}

export function reverseFee(interaction: string, posting: string) {
  return told(
    api.POST('/api/v1/interactions/{interaction}/fee-reversal', {
      ...at(interaction),
      body: { posting },
    }),
  )
}

export function closeCard(interaction: string, card: string, pointsGivenUp: boolean) {
  return told(
    api.POST('/api/v1/interactions/{interaction}/card-closure', {
      ...at(interaction),
      body: { card, points_given_up: pointsGivenUp },
    }),
  )
}

export function keepCard(interaction: string, closure: string) {
  return told(
    api.POST('/api/v1/interactions/{interaction}/card-closures/{closure}/withdraw', {
      params: { path: { interaction, closure } },
    }),
  )
}
