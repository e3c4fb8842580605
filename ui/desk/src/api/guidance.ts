/** Guidance: articles found while typing, scripts, hard conversations. */
import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { Language } from '@/texts'
import { api, told, type View } from './client'

export type HitView = View['HitView']
export type ArticleView = View['ArticleView']
export type ScriptView = View['ScriptView']
export type HardView = View['HardView']

const HOUR_MS = 3_600_000

export const findArticlesQuery = (q: string, language: Language, matter: string) =>
  queryOptions({
    queryKey: ['knowledge', 'find', q, language, matter],
    queryFn: () =>
      told(
        api.GET('/api/v1/knowledge', {
          params: { query: { q, language, limit: q ? 10 : 50, ...(matter ? { matter } : {}) } },
        }),
      ),
    // While the next word is being found the hits of the last one stay.
    placeholderData: keepPreviousData,
    staleTime: HOUR_MS,
  })

export const articleQuery = (article: string, language: Language) =>
  queryOptions({
    queryKey: ['knowledge', 'one', article, language],
    queryFn: () =>
      told(
        api.GET('/api/v1/knowledge/{article}', {
          params: { path: { article }, query: { language } },
        }),
      ),
    staleTime: HOUR_MS,
  })

export const scriptsQuery = (language: Language) =>
  queryOptions({
    queryKey: ['scripts', language],
    queryFn: () => told(api.GET('/api/v1/scripts', { params: { query: { language } } })),
    staleTime: HOUR_MS,
  })
