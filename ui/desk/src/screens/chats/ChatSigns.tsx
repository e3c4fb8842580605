/** Signs of life for chats from every screen, and word of a chat that waits for us. */
import { useQuery } from '@tanstack/react-query'
import { Link as Anchor, useLocation } from 'wouter'
import { myChatsQuery } from '@/api/chats'
import { useTexts } from '@/texts'

export function ChatSigns() {
  const { t } = useTexts()
  const [address] = useLocation()
  const { data: mine } = useQuery(myChatsQuery)
  if (!mine || address.startsWith('/chats')) return null
  const unread = mine.chats.reduce((sum, one) => sum + one.unread, 0)
  if (mine.next === null && unread === 0) return null
  return (
    <div className="bar chatting" role="status">
      <Anchor href="/chats">
        {mine.next !== null ? t('chats.bar.next') : t('chats.bar.unread', { count: unread })}
      </Anchor>
    </div>
  )
}
