/** Chats as a list: the last word of each, and how many are unread. */
import { Link as Anchor } from 'wouter'
import type { ChatSummary } from '@/api/chats'
import { clock } from '@/format/format'
import { useTexts } from '@/texts'

interface Props {
  chats: readonly ChatSummary[]
  open: string
  none: string
}

export function ChatList({ chats, open, none }: Props) {
  const { t, word } = useTexts()
  if (chats.length === 0) return <p className="quiet">{none}</p>
  return (
    <ul className="list">
      {chats.map((one) => (
        <li key={one.id}>
          <Anchor
            href={`/chats/${one.id}`}
            className="chat-line"
            aria-current={one.id === open ? 'page' : undefined}
          >
            <span className="row">
              <strong className="grow">{word('matter', one.matter)}</strong>
              {one.unread > 0 && (
                <span className="unread">
                  <span aria-hidden="true">{one.unread}</span>
                  <span className="unseen">{t('chats.unread', { count: one.unread })}</span>
                </span>
              )}
              <time className="quiet figures" dateTime={one.last_word_at}>
                {clock(one.last_word_at).slice(0, 5)}
              </time>
            </span>
            <span className="quiet excerpt">{one.last_text ?? word('chats.state', one.state)}</span>
          </Anchor>
        </li>
      ))}
    </ul>
  )
}
