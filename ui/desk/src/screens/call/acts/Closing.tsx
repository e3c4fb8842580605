/** Closing a card: everything that still stands against it, the cooling period, keeping it. */
import { useMutation } from '@tanstack/react-query'
import { Button, Checkbox } from 'antd'
import { useState } from 'react'
import { closeCard, keepCard, type ClosureView } from '@/api/acts'
import { moment } from '@/format/format'
import { useTexts } from '@/texts'
import { readAgain, type FormProps } from './form'
import { Failure, Refused } from './Outcome'
import { Said } from './Said'

export function Closing({ act, interaction }: FormProps) {
  const { t } = useTexts()
  const [given, setGiven] = useState(false)
  const points = act.verdict.reasons.some((one) => one.code === 'points-left')
  const card = act.card
  const close = useMutation({
    mutationFn: (id: string) => closeCard(interaction, id, given),
    onSuccess: () => readAgain(interaction),
  })
  if (close.data?.allowed && close.data.closure && card)
    return <ClosureSteps interaction={interaction} closure={close.data.closure} tail={card.tail} />
  if (!card) return null
  return (
    <>
      <Failure error={close.error} />
      {close.data && <Refused verdict={close.data.verdict} />}
      <p className="text">{t('acts.close.rule')}</p>
      {points && (
        <p>
          <Checkbox checked={given} onChange={(event) => setGiven(event.target.checked)}>
            {t('acts.close.points')}
          </Checkbox>
        </p>
      )}
      <Button
        type="primary"
        danger
        autoFocus
        loading={close.isPending}
        disabled={points && !given}
        onClick={() => close.mutate(card.id)}
      >
        {t('acts.close.do', { tail: card.tail })}
      </Button>
    </>
  )
}

interface Props {
  interaction: string
  closure: ClosureView
  tail: string
}

export function ClosureSteps({ interaction, closure: before, tail }: Props) {
  const { t, word, language } = useTexts()
  const keep = useMutation({
    mutationFn: () => keepCard(interaction, before.id),
    onSuccess: () => readAgain(interaction),
  })
  const closure = keep.data?.closure ?? before
  const time = moment(closure.closes_at, language)
  return (
    <>
      <p>
        <span className="figures">•••• {tail}</span>{' '}
        <strong>{word('acts.close.state', closure.state)}</strong>
      </p>
      <Failure error={keep.error} />
      {keep.data && !keep.data.allowed && <Refused verdict={keep.data.verdict} />}
      {closure.state === 'cooling' && (
        <>
          <Said>{t('acts.close.said', { tail, time })}</Said>
          <Button loading={keep.isPending} onClick={() => keep.mutate()}>
            {t('acts.close.keep')}
          </Button>
        </>
      )}
      {closure.state === 'withdrawn' && keep.data && (
        <Said>{t('acts.close.said.kept', { tail })}</Said>
      )}
    </>
  )
}
