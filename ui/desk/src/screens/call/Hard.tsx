/** Hard conversations: guidance first, a lead who joins, a warning on record, then a polite end. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App as Messages, Button, Checkbox, Input } from 'antd'
import { useState } from 'react'
import { askForHelp } from '@/api/calls'
import { sentence } from '@/api/sentences'
import { catalogueQuery, endPolitely, warn } from '@/api/workplace'
import { Dialog } from '@/app/Dialog'
import { Panel } from '@/app/Panel'
import { queries } from '@/app/parts'
import { discard, useDraft } from '@/drafts/drafts'
import { useKeys } from '@/keys/useKeys'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { Plan } from './Plan'

type What = 'help' | 'warn' | 'plan' | 'end'

interface HardProps {
  interaction: string
  /** Whom the conversation is about, where that is known. */
  holder: string | null
  /** A lead joins calls; in a chat there is nothing to join. */
  door?: 'call' | 'chat'
}

export function Hard({ interaction, holder, door = 'call' }: HardProps) {
  const { t } = useTexts()
  // What is shown stays while its dialog goes, so that a quick hand opens the next one whole.
  const [what, setWhat] = useState<What>('help')
  const [open, setOpen] = useState(false)
  const show = (chosen: What) => {
    setWhat(chosen)
    setOpen(true)
  }
  const close = () => setOpen(false)
  const call = door === 'call'
  useKeys([{ keys: 'l', text: 'call.key.help', group: 'call.group', run: () => show('help') }], {
    active: call,
  })
  const polite = t(call ? 'call.hard.end' : 'chats.hard.end')
  const titles = {
    help: t('phone.help'),
    warn: t('call.hard.warn'),
    plan: t('plan.title'),
    end: polite,
  }
  return (
    <Panel title={t(call ? 'call.hard' : 'chats.hard')}>
      <p className="quiet text">{t(call ? 'call.hard.advice' : 'chats.hard.advice')}</p>
      <div className="row">
        {call && (
          <Button size="small" onClick={() => show('help')}>
            {t('phone.help')} <kbd>L</kbd>
          </Button>
        )}
        <Button size="small" onClick={() => show('warn')}>
          {t('call.hard.warn')}
        </Button>
        {holder !== null && (
          <Button size="small" onClick={() => show('plan')}>
            {t('plan.title')}
          </Button>
        )}
        <Button size="small" onClick={() => show('end')}>
          {polite}
        </Button>
      </div>
      <Dialog open={open} title={titles[what]} footer={null} onCancel={close} destroyOnHidden>
        {what === 'help' && <Help interaction={interaction} onClose={close} />}
        {what === 'warn' && <Warn interaction={interaction} onClose={close} />}
        {what === 'plan' && holder !== null && (
          <Plan interaction={interaction} holder={holder} onClose={close} />
        )}
        {what === 'end' && <End interaction={interaction} label={polite} onClose={close} />}
      </Dialog>
    </Panel>
  )
}

interface Props {
  interaction: string
  onClose: () => void
}

function Help({ interaction, onClose }: Props) {
  const spoken = useTexts()
  const { t } = spoken
  const { message } = Messages.useApp()
  const [reason, setReason] = useDraft(interaction, 'help', '')
  const ask = useMutation({
    mutationFn: () => askForHelp(interaction, reason),
    onSuccess: () => {
      discard(interaction, 'help')
      void message.success(t('phone.help.sent'))
      onClose()
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        ask.mutate()
      }}
    >
      {ask.isError && <Alert type="error" role="alert" title={sentence(ask.error, spoken)} />}
      <p className="field">
        <label htmlFor="help-why">{t('phone.help.reason')}</label>
        <Input
          id="help-why"
          autoFocus
          maxLength={200}
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
      </p>
      <Button
        type="primary"
        htmlType="submit"
        loading={ask.isPending}
        disabled={reason.trim().length < 2}
      >
        {t('phone.help')}
      </Button>
    </form>
  )
}

function Warn({ interaction, onClose }: Props) {
  const spoken = useTexts()
  const { t, language } = spoken
  const { message } = Messages.useApp()
  const { data: words } = useQuery(catalogueQuery)
  const [category, setCategory] = useDraft(interaction, 'warning-kind', '')
  const [said, setSaid] = useDraft(interaction, 'warning-words', '')
  const write = useMutation({
    mutationFn: () => warn(interaction, category, said),
    onSuccess: async () => {
      discard(interaction, 'warning')
      await queries.invalidateQueries({ queryKey: ['interactions', interaction] })
      void message.success(t('call.hard.warned'))
      onClose()
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        write.mutate()
      }}
    >
      {write.isError && <Alert type="error" role="alert" title={sentence(write.error, spoken)} />}
      <p className="field">
        <label htmlFor="warn-kind">{t('call.hard.category')}</label>
        <select
          id="warn-kind"
          autoFocus
          value={category}
          onChange={(event) => setCategory(event.target.value)}
        >
          <option value="">{t('call.wrapup.pick')}</option>
          {words?.categories.map((one) => (
            <option key={one.code} value={one.code}>
              {inLanguage(one, language)}
            </option>
          ))}
        </select>
      </p>
      <p className="field">
        <label htmlFor="warn-words">{t('call.hard.words')}</label>
        <Input.TextArea
          id="warn-words"
          rows={3}
          maxLength={1000}
          value={said}
          onChange={(event) => setSaid(event.target.value)}
        />
      </p>
      <Button
        type="primary"
        htmlType="submit"
        loading={write.isPending}
        disabled={!category || !said.trim()}
      >
        {t('call.hard.warn')}
      </Button>
    </form>
  )
}

function End({ interaction, label, onClose }: Props & { label: string }) {
  const spoken = useTexts()
  const { t, language } = spoken
  const [freeze, setFreeze] = useState(false)
  const [complaint, setComplaint] = useState(false)
  const end = useMutation({
    mutationFn: () =>
      endPolitely(interaction, { freeze_asked: freeze, complaint_asked: complaint }),
    onSuccess: async (told) => {
      if (!told.allowed) return
      onClose()
      await queries.invalidateQueries({ queryKey: ['chats'] })
    },
  })
  const against = end.data?.allowed === false ? end.data.verdict.reasons : []
  return (
    <>
      {end.isError && <Alert type="error" role="alert" title={sentence(end.error, spoken)} />}
      <p>
        <Checkbox checked={freeze} onChange={(event) => setFreeze(event.target.checked)}>
          {t('call.hard.freeze')}
        </Checkbox>
      </p>
      <p>
        <Checkbox checked={complaint} onChange={(event) => setComplaint(event.target.checked)}>
          {t('call.hard.complaint')}
        </Checkbox>
      </p>
      {against.length > 0 && (
        <Alert
          type="warning"
          role="alert"
          title={t('call.hard.refused')}
          description={against.map((one) => inLanguage(one, language)).join(' · ')}
        />
      )}
      <Button danger loading={end.isPending} onClick={() => end.mutate()}>
        {label}
      </Button>
    </>
  )
}
