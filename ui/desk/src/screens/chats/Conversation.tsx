/** One chat: what was said, what one writes, and whom it is about. */
import { useQuery } from '@tanstack/react-query'
import { Alert, Button } from 'antd'
import { useEffect, useState } from 'react'
import { chatQuery, tellRead, type ChatView } from '@/api/chats'
import { Refusal } from '@/api/client'
import { sentence } from '@/api/sentences'
import { useMe } from '@/app/me'
import { useDraft } from '@/drafts/drafts'
import { GuidanceDrawer } from '@/screens/guidance/GuidanceDrawer'
import { useTexts } from '@/texts'
import { Beside } from './Beside'
import { CloseDialog } from './CloseDialog'
import { Composer } from './Composer'
import { Ended, Unfinished } from './Ended'
import { Messages } from './Messages'
import { TransferDialog } from './TransferDialog'
import { lastUnread } from './unread'

export function Conversation({ id }: { id: string }) {
  const spoken = useTexts()
  const { t, word } = spoken
  const me = useMe()
  const { data: chat, error } = useQuery(chatQuery(id))
  const [text, setText] = useDraft(`chat ${id}`, 'text', '')
  const [dialog, setDialog] = useState<'transfer' | 'close' | null>(null)
  const gone = error instanceof Refusal && error.status === 404
  if (gone) return <Ended id={id} />
  if (error && !chat) return <p className="notice bad">{sentence(error, spoken)}</p>
  if (!chat) return <p className="notice">{t('app.loading')}</p>
  const mine = chat.agent !== null && chat.agent === me.agent && chat.state === 'talking'
  return (
    <>
      <section className="panel chat" aria-labelledby="chat-title">
        <div className="row">
          <h2 id="chat-title" className="grow">
            {word('matter', chat.matter)} · {word('speech', chat.language)} ·{' '}
            {word('chats.state', chat.state)}
          </h2>
          <GuidanceDrawer
            language={chat.language}
            about={chat.id}
            matter={chat.matter}
            {...(mine
              ? { onInsert: (body: string) => setText(text ? `${text}\n${body}` : body) }
              : {})}
          />
          {mine && (
            <>
              <Button size="small" onClick={() => setDialog('transfer')}>
                {t('chats.transfer')}
              </Button>
              <Button size="small" onClick={() => setDialog('close')}>
                {t('chats.close')}
              </Button>
            </>
          )}
        </div>
        {mine && <Reading chat={chat} />}
        <Messages chat={chat} />
        {error && <Alert type="warning" role="alert" title={sentence(error, spoken)} />}
        {mine ? (
          <Composer chat={chat} text={text} onText={setText} />
        ) : (
          <p className="quiet">
            {chat.outcome
              ? t('chats.ended', { how: word('chats.outcome', chat.outcome) })
              : t('chats.readonly')}
          </p>
        )}
        {!mine && chat.outcome && <Unfinished id={chat.id} />}
        {dialog === 'transfer' && <TransferDialog chat={chat} onClose={() => setDialog(null)} />}
        {dialog === 'close' && <CloseDialog chat={chat} onClose={() => setDialog(null)} />}
      </section>
      <Beside interaction={chat.id} up={mine} />
    </>
  )
}

/** What is shown to somebody who looks at it has been read. */
function Reading({ chat }: { chat: ChatView }) {
  const through = lastUnread(chat.messages)
  useEffect(() => {
    if (through === 0) return
    const tell = () => {
      // A lost sign is given again with the next message.
      if (document.visibilityState === 'visible')
        void tellRead(chat.id, through).catch(() => undefined)
    }
    tell()
    document.addEventListener('visibilitychange', tell)
    return () => document.removeEventListener('visibilitychange', tell)
  }, [chat.id, through])
  return null
}
