/** A limit that the rule referred to a person. */
import { useMutation } from '@tanstack/react-query'
import { Input } from 'antd'
import { useState } from 'react'
import { decideLimit, type LimitRequestView } from '@/api/approvals'
import { queries } from '@/app/parts'
import { discard } from '@/drafts/drafts'
import { amountOf, moment } from '@/format/format'
import { Failure, Refused } from '@/screens/call/acts/Outcome'
import { fenWithCents, unitOf } from '@/format/sums'
import { useTexts } from '@/texts'
import { Why } from './Why'

export function LimitApproval({ request }: { request: LimitRequestView }) {
  const { t, word, language } = useTexts()
  const about = `approval ${request.id}`
  const [amount, setAmount] = useState('')
  const fen = amount.trim() ? fenWithCents(amount) : undefined
  const decide = useMutation({
    mutationFn: ({ agreed, why }: { agreed: boolean; why: string }) =>
      decideLimit(request.id, {
        decision: agreed ? 'grant' : 'refuse',
        why,
        ...(agreed && fen ? { amount: fen } : {}),
      }),
    onSuccess: async (told) => {
      // `allowed` is about the whole amount: what was decided is read from the request.
      if (told.request?.state === 'referred' || !told.request) return
      discard(about)
      await queries.invalidateQueries({ queryKey: ['cases'] })
    },
  })
  const refused = decide.data && (!decide.data.request || decide.data.request.state === 'referred')
  return (
    <section className="panel" aria-label={t('approval.limit')}>
      <h2>{t('approval.limit')}</h2>
      <p>
        {word('acts.limit', request.term)}{' '}
        <span className="figures">
          {amountOf(request.present, language)} → {amountOf(request.wanted, language)}
        </span>{' '}
        <span className="quiet">
          {t('approval.asked', {
            who: request.requested_by,
            when: moment(request.requested_at, language),
          })}
        </span>
      </p>
      <Failure error={decide.error} />
      {refused && <Refused verdict={decide.data.verdict} />}
      <p className="field">
        <label htmlFor={`${about} amount`}>
          {t('approval.amount', { unit: unitOf(request.wanted.currency, word) })}
        </label>
        <Input
          id={`${about} amount`}
          inputMode="decimal"
          maxLength={14}
          placeholder={request.wanted.yuan}
          value={amount}
          onChange={(event) => setAmount(event.target.value)}
        />
      </p>
      <Why
        about={about}
        yes={t('approval.grant')}
        no={t('approval.refuse')}
        busy={decide.isPending}
        least={15}
        ready={fen !== null}
        onDecide={(agreed, why) => decide.mutate({ agreed, why })}
      />
    </section>
  )
}
