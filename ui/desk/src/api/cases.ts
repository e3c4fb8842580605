/** Cases: what holders asked to have looked into, and the life of each. */
import { queryOptions } from '@tanstack/react-query'
import { api, told, type View } from './client'

export type CaseView = View['CaseView']
export type WholeCaseView = View['WholeCaseView']
export type DecisionBody = View['DecisionBody']
export type Outcome = DecisionBody['outcome']

/** What may be decided about which kind. */
export const OUTCOMES: Record<string, readonly Outcome[]> = {
  dispute: ['upheld', 'partly-upheld', 'not-upheld'],
  failed_transaction: ['explained', 'corrected'],
  credit_objection: ['corrected', 'entry-stands'],
}

const MOST = 200
const of = (id: string) => ({ params: { path: { case: id } } })

export const casesQuery = (mine: boolean) =>
  queryOptions({
    queryKey: ['cases', 'waiting', mine],
    queryFn: () =>
      told(
        api.GET('/api/v1/cases', {
          params: { query: { limit: MOST, ...(mine ? { owner: 'me' } : {}) } },
        }),
      ),
  })

export const caseQuery = (id: string) =>
  queryOptions({
    queryKey: ['cases', 'one', id],
    queryFn: () => told(api.GET('/api/v1/cases/{case}', of(id))),
  })

export function takeCase(id: string) {
  return told(api.POST('/api/v1/cases/{case}/take', of(id)))
}

export function closeCase(id: string) {
  return told(api.POST('/api/v1/cases/{case}/close', of(id)))
}

export function writeOnCase(id: string, what: 'note' | 'answer' | 'withdraw', text: string) {
  return told(api.POST(`/api/v1/cases/{case}/${what}`, { ...of(id), body: { text } }))
}

export function decideCase(id: string, body: DecisionBody) {
  return told(api.POST('/api/v1/cases/{case}/decide', { ...of(id), body }))
}
