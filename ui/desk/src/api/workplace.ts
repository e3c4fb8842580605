/** The agent's work on a conversation: the screen at the answer, notes, wrap-up, tasks. */
import { queryOptions } from '@tanstack/react-query'
import { api, ask, told, type View } from './client'

export type ScreenView = View['ScreenView']
export type ShownCard = ScreenView['cards'][number]
export type WrapUpView = View['WrapUpView']
export type WrapUpBody = View['WrapUpBody']
export type TaskView = View['TaskView']
export type HolderView = View['HolderView']
export type Words = { code: string; zh: string; en: string }

const at = (interaction: string) => ({ params: { path: { interaction } } })

export const screenQuery = (interaction: string) =>
  queryOptions({
    queryKey: ['interactions', interaction, 'screen'],
    queryFn: () => told(api.GET('/api/v1/interactions/{interaction}/screen', at(interaction))),
    staleTime: 5000,
  })

export const catalogueQuery = queryOptions({
  queryKey: ['catalogue'],
  queryFn: () => told(api.GET('/api/v1/desk/catalogue')),
  staleTime: Infinity,
})

export const wrapUpQuery = (interaction: string) =>
  queryOptions({
    queryKey: ['wrap-up', interaction],
    queryFn: () => readWrapUp(interaction),
    staleTime: Infinity,
  })

export function readWrapUp(interaction: string): Promise<WrapUpView> {
  return told(api.GET('/api/v1/interactions/{interaction}/wrap-up', at(interaction)))
}

export function saveWrapUp(interaction: string, body: WrapUpBody): Promise<WrapUpView> {
  return told(api.PUT('/api/v1/interactions/{interaction}/wrap-up', { ...at(interaction), body }))
}

export function completeWrapUp(interaction: string, version: number) {
  return told(
    api.POST('/api/v1/interactions/{interaction}/wrap-up/complete', {
      ...at(interaction),
      body: { version },
    }),
  )
}

export function writeNote(interaction: string, text: string) {
  return told(
    api.POST('/api/v1/interactions/{interaction}/notes', { ...at(interaction), body: { text } }),
  )
}

export function claim(interaction: string, holder: string | null) {
  return told(
    api.POST('/api/v1/interactions/{interaction}/claim', { ...at(interaction), body: { holder } }),
  )
}

export function unmask(interaction: string, field: View['UnmaskBody']['field'], reason: string) {
  return told(
    api.POST('/api/v1/interactions/{interaction}/unmask', {
      ...at(interaction),
      body: { field, reason },
    }),
  )
}

export function findHolders(by: { phone?: string; card_tail?: string; id_tail?: string }) {
  return told(api.GET('/api/v1/holders', { params: { query: by } }))
}

export function warn(interaction: string, category: string, words: string) {
  return told(
    api.POST('/api/v1/interactions/{interaction}/warnings', {
      ...at(interaction),
      body: { category, words },
    }),
  )
}

export function endPolitely(interaction: string, body: View['PoliteEndBody']) {
  return told(
    api.POST('/api/v1/interactions/{interaction}/polite-end', { ...at(interaction), body }),
  )
}

export function takePause(interaction: string) {
  return told(api.POST('/api/v1/agents/me/recovery', { body: { interaction } }))
}

export type Whose = 'mine' | 'queues' | 'all'

export const tasksQuery = (whose: Whose, done = false) =>
  queryOptions({
    queryKey: ['tasks', whose, done],
    queryFn: () => told(api.GET('/api/v1/tasks', { params: { query: { whose, done } } })),
  })

export function finishTask(task: string, result: string): Promise<TaskView> {
  return told(
    api.POST('/api/v1/tasks/{task}/done', { params: { path: { task } }, body: { result } }),
  )
}

export function takeTask(task: string): Promise<TaskView> {
  return told(api.POST('/api/v1/tasks/{task}/take', { params: { path: { task } } }))
}

// ---------------------------------------------------------------- freezing

export interface CardOutcome {
  allowed: boolean
  already: boolean
  card: { id: string; tail: string; state: string } | null
  verdict: { allowed: boolean; reasons: { code: string; until: string | null }[] }
}

/** An agent takes the caller for the holder, and says why: a proof for this conversation. */
export async function judge(interaction: string, why: string): Promise<void> {
  const at = '/api/v1/interactions/{interaction}/judgement'
  await told(api.POST(at, { params: { path: { interaction } }, body: { why } }))
}

/** The description leaves these answers open. */
export function onCard(
  interaction: string,
  card: string,
  act: 'freeze' | 'hold' | 'release',
  plausible = '',
): Promise<CardOutcome> {
  const body = act === 'release' ? undefined : { plausible }
  return ask('POST', `/interactions/${interaction}/cards/${card}/${act}`, body)
}
