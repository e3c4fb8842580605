/** Take in what the caller reports of a scam, and freeze a card with it; freezing comes first. */
import { useMutation } from '@tanstack/react-query'
import { Alert, App as Messages, Button, Input } from 'antd'
import { useState } from 'react'
import { reportScam } from '@/api/trust'
import type { ShownCard } from '@/api/workplace'
import { Dialog } from '@/app/Dialog'
import { queries } from '@/app/parts'
import { discard, useDraft } from '@/drafts/drafts'
import { useKeys } from '@/keys/useKeys'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { Failure } from './acts/Outcome'
import { saysWhy } from './HoldPart'

interface Props {
  interaction: string
  cards: readonly ShownCard[]
  /** Beside chats the key is that of the next chat. */
  keyed?: boolean
}

export function ScamReport({ interaction, cards, keyed = true }: Props) {
  const { t } = useTexts()
  const [open, setOpen] = useState(false)
  useKeys([{ keys: 'x', text: 'scam.report', group: 'call.group', run: () => setOpen(true) }], {
    active: keyed,
  })
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        {t('scam.report')} {keyed && <kbd>{'X'}</kbd>}
      </Button>
      {open && <Form interaction={interaction} cards={cards} onClose={() => setOpen(false)} />}
    </>
  )
}

function Form({ interaction, cards, onClose }: Props & { onClose: () => void }) {
  const { t, language } = useTexts()
  const { message } = Messages.useApp()
  const [key] = useState(() => crypto.randomUUID())
  const [kind, setKind] = useState<'message' | 'call'>('message')
  const [text, setText] = useDraft(interaction, 'scam', '')
  const [sender, setSender] = useState('')
  const [secrets, setSecrets] = useState(false)
  const [paid, setPaid] = useState(false)
  const [freeze, setFreeze] = useState('')
  const [plausible, setPlausible] = useDraft(interaction, 'scam-plausible', '')
  const card = cards.find((one) => one.id === freeze)
  const send = useMutation({
    mutationFn: () =>
      reportScam(interaction, {
        key,
        kind,
        text,
        sender,
        secrets_told: secrets,
        paid,
        freeze: freeze || null,
        plausible,
      }),
    onSuccess: async (told) => {
      await queries.invalidateQueries({ queryKey: ['interactions', interaction] })
      if (!told.allowed || !told.report) return
      discard(interaction, 'scam')
      const words = [t('scam.report.taken', { id: told.report.id })]
      if (card && told.frozen)
        words.push(
          told.frozen.allowed
            ? t('scam.report.frozen', { tail: card.tail })
            : t('scam.report.unfrozen'),
        )
      void message.success(words.join(' '), 8)
      onClose()
    },
  })
  const refused = send.data?.allowed === false ? send.data.refusals : null
  const frozen = cards.filter((one) => one.state === 'active' || one.state === 'held')
  return (
    <Dialog
      open
      title={t('scam.report.title')}
      okText={t('scam.report.send')}
      cancelText={t('app.cancel')}
      confirmLoading={send.isPending}
      okButtonProps={{
        disabled: text.trim().length < 2 || (plausible !== '' && !saysWhy(plausible)),
      }}
      onOk={() => send.mutate()}
      onCancel={onClose}
    >
      <Failure error={send.error} />
      {refused && (
        <Alert
          type="warning"
          role="alert"
          title={t('scam.report.refused')}
          description={refused
            .map((one) => (one.words ? inLanguage(one.words, language) : one.code))
            .join(' · ')}
        />
      )}
      <fieldset className="plainset row">
        <legend>{t('scam.what')}</legend>
        {(['message', 'call'] as const).map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="scam-kind"
              checked={one === kind}
              onChange={() => setKind(one)}
            />{' '}
            {t(`scam.kind.${one}`)}
          </label>
        ))}
      </fieldset>
      <p className="field">
        <label htmlFor="scam-text">{t('scam.report.text')}</label>
        <Input.TextArea
          id="scam-text"
          autoFocus
          rows={4}
          maxLength={4000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <span className="quiet">{t('scam.report.text.hint')}</span>
      </p>
      <p className="field">
        <label htmlFor="scam-sender">{t('scam.report.sender')}</label>
        <Input
          id="scam-sender"
          maxLength={80}
          value={sender}
          onChange={(event) => setSender(event.target.value)}
        />
      </p>
      <p>
        <label>
          <input
            type="checkbox"
            checked={secrets}
            onChange={(event) => setSecrets(event.target.checked)}
          />{' '}
          {t('scam.report.secrets')}
        </label>
        <br />
        <label>
          <input
            type="checkbox"
            checked={paid}
            onChange={(event) => setPaid(event.target.checked)}
          />{' '}
          {t('scam.report.paid')}
        </label>
      </p>
      {frozen.length > 0 && (
        <p className="field">
          <label htmlFor="scam-freeze">{t('scam.report.freeze')}</label>
          <select
            id="scam-freeze"
            value={freeze}
            onChange={(event) => setFreeze(event.target.value)}
          >
            <option value="">{t('scam.report.freeze.none')}</option>
            {frozen.map((one) => (
              <option key={one.id} value={one.id}>{`•••• ${one.tail}`}</option>
            ))}
          </select>
        </p>
      )}
      {freeze && (
        <p className="field">
          <label htmlFor="scam-plausible">{t('scam.report.plausible')}</label>
          <Input
            id="scam-plausible"
            maxLength={500}
            value={plausible}
            onChange={(event) => setPlausible(event.target.value)}
          />
        </p>
      )}
    </Dialog>
  )
}
