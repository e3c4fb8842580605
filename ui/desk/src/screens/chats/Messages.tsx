/** What was said, by whom, when, and how far it went; new words keep the end in view. */
import { useEffect, useRef } from 'react'
import { useQuery } from '@tanstack/react-query'
import { fileAddress, type ChatMessage, type ChatView } from '@/api/chats'
import { agentsQuery } from '@/api/routing'
import { clock } from '@/format/format'
import { useTexts } from '@/texts'
import { bytes, isPicture, tickOf } from './unread'

const MARK = { sent: '✓', delivered: '✓✓', read: '✓✓' } as const

export function Messages({ chat }: { chat: ChatView }) {
  const { t } = useTexts()
  const { data: agents } = useQuery(agentsQuery)
  const list = useRef<HTMLDivElement>(null)
  const last = chat.messages.at(-1)?.number ?? 0
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight })
  }, [last, chat.holder_typing])
  return (
    <div ref={list} className="messages" role="log" tabIndex={0} aria-label={t('chats.messages')}>
      {chat.messages.map((one) => (
        <Message
          key={one.number}
          chat={chat.id}
          message={one}
          agent={agents?.find((each) => each.id === one.agent)?.name ?? one.agent ?? ''}
        />
      ))}
      <p className="quiet typing">{chat.holder_typing && t('chats.typing')}</p>
    </div>
  )
}

interface Props {
  chat: string
  message: ChatMessage
  agent: string
}

function Message({ chat, message, agent }: Props) {
  const { t } = useTexts()
  const tick = tickOf(message)
  const who =
    message.author === 'agent'
      ? t('chats.by.agent', { name: agent })
      : t(`chats.by.${message.author}`)
  return (
    <div className={`message ${message.author} ${message.staff_only ? 'note' : ''}`}>
      <div className="quiet">
        {who} <time dateTime={message.at}>{clock(message.at)}</time>
        {message.staff_only && <strong className="warn"> {t('chats.note')}</strong>}
        {message.masked.length > 0 && <strong className="warn"> {t('chats.masked')}</strong>}
      </div>
      {message.text && <div className="text">{message.text}</div>}
      {message.file && <File chat={chat} file={message.file} />}
      {tick && (
        <div className={`tick ${tick === 'read' ? 'good' : 'quiet'}`}>
          <span aria-hidden="true">{MARK[tick]}</span> {t(`chats.tick.${tick}`)}
        </div>
      )}
    </div>
  )
}

function File({ chat, file }: { chat: string; file: NonNullable<ChatMessage['file']> }) {
  const address = fileAddress(chat, file.id)
  if (isPicture(file.kind))
    return (
      <a href={address} target="_blank" rel="noreferrer">
        <img className="attached" src={address} alt={file.name} />
      </a>
    )
  return (
    <a href={address} download={file.name}>
      {file.name} <span className="quiet">{bytes(file.bytes)}</span>
    </a>
  )
}
