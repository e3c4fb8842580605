/** Where a change of data stands: its second side, the time in which it can be undone. */
import { useMutation } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { cancelChange, confirmChange, type ChangeView } from '@/api/acts'
import type { View } from '@/api/client'
import { moment } from '@/format/format'
import { useTexts } from '@/texts'
import { readAgain } from './form'
import { Failure, Refused } from './Outcome'
import { Said } from './Said'
import { Missing } from './Why'

interface Props {
  interaction: string
  change: ChangeView
  up: boolean
}

export function ChangeSteps({ interaction, change: before, up }: Props) {
  const { t, word, language } = useTexts()
  const [branch, setBranch] = useState('')
  const step = useMutation({
    mutationFn: (body: View['ConfirmBody'] | null) =>
      body === null
        ? cancelChange(interaction, before.id)
        : confirmChange(interaction, before.id, body),
    onSuccess: () => readAgain(interaction),
  })
  const change = step.data?.change ?? before
  const what = word('acts.field', change.field)
  const until = change.cooling_until ? moment(change.cooling_until, language) : ''
  return (
    <>
      <dl className="facts">
        <dt>{what}</dt>
        <dd className="figures">
          {change.was ?? t('app.none')} → {change.wanted}
        </dd>
        <dt>{t('acts.state')}</dt>
        <dd>{word('acts.change.state', change.state)}</dd>
        {change.state === 'requested' && (
          <>
            <dt>{t('acts.change.lapses')}</dt>
            <dd>{moment(change.lapses_at, language)}</dd>
          </>
        )}
        {until && (
          <>
            <dt>{t('acts.change.cooling')}</dt>
            <dd>{until}</dd>
          </>
        )}
      </dl>
      <Failure error={step.error} />
      {step.data && !step.data.allowed && <Refused verdict={step.data.verdict} />}
      {change.state === 'requested' && (
        <>
          <Said>{t('acts.change.said.requested', { what })}</Said>
          <Missing interaction={interaction} missing={['one_time_code']} up={up} covers />
          <p className="row">
            <Button
              type="primary"
              loading={step.isPending}
              onClick={() => step.mutate({ side: 'old_phone', branch: '' })}
            >
              {t('acts.change.confirm')}
            </Button>
            <label htmlFor={`branch-${change.id}`}>{t('acts.change.branch')}</label>
            <Input
              id={`branch-${change.id}`}
              className="short"
              maxLength={80}
              value={branch}
              onChange={(event) => setBranch(event.target.value)}
            />
            <Button
              disabled={!branch.trim() || step.isPending}
              onClick={() => step.mutate({ side: 'branch', branch: branch.trim() })}
            >
              {t('acts.change.confirm.branch')}
            </Button>
          </p>
        </>
      )}
      {change.state === 'cooling' && <Said>{t('acts.change.said.cooling', { what, until })}</Said>}
      {change.state === 'cancelled' && step.data && (
        <Said>{t('acts.change.said.cancelled', { what })}</Said>
      )}
      {(change.state === 'requested' || change.state === 'cooling') && (
        <Button danger size="small" loading={step.isPending} onClick={() => step.mutate(null)}>
          {t('acts.change.cancel')}
        </Button>
      )}
    </>
  )
}
