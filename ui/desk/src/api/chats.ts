/** Chats: what one has, what comes next, one whole. */
import { queryOptions } from '@tanstack/react-query'
import { api, told, type View } from './client'

export type ChatSummary = View['ChatSummary']
export type ChatView = View['ChatView']
export type MineView = View['MineView']
export type ChatMessage = View['cardline__messages__chat__views__MessageView']
export type Outcome = View['CloseBody']['outcome']

/** A polite end has a rule and a dialog of its own. */
export const OUTCOMES = ['resolved', 'follow-up', 'left'] as const satisfies readonly Outcome[]
export type Ending = (typeof OUTCOMES)[number]

/** Without a sign for the lease the chats go back to the queue; see the API's reference. */
export const SIGN_MS = 10_000
const NEWS_MS = 3000

const of = (chat: string) => ({ params: { path: { chat } } })

export const myChatsQuery = queryOptions({
  queryKey: ['chats', 'mine'],
  queryFn: () => told(api.GET('/api/v1/chats/mine')),
  refetchInterval: SIGN_MS,
  refetchIntervalInBackground: true,
  staleTime: 0,
})

export const allChatsQuery = queryOptions({
  queryKey: ['chats', 'all'],
  queryFn: () => told(api.GET('/api/v1/chats')),
  refetchInterval: SIGN_MS,
})

/** `asked` often while the chat goes on: typing is told by nothing else. */
export const chatQuery = (chat: string) =>
  queryOptions({
    queryKey: ['chats', 'one', chat],
    queryFn: () => told(api.GET('/api/v1/chats/{chat}', of(chat))),
    refetchInterval: (query) =>
      query.state.data?.state === 'closed' || query.state.status === 'error' ? false : NEWS_MS,
    staleTime: 0,
  })

export function setAvailability(ready: boolean, capacity: number | null, handBack = false) {
  return told(
    api.PUT('/api/v1/chats/availability', { body: { ready, capacity, hand_back: handBack } }),
  )
}

export function acceptChat(chat: string) {
  return told(api.POST('/api/v1/chats/{chat}/accept', of(chat)))
}

export function writeMessage(chat: string, text: string, key: string) {
  return told(api.POST('/api/v1/chats/{chat}/messages', { ...of(chat), body: { text, key } }))
}

export function tellTyping(chat: string) {
  return told(api.POST('/api/v1/chats/{chat}/typing', of(chat)))
}

export function tellRead(chat: string, through: number) {
  return told(api.POST('/api/v1/chats/{chat}/read', { ...of(chat), body: { through } }))
}

export function transferChat(chat: string, matter: string, agent: string, note: string) {
  return told(
    api.POST('/api/v1/chats/{chat}/transfer', { ...of(chat), body: { matter, agent, note } }),
  )
}

export function closeChat(chat: string, outcome: Outcome) {
  return told(api.POST('/api/v1/chats/{chat}/close', { ...of(chat), body: { outcome } }))
}

export function fileAddress(chat: string, file: string): string {
  return `/api/v1/chats/${encodeURIComponent(chat)}/files/${encodeURIComponent(file)}`
}
