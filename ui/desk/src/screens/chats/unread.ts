/** What of a chat has not been read, and how far one's own words went. Pure. */
import type { ChatMessage } from '@/api/chats'

/** The number of the last word of the holder that nobody has read; 0 where there is none. */
export function lastUnread(messages: readonly ChatMessage[]): number {
  const unread = messages.filter((one) => one.author === 'holder' && one.read_at === null)
  return unread.at(-1)?.number ?? 0
}

export type Tick = 'sent' | 'delivered' | 'read'

/** How far a message to the holder went; null where it is not for the holder. */
export function tickOf(message: ChatMessage): Tick | null {
  if (message.author !== 'agent' || message.staff_only) return null
  if (message.read_at !== null) return 'read'
  return message.delivered_at !== null ? 'delivered' : 'sent'
}

/** Whether a file is shown in the page: pictures are, everything else is saved. */
export function isPicture(kind: string): boolean {
  return kind === 'jpeg' || kind === 'png'
}

/** `1.2 MB`, `640 kB`. */
export function bytes(count: number): string {
  return count >= 1_000_000
    ? `${(count / 1_000_000).toFixed(1)} MB`
    : `${Math.max(1, Math.round(count / 1000))} kB`
}
