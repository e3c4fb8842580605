/** The plan for a holder: what holds, what is proposed, and writing another one. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Alert, App as Messages, Button, Input } from 'antd'
import { useState } from 'react'
import { plansQuery, proposePlan, type PlanView } from '@/api/plans'
import { queries } from '@/app/parts'
import { discard, useDraft } from '@/drafts/drafts'
import { DateField } from '@/format/DateField'
import { moment } from '@/format/format'
import { fromLocalInput, toLocalInput } from '@/format/zone'
import { serverNow } from '@/live/clock'
import { useTexts } from '@/texts'
import { Failure } from './acts/Outcome'

const LEAST = 10
const MONTH_MS = 30 * 86_400_000

interface Props {
  interaction: string
  holder: string
  onClose: () => void
}

export function Plan({ interaction, holder, onClose }: Props) {
  const { t } = useTexts()
  const { message } = Messages.useApp()
  const { data: plans, error } = useQuery(plansQuery(holder))
  const [text, setText] = useDraft(interaction, 'plan', '')
  const [until, setUntil] = useState(() =>
    toLocalInput(new Date(serverNow() + MONTH_MS).toISOString()).slice(0, 10),
  )
  const ends = fromLocalInput(`${until}T00:00`)
  const write = useMutation({
    mutationFn: (end: string) => proposePlan(holder, text, end),
    onSuccess: async () => {
      discard(interaction, 'plan')
      await queries.invalidateQueries({ queryKey: ['plans'] })
      void message.success(t('plan.proposed'))
      onClose()
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (ends) write.mutate(ends)
      }}
    >
      <Failure error={error ?? write.error} />
      <p className="quiet text">{t('plan.what')}</p>
      <Known title={t('plan.current')} plan={plans?.current ?? null} />
      <Known title={t('plan.waits')} plan={plans?.proposed ?? null} />
      {plans?.proposed && <Alert type="info" role="status" title={t('plan.replaces')} />}
      <p className="field">
        <label htmlFor="plan-text">{t('plan.text')}</label>
        <Input.TextArea
          id="plan-text"
          autoFocus
          rows={4}
          maxLength={4000}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </p>
      <p className="field">
        <label htmlFor="plan-until">{t('plan.until')}</label>
        <DateField id="plan-until" value={until} onChange={setUntil} />
      </p>
      <Button
        type="primary"
        htmlType="submit"
        loading={write.isPending}
        disabled={text.trim().length < LEAST || ends === null}
      >
        {t('plan.propose')}
      </Button>
    </form>
  )
}

function Known({ title, plan }: { title: string; plan: PlanView | null }) {
  const { t, language } = useTexts()
  if (plan === null) return null
  return (
    <>
      <h3>{title}</h3>
      <p className="text">{plan.text}</p>
      <p className="quiet">
        {t('plan.by', { who: plan.author, until: moment(plan.valid_to, language) })}
      </p>
    </>
  )
}
