/** Passing a chat on: to a queue, or to a colleague who is there; the note is for colleagues. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App as Messages, Input } from 'antd'
import { useState } from 'react'
import { transferChat, type ChatView } from '@/api/chats'
import { agentsQuery } from '@/api/routing'
import { sentence } from '@/api/sentences'
import { Dialog } from '@/app/Dialog'
import { useMe } from '@/app/me'
import { queries } from '@/app/parts'
import { discard, useDraft } from '@/drafts/drafts'
import { useTexts } from '@/texts'

const MATTERS = [
  'general',
  'account',
  'limit',
  'points',
  'personal',
  'complaint',
  'urgent',
] as const

export function TransferDialog({ chat, onClose }: { chat: ChatView; onClose: () => void }) {
  const spoken = useTexts()
  const { t } = spoken
  const me = useMe()
  const { message } = Messages.useApp()
  const about = `chat ${chat.id}`
  const [matter, setMatter] = useState('')
  const [agent, setAgent] = useState('')
  const [note, setNote] = useDraft(about, 'transfer', '')
  const { data: agents } = useQuery(agentsQuery)
  const pass = useMutation({
    mutationFn: () => transferChat(chat.id, matter, agent, note),
    onSuccess: async () => {
      discard(about)
      void message.success(t('chats.transferred'))
      onClose()
      await queries.invalidateQueries({ queryKey: ['chats'] })
    },
  })
  return (
    <Dialog
      open
      title={t('chats.transfer')}
      okText={t('chats.transfer')}
      cancelText={t('app.cancel')}
      confirmLoading={pass.isPending}
      onOk={() => pass.mutate()}
      onCancel={onClose}
    >
      {pass.isError && <Alert type="error" role="alert" title={sentence(pass.error, spoken)} />}
      <p className="field">
        <label htmlFor="chat-matter">{t('chats.transfer.matter')}</label>
        <select
          id="chat-matter"
          autoFocus
          value={matter}
          onChange={(event) => setMatter(event.target.value)}
        >
          <option value="">{t('chats.transfer.same')}</option>
          {MATTERS.map((one) => (
            <option key={one} value={one}>
              {t(`matter.${one}`)}
            </option>
          ))}
        </select>
      </p>
      <p className="field">
        <label htmlFor="chat-agent">{t('chats.transfer.agent')}</label>
        <select id="chat-agent" value={agent} onChange={(event) => setAgent(event.target.value)}>
          <option value="">{t('chats.transfer.anybody')}</option>
          {agents
            ?.filter((one) => one.id !== me.agent)
            .map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
        </select>
      </p>
      <p className="field">
        <label htmlFor="chat-note">{t('chats.transfer.note')}</label>
        <Input.TextArea
          id="chat-note"
          rows={3}
          maxLength={1000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </p>
    </Dialog>
  )
}
