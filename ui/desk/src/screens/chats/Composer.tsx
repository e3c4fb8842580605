/** Writing to the holder: kept while it is typed, sent by Enter, never in mid-composition. */
import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Input } from 'antd'
import type { TextAreaRef } from 'antd/es/input/TextArea'
import { useRef, useState } from 'react'
import { tellTyping, writeMessage, type ChatView } from '@/api/chats'
import { Refusal } from '@/api/client'
import { sentence } from '@/api/sentences'
import { queries } from '@/app/parts'
import { composes } from '@/keys/map'
import { useKeys } from '@/keys/useKeys'
import { useTexts } from '@/texts'

const TYPING_MS = 3000
const MOST = 2000

interface Props {
  chat: ChatView
  text: string
  onText: (text: string) => void
}

export function Composer({ chat, text, onText }: Props) {
  const spoken = useTexts()
  const { t } = spoken
  const field = useRef<TextAreaRef>(null)
  const told = useRef(0)
  // The same words sent twice are one message, so that a lost answer can be asked for again.
  const [key, setKey] = useState(() => crypto.randomUUID())
  const write = useMutation({
    mutationFn: (words: string) => writeMessage(chat.id, words, key),
    onSuccess: async () => {
      onText('')
      setKey(crypto.randomUUID())
      await queries.invalidateQueries({ queryKey: ['chats', 'one', chat.id] })
    },
  })
  useKeys([
    {
      keys: 'r',
      text: 'chats.key.write',
      group: 'chats.group',
      run: () => field.current?.focus(),
    },
  ])
  const send = () => {
    if (text.trim() && !write.isPending) write.mutate(text)
  }
  const type = (next: string) => {
    onText(next)
    if (write.isError) {
      write.reset()
      setKey(crypto.randomUUID())
    }
    if (next === '' || Date.now() - told.current < TYPING_MS) return
    told.current = Date.now()
    // That somebody types is news of a moment: lost, it is not told again.
    void tellTyping(chat.id).catch(() => undefined)
  }
  const secret = write.error instanceof Refusal && write.error.code === 'asks-for-secret'
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {write.isError && (
        <Alert
          type="error"
          role="alert"
          title={secret ? t('chats.secret') : sentence(write.error, spoken)}
          description={secret ? t('chats.secret.why') : undefined}
        />
      )}
      {write.data && write.data.masked.length > 0 && !text && (
        <Alert type="warning" role="status" title={t('call.note.masked')} />
      )}
      <label htmlFor="chat-text">{t('chats.write')}</label>
      <Input.TextArea
        ref={field}
        id="chat-text"
        autoFocus
        rows={3}
        maxLength={MOST}
        value={text}
        readOnly={write.isPending}
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || composes(event.nativeEvent)) return
          event.preventDefault()
          send()
        }}
      />
      <div className="row">
        <Button type="primary" htmlType="submit" loading={write.isPending} disabled={!text.trim()}>
          {t('chats.send')} <kbd>{'Enter'}</kbd>
        </Button>
      </div>
    </form>
  )
}
