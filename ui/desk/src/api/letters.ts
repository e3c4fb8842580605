/** What holders wrote from their own pages, and answering it. */
import { queryOptions } from '@tanstack/react-query'
import { api, told, type View } from './client'

export type HolderMessage = View['HolderMessageView']

const AGAIN_MS = 30_000

export const lettersQuery = queryOptions({
  queryKey: ['letters', 'waiting'],
  queryFn: () => told(api.GET('/api/v1/holder-messages')),
  refetchInterval: AGAIN_MS,
})

export const letterQuery = (message: string) =>
  queryOptions({
    queryKey: ['letters', 'one', message],
    queryFn: () =>
      told(api.GET('/api/v1/holder-messages/{message}', { params: { path: { message } } })),
  })

export function answerLetter(message: string, text: string) {
  return told(
    api.POST('/api/v1/holder-messages/{message}/answer', {
      params: { path: { message } },
      body: { text },
    }),
  )
}

export function letterFile(message: string, file: string): string {
  return `/api/v1/holder-messages/${encodeURIComponent(message)}/files/${encodeURIComponent(file)}`
}
