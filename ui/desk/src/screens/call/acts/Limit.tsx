/** Another limit: the decision of the rule with all its reasons; a lower offer to take or leave. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { accountQuery, askForLimit } from '@/api/acts'
import { useTexts } from '@/texts'
import { DateField } from '@/format/DateField'
import { money } from '@/format/format'
import { unitOf } from '@/format/sums'
import { readAgain, type FormProps } from './form'
import { fenOf } from './kinds'
import { LimitDecision } from './LimitDecision'
import { Failure, Refused } from './Outcome'
import { Why } from './Why'

type Term = 'permanent' | 'temporary'
const TERMS: readonly Term[] = ['permanent', 'temporary']

export function Limit({ act, interaction, press }: FormProps) {
  const { t, word, language } = useTexts()
  const [wanted, setWanted] = useState('')
  const [term, setTerm] = useState<Term>('permanent')
  const [until, setUntil] = useState('')
  const [tries, setTries] = useState(0)
  const { data } = useQuery(accountQuery(interaction))
  const account = data?.accounts.find((one) => one.id === act.account)
  const fen = fenOf(wanted)
  const ask = useMutation({
    mutationFn: (amount: number) =>
      askForLimit(interaction, {
        account: act.account ?? '',
        wanted: amount,
        term,
        key: `${press}-${tries}`,
        ...(term === 'temporary' ? { until } : {}),
      }),
    onSuccess: () => readAgain(interaction),
  })
  if (ask.data?.request && ask.data.outcome)
    return (
      <>
        <LimitDecision interaction={interaction} request={ask.data.request} fresh />
        <Why reasons={ask.data.verdict.reasons} />
      </>
    )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        setTries(tries + 1)
        if (fen !== null) ask.mutate(fen)
      }}
    >
      <Failure error={ask.error} />
      {ask.data && <Refused verdict={ask.data.verdict} />}
      {account && (
        <p>
          {t('acts.limit.present')}{' '}
          <strong className="figures">
            {money(account.credit_limit.fen, account.currency, language)}
          </strong>
        </p>
      )}
      <p className="field">
        <label htmlFor="limit-wanted">
          {t('acts.limit.wanted', { unit: account ? unitOf(account.currency, word) : '' })}
        </label>
        <Input
          id="limit-wanted"
          inputMode="numeric"
          maxLength={12}
          value={wanted}
          onChange={(event) => {
            setWanted(event.target.value)
            ask.reset()
          }}
        />
      </p>
      <fieldset className="plainset row">
        <legend>{t('acts.limit.term')}</legend>
        {TERMS.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="limit-term"
              checked={one === term}
              onChange={() => setTerm(one)}
            />{' '}
            {t(`acts.limit.${one}`)}
          </label>
        ))}
      </fieldset>
      {term === 'temporary' && (
        <p className="field">
          <label htmlFor="limit-until">{t('acts.limit.until')}</label>
          <DateField id="limit-until" value={until} onChange={setUntil} />
        </p>
      )}
      <Button
        type="primary"
        htmlType="submit"
        loading={ask.isPending}
        disabled={fen === null || (term === 'temporary' && !until)}
      >
        {t('acts.limit.ask')}
      </Button>
    </form>
  )
}
