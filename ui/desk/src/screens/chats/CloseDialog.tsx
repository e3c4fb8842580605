/** Ending a chat: how it ended, and the two questions that come before an end. */
import { useMutation } from '@tanstack/react-query'
import { Alert, App as Messages } from 'antd'
import { useState } from 'react'
import { OUTCOMES, closeChat, type ChatView, type Ending } from '@/api/chats'
import { sentence } from '@/api/sentences'
import { Dialog } from '@/app/Dialog'
import { queries } from '@/app/parts'
import { discard } from '@/drafts/drafts'
import { BothQuestions } from '@/screens/call/BothQuestions'
import { useWrapUp } from '@/screens/call/useWrapUp'
import { useTexts } from '@/texts'
import { WRAPPED_AS, mayClose } from './ending'

export function CloseDialog({ chat, onClose }: { chat: ChatView; onClose: () => void }) {
  const spoken = useTexts()
  const { t } = spoken
  const { message } = Messages.useApp()
  const [outcome, setOutcome] = useState<Ending>('resolved')
  // What is answered here stands in the wrap-up that comes after.
  const { typed, change, save } = useWrapUp(chat.id)
  const asked = typed.anything_else_asked && typed.read_back_confirmed
  const end = useMutation({
    mutationFn: async () => {
      const answered = { ...typed, outcome: typed.outcome || WRAPPED_AS[outcome] }
      change(answered)
      // Kept in this tab in any case: an end waits for no wrap-up.
      await save.mutateAsync(answered).catch(() => undefined)
      return closeChat(chat.id, outcome)
    },
    onSuccess: async () => {
      discard(`chat ${chat.id}`)
      void message.success(t('chats.ended', { how: t(`chats.outcome.${outcome}`) }))
      await queries.invalidateQueries({ queryKey: ['chats'] })
    },
  })
  return (
    <Dialog
      open
      title={t('chats.close')}
      okText={t('chats.close')}
      cancelText={t('app.cancel')}
      confirmLoading={end.isPending}
      okButtonProps={{ disabled: !mayClose(outcome, asked) }}
      onOk={() => end.mutate()}
      onCancel={onClose}
    >
      {end.isError && <Alert type="error" role="alert" title={sentence(end.error, spoken)} />}
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
      {outcome !== 'left' && (
        <fieldset className="plainset">
          <legend>{t('chats.close.before')}</legend>
          <BothQuestions typed={typed} change={change} />
        </fieldset>
      )}
      <p className="quiet">{t('chats.close.polite')}</p>
    </Dialog>
  )
}
