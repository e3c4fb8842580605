/** A chat that is no longer in one's hands: a word about it, and what is still to be written down. */
import { useQuery } from '@tanstack/react-query'
import { Link as Anchor } from 'wouter'
import { wrapUpQuery } from '@/api/workplace'
import { useMe } from '@/app/me'
import { WrapUp } from '@/screens/call/WrapUp'
import { useTexts } from '@/texts'
import { Beside } from './Beside'

export function Ended({ id }: { id: string }) {
  const { t } = useTexts()
  const { role } = useMe()
  const serves = role === 'agent' || role === 'lead'
  // Whoever never had it has nothing to wrap up, and is told no more than that it is not there.
  const own = useQuery({ ...wrapUpQuery(id), retry: false, enabled: serves })
  return (
    <>
      <div className="column">
        <section className="notice" role="status">
          <h2>{t(own.data ? 'chats.over' : 'chats.gone')}</h2>
          {own.data && (
            <>
              <p className="quiet">{t('chats.over.hint')}</p>
              <p>
                <Anchor href={`/interactions/${id}`}>{t('tasks.contact')}</Anchor>
              </p>
            </>
          )}
          <p>
            <Anchor href={serves ? '/chats' : '/interactions'}>
              {t(serves ? 'chats.over.back' : 'contacts.title')}
            </Anchor>
          </p>
        </section>
        {own.data && <WrapUp interaction={id} up={false} />}
      </div>
      {own.data && <Beside interaction={id} />}
    </>
  )
}

/** Leads read every chat that has ended; what they had themselves they still wrap up. */
export function Unfinished({ id }: { id: string }) {
  const lead = useMe().role === 'lead'
  const own = useQuery({ ...wrapUpQuery(id), retry: false, enabled: lead })
  if (!own.data || own.data.version === 0) return null
  return <WrapUp interaction={id} up={false} />
}
