/** Which reads an event makes old. */
import type { QueryClient } from '@tanstack/react-query'
import type { LiveMessage } from './resume'

/** First words of the keys of queries; see `src/api`. */
const OLD: Record<string, readonly string[]> = {
  agent: ['agents', 'me', 'wall'],
  offer: ['me', 'calls'],
  'offer-gone': ['me', 'calls'],
  queues: ['queues', 'wall'],
  call: ['calls', 'me', 'wall'],
  interaction: ['interactions'],
  chat: ['chats'],
  task: ['tasks'],
  case: ['cases'],
  softphone: ['me'],
  help: ['help', 'wall'],
}

export function refreshBy(queries: QueryClient, message: LiveMessage): void {
  for (const word of OLD[message.kind] ?? []) {
    const about = word === 'interactions' || word === 'chats' || word === 'cases'
    const key = about && message.id ? [word, message.id] : [word]
    void queries.invalidateQueries({ queryKey: key })
  }
  // Lists of these change too, whichever of them it is.
  if (['interaction', 'chat', 'case'].includes(message.kind))
    void queries.invalidateQueries({ queryKey: [`${message.kind}s`, 'list'] })
}
