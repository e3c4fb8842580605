/** Ending a chat, and how it ended. */
import { useMutation } from '@tanstack/react-query'
import { Alert, App as Messages, Modal } from 'antd'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { OUTCOMES, closeChat, type ChatView, type Outcome } from '@/api/chats'
import { sentence } from '@/api/sentences'
import { queries } from '@/app/parts'
import { discard } from '@/drafts/drafts'
import { useTexts } from '@/texts'

export function CloseDialog({ chat, onClose }: { chat: ChatView; onClose: () => void }) {
  const spoken = useTexts()
  const { t } = spoken
  const { message } = Messages.useApp()
  const [, go] = useLocation()
  const [outcome, setOutcome] = useState<Outcome>('resolved')
  const end = useMutation({
    mutationFn: () => closeChat(chat.id, outcome),
    onSuccess: async () => {
      discard(`chat ${chat.id}`)
      // An agent may not read on in a chat that has ended.
      go('/chats')
      void message.success(t('chats.ended', { how: t(`chats.outcome.${outcome}`) }))
      await queries.invalidateQueries({ queryKey: ['chats'] })
    },
  })
  return (
    <Modal
      open
      title={t('chats.close')}
      okText={t('chats.close')}
      cancelText={t('app.cancel')}
      confirmLoading={end.isPending}
      onOk={() => end.mutate()}
      onCancel={onClose}
    >
      {end.isError && <Alert type="error" role="alert" title={sentence(end.error, spoken)} />}
      <p className="quiet">{t('chats.close.else')}</p>
      <fieldset className="plainset">
        <legend>{t('chats.close.how')}</legend>
        {OUTCOMES.map((one) => (
          <p key={one}>
            <label>
              <input
                type="radio"
                name="chat-outcome"
                checked={one === outcome}
                onChange={() => setOutcome(one)}
              />{' '}
              {t(`chats.outcome.${one}`)}
            </label>
          </p>
        ))}
      </fieldset>
    </Modal>
  )
}
