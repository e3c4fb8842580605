/** The one chat that is next, and messages that were left: whoever is first has it. */
import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { useLocation } from 'wouter'
import { acceptChat, type ChatSummary, type MineView } from '@/api/chats'
import { sentence } from '@/api/sentences'
import { Panel } from '@/app/Panel'
import { queries } from '@/app/parts'
import { Since } from '@/format/Since'
import { useKeys } from '@/keys/useKeys'
import { useTexts } from '@/texts'

export function Next({ mine }: { mine: MineView }) {
  const spoken = useTexts()
  const { t } = spoken
  const [, go] = useLocation()
  const accept = useMutation({
    mutationFn: acceptChat,
    onSuccess: (chat) => go(`/chats/${chat.id}`),
    // Also after a lost race: then somebody else is next.
    onSettled: () => queries.invalidateQueries({ queryKey: ['chats'] }),
  })
  const following = mine.next
  useKeys(
    [
      {
        keys: 'x',
        text: 'chats.key.accept',
        group: 'chats.group',
        run: () => following && accept.mutate(following.id),
      },
    ],
    { active: following !== null },
  )
  return (
    <Panel title={t('chats.next')} {...(following ? { tone: 'warn' as const } : {})}>
      <div aria-live="polite">
        {accept.isError && <p className="bad">{sentence(accept.error, spoken)}</p>}
        {following ? (
          <>
            <Line chat={following} />
            <Button
              type="primary"
              loading={accept.isPending}
              onClick={() => accept.mutate(following.id)}
            >
              {t('chats.accept')} <kbd>X</kbd>
            </Button>
          </>
        ) : (
          <p className="quiet">
            {mine.waiting > 0
              ? t('chats.next.others', { count: mine.waiting })
              : t('chats.next.none')}
          </p>
        )}
      </div>
      {mine.left.length > 0 && (
        <>
          <h3>{t('chats.left')}</h3>
          <ul className="list">
            {mine.left.map((one) => (
              <li key={one.id} className="row">
                <span className="grow">
                  <Line chat={one} />
                </span>
                <Button
                  size="small"
                  disabled={accept.isPending}
                  onClick={() => accept.mutate(one.id)}
                >
                  {t('chats.take')}
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
    </Panel>
  )
}

function Line({ chat }: { chat: ChatSummary }) {
  const { t, word } = useTexts()
  return (
    <p>
      <strong>{word('matter', chat.matter)}</strong>{' '}
      {chat.urgent && <span className="bad">{t('chats.urgent')} </span>}
      {word('speech', chat.language)}{' '}
      {chat.waiting_since && (
        <span className="quiet">
          {t('chats.waits')} <Since at={chat.waiting_since} />
        </span>
      )}
    </p>
  )
}
