/** Chats: being there for them, the one that is next, one's own, and the one that is open. */
import { useQuery } from '@tanstack/react-query'
import { useParams } from 'wouter'
import { allChatsQuery, myChatsQuery } from '@/api/chats'
import { sentence } from '@/api/sentences'
import { useMe } from '@/app/me'
import { Panel } from '@/app/Panel'
import { useTexts } from '@/texts'
import { Availability } from './Availability'
import { ChatList } from './ChatList'
import { Conversation } from './Conversation'
import { Next } from './Next'

export default function Chats() {
  const { t } = useTexts()
  const me = useMe()
  const { chat } = useParams<{ chat?: string }>()
  const serves = me.role === 'agent' || me.role === 'lead'
  return (
    <>
      <h1 className="unseen">{t('nav.chats')}</h1>
      <div className={serves ? 'chats' : 'chats reading'}>
        {serves && (
          <div className="column">
            <Mine open={chat ?? ''} />
            {me.role === 'lead' && <Everybodys open={chat ?? ''} />}
          </div>
        )}
        {chat ? (
          <Conversation key={chat} id={chat} />
        ) : (
          <section className="notice">
            <h2>{t('chats.none')}</h2>
            <p className="quiet">{t(serves ? 'chats.none.hint' : 'chats.none.readers')}</p>
          </section>
        )}
      </div>
    </>
  )
}

function Mine({ open }: { open: string }) {
  const spoken = useTexts()
  const { t } = spoken
  const { data: mine, error } = useQuery(myChatsQuery)
  if (error && !mine) return <p className="bad">{sentence(error, spoken)}</p>
  if (!mine) return <p className="quiet">{t('app.loading')}</p>
  return (
    <>
      <Availability mine={mine} />
      <Next mine={mine} />
      <Panel title={t('chats.mine')}>
        <ChatList chats={mine.chats} open={open} none={t('chats.mine.none')} />
      </Panel>
    </>
  )
}

function Everybodys({ open }: { open: string }) {
  const { t } = useTexts()
  const { data: chats } = useQuery(allChatsQuery)
  return (
    <Panel title={t('chats.all')}>
      <ChatList chats={chats ?? []} open={open} none={t('chats.all.none')} />
    </Panel>
  )
}
