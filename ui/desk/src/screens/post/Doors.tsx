/** The doors by which people write to the bank, each with how many wait. */
import { useQuery } from '@tanstack/react-query'
import { Link as Anchor } from 'wouter'
import { lettersQuery } from '@/api/letters'
import { appMessagesQuery, emailsQuery } from '@/api/post'
import { useTexts } from '@/texts'

export type WrittenDoor = 'messages' | 'emails' | 'app-messages'

export function Doors({ here }: { here: WrittenDoor }) {
  const { t } = useTexts()
  const waiting = {
    messages: useQuery(lettersQuery).data?.length,
    emails: useQuery(emailsQuery).data?.length,
    'app-messages': useQuery(appMessagesQuery).data?.length,
  }
  return (
    <nav className="doors" aria-label={t('post.doors')}>
      {(['messages', 'emails', 'app-messages'] as const).map((door) => (
        <Anchor key={door} href={`/${door}`} aria-current={door === here ? 'page' : undefined}>
          {t(`post.door.${door}`)} <span className="figures">{waiting[door] ?? ''}</span>
        </Anchor>
      ))}
    </nav>
  )
}
