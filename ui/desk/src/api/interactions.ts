/** Conversations of the past, whole. */
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { api, ask, told, type View } from './client'

export type ContactView = View['ContactView']

export interface Search {
  q?: string
  door?: string
  outcome?: string
  holder?: string
  agent?: string
  since?: string
  until?: string
}

const PAGE = 50

export const interactionsQuery = (search: Search) =>
  infiniteQueryOptions({
    queryKey: ['interactions', 'list', search],
    queryFn: ({ pageParam }) =>
      told(
        api.GET('/api/v1/interactions', {
          params: { query: { ...search, limit: PAGE, ...(pageParam ? { after: pageParam } : {}) } },
        }),
      ),
    initialPageParam: '',
    getNextPageParam: (page) => (page.length === PAGE ? page.at(-1)?.id : undefined),
  })

export interface Line {
  at: string
  kind: string
  by: string
  allowed?: boolean
  reasons?: string[]
  [field: string]: unknown
}

export interface Whole {
  id: string
  door: string
  from: string
  to: string
  holder: string | null
  language: string | null
  opened_at: string
  answered_at: string | null
  closed_at: string | null
  outcome: string | null
  continues: string | null
  proofs: { factor: string; at: string }[]
  timeline: Line[]
  legs: {
    leg: string
    agent?: string | null
    target: string
    purpose?: string
    dialled_at: string
    answered_at: string | null
    ended_at: string | null
    cause: string | null
  }[]
  recording: { seconds: number; bytes: number; sha256: string; gaps: unknown[] } | null
  journal: { entries: number; intact: boolean }
}

/** The description leaves this answer open. */
export const interactionQuery = (id: string) =>
  queryOptions({
    queryKey: ['interactions', id],
    queryFn: () => ask<Whole>('GET', `/interactions/${encodeURIComponent(id)}`),
  })

/** Where the recording is heard; the reason goes into the journal. */
export function recordingAddress(id: string, reason: string): string {
  return `/api/v1/interactions/${encodeURIComponent(id)}/recording?reason=${encodeURIComponent(reason)}`
}
