/** What an event changes of what was read: patched where it says how things are, else read again. */
import type { QueryClient } from '@tanstack/react-query'
import type { View } from '@/api/client'
import { agentsQuery, myStateQuery, queuesQuery } from '@/api/routing'
import { wallQuery } from '@/api/wall'
import type { LiveMessage } from './resume'

/** First words of the keys of queries that an event makes old; see `src/api`. */
const OLD: Record<string, readonly string[]> = {
  offer: ['me', 'calls'],
  'offer-gone': ['me', 'calls'],
  call: ['calls'],
  interaction: ['interactions'],
  chat: ['chats'],
  task: ['tasks', 'letters', 'emails', 'app-messages', 'post'],
  case: ['cases', 'complaints'],
  help: ['help'],
}

export function refreshBy(queries: QueryClient, message: LiveMessage): void {
  if (message.kind === 'agent') patchAgent(queries, message.data as View['AgentView'])
  if (message.kind === 'queues') {
    const { queues } = message.data as { queues: View['QueueView'][] }
    patchQueues(queries, queues)
  }
  for (const word of OLD[message.kind] ?? []) void queries.invalidateQueries({ queryKey: [word] })
}

function patchAgent(queries: QueryClient, view: View['AgentView']): void {
  queries.setQueryData(myStateQuery.queryKey, (mine) => (mine?.id === view.id ? view : mine))
  queries.setQueryData(agentsQuery.queryKey, (all) =>
    all?.map((one) => (one.id === view.id ? view : one)),
  )
  // The figures of the wall come by themselves; who talks with whom must not be seconds late.
  queries.setQueryData(wallQuery.queryKey, (wall) =>
    wall === undefined
      ? undefined
      : { ...wall, agents: wall.agents.map((one) => (one.id === view.id ? view : one)) },
  )
}

function patchQueues(queries: QueryClient, changed: View['QueueView'][]): void {
  const fresh = new Map(changed.map((one) => [one.name, one]))
  queries.setQueryData(queuesQuery.queryKey, (all) => all?.map((one) => fresh.get(one.name) ?? one))
}
