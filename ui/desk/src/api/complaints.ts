/** Complaints: what is due by when, each step of their life, and taking one down. */
import { queryOptions } from '@tanstack/react-query'
import { api, ask, told, type View } from './client'

export type ComplaintRow = View['ComplaintRow']
export type Whole = View['WholeComplaintView']
export type Stepped = View['ComplaintStepped']
export type Catalogue = View['ComplaintCatalogue']
export type ComplaintWords = View['ComplaintWords']
export type Clock = Whole['clocks'][number]
export type Taken = View['ComplaintTakenView']
export type Suggestions = View['ComplaintSuggestions']
export type Suggestion = Suggestions['product']
export type DecisionBody = View['ComplaintDecisionBody']
export type NoticeBody = View['NoticeBody']
export type Handler = 'me' | 'nobody' | 'anybody'
export type State = ComplaintRow['state']

const AGAIN_MS = 30_000
const MOST = 200

/** Which states each list shows. */
export const LISTS = {
  open: ['received', 'accepted', 'decided'],
  awaiting: ['awaiting'],
  answered: ['answered'],
  over: ['closed', 'refused', 'withdrawn', 'joined'],
} as const

export type ListName = keyof typeof LISTS

export const complaintsQuery = (list: ListName, handler: Handler) =>
  queryOptions({
    queryKey: ['complaints', 'list', list, handler],
    queryFn: () =>
      told(
        api.GET('/api/v1/complaints', {
          params: { query: { state: [...LISTS[list]], handler, limit: MOST } },
        }),
      ),
    refetchInterval: AGAIN_MS,
  })

export const complaintQuery = (id: string) =>
  queryOptions({
    queryKey: ['complaints', 'one', id],
    queryFn: () =>
      told(api.GET('/api/v1/complaints/{complaint}', { params: { path: { complaint: id } } })),
  })

/** Who could handle it, and what is against whom. */
export const candidatesQuery = (id: string) =>
  queryOptions({
    queryKey: ['complaints', 'handlers', id],
    queryFn: () =>
      told(
        api.GET('/api/v1/complaints/{complaint}/handlers', { params: { path: { complaint: id } } }),
      ),
  })

/** The accounts of the complainant: a compensation goes to no other. */
export const payeesQuery = (id: string) =>
  queryOptions({
    queryKey: ['complaints', 'accounts', id],
    queryFn: () =>
      told(
        api.GET('/api/v1/complaints/{complaint}/accounts', { params: { path: { complaint: id } } }),
      ),
  })

export const complaintFilesQuery = (id: string) =>
  queryOptions({
    queryKey: ['complaints', 'files', id],
    queryFn: () =>
      told(
        api.GET('/api/v1/complaints/{complaint}/files', { params: { path: { complaint: id } } }),
      ),
  })

export function complaintFile(complaint: string, file: string): string {
  return `/api/v1/complaints/${encodeURIComponent(complaint)}/files/${encodeURIComponent(file)}`
}

export const complaintWordsQuery = queryOptions({
  queryKey: ['complaint-catalogue'],
  queryFn: () => told(api.GET('/api/v1/complaint-catalogue')),
  staleTime: Infinity,
})

/** A step of a complaint: `assign`, `accept`, `pause`, `extensions/ID/settle` … */
export function step(complaint: string, what: string, body: object = {}): Promise<Stepped> {
  return ask('POST', `/complaints/${encodeURIComponent(complaint)}/${what}`, body)
}

/** A step of a part of it: a department's task, a remedy, a notice. */
export function partStep(
  part: 'complaint-tasks' | 'complaint-remedies' | 'complaint-notices',
  id: string,
  what: 'finish' | 'done' | 'prove',
  body: object,
): Promise<Stepped> {
  return ask('POST', `/${part}/${encodeURIComponent(id)}/${what}`, body)
}

export function takeComplaint(interaction: string, body: View['ComplaintTakenBody']) {
  return told(
    api.POST('/api/v1/interactions/{interaction}/complaint', {
      params: { path: { interaction } },
      body,
    }),
  )
}

export type CodeWay = View['ComplaintCodeBody']['way']

/** Another code for whoever has no log-in and names what they gave; told once. */
export function newCode(complaint: string, body: View['ComplaintCodeBody']) {
  return told(
    api.POST('/api/v1/complaints/{complaint}/code', { params: { path: { complaint } }, body }),
  )
}

/** What a text seems to be about, with the words that say so; nothing is kept. */
export const suggestionsQuery = (text: string) =>
  queryOptions({
    queryKey: ['complaint-suggestions', text],
    queryFn: () => told(api.POST('/api/v1/complaint-suggestions', { body: { text } })),
    staleTime: Infinity,
    enabled: text.trim() !== '',
  })
