/** Deciding a case: a credit record is corrected only where the bank erred, so that is said first. */
import { useMutation } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { OUTCOMES, decideCase, type CaseView, type Outcome } from '@/api/cases'
import { queries } from '@/app/parts'
import { discard, useDraft } from '@/drafts/drafts'
import { Failure, Refused } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'
import { fenWithCents, unitOf } from '@/format/sums'

const LEAST = 15
/** Outcomes that give money back. */
const PAYS: readonly Outcome[] = ['upheld', 'partly-upheld', 'corrected']

export function Decide({ one }: { one: CaseView }) {
  const { t, word } = useTexts()
  const about = `case ${one.id}`
  const [outcome, setOutcome] = useState<Outcome | ''>('')
  const [erred, setErred] = useState<'' | 'yes' | 'no'>('')
  const [credit, setCredit] = useState('')
  const [findings, setFindings] = useDraft(about, 'findings', '')
  const record = one.kind === 'credit_objection'
  const pays = !record && outcome !== '' && PAYS.includes(outcome)
  const fen = credit.trim() ? fenWithCents(credit) : 0
  const decide = useMutation({
    mutationFn: (chosen: Outcome) =>
      decideCase(one.id, {
        outcome: chosen,
        findings,
        credit: pays ? (fen ?? 0) : 0,
        ...(record && erred ? { bank_erred: erred === 'yes' } : {}),
      }),
    onSuccess: async (told) => {
      if (!told.allowed) return
      discard(about, 'findings')
      await queries.invalidateQueries({ queryKey: ['cases'] })
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (outcome) decide.mutate(outcome)
      }}
    >
      <h3>{t('case.decide')}</h3>
      <Failure error={decide.error} />
      {decide.data && !decide.data.allowed && <Refused verdict={decide.data.verdict} />}
      {record && (
        <fieldset className="plainset row">
          <legend>{t('case.erred')}</legend>
          {(['yes', 'no'] as const).map((answer) => (
            <label key={answer}>
              <input
                type="radio"
                name="erred"
                checked={erred === answer}
                onChange={() => {
                  setErred(answer)
                  setOutcome(answer === 'yes' ? 'corrected' : 'entry-stands')
                  decide.reset()
                }}
              />{' '}
              {t(`case.erred.${answer}`)}
            </label>
          ))}
        </fieldset>
      )}
      {record ? (
        // There is nothing to choose: a true record is never altered, and a wrong one always.
        <div role="status">
          <p>
            {t('case.outcome')} <strong>{outcome ? word('case.outcome', outcome) : '–'}</strong>
          </p>
          <p className="quiet">{t(erred ? `case.erred.${erred}.why` : 'case.erred.ask')}</p>
        </div>
      ) : (
        <p className="field">
          <label htmlFor="case-outcome">{t('case.outcome')}</label>
          <select
            id="case-outcome"
            value={outcome}
            onChange={(event) => {
              setOutcome(event.target.value as Outcome)
              decide.reset()
            }}
          >
            <option value="">{t('call.wrapup.pick')}</option>
            {(OUTCOMES[one.kind] ?? []).map((each) => (
              <option key={each} value={each}>
                {word('case.outcome', each)}
              </option>
            ))}
          </select>
        </p>
      )}
      {pays && (
        <p className="field">
          <label htmlFor="case-credit">
            {t('case.credit', { unit: unitOf(one.currency, word) })}
          </label>
          <Input
            id="case-credit"
            inputMode="decimal"
            maxLength={14}
            value={credit}
            onChange={(event) => setCredit(event.target.value)}
          />
        </p>
      )}
      <p className="field">
        <label htmlFor="case-findings">{t('case.findings')}</label>
        <Input.TextArea
          id="case-findings"
          rows={3}
          maxLength={2000}
          value={findings}
          onChange={(event) => setFindings(event.target.value)}
        />
        <span className="quiet">{t('case.least', { count: LEAST })}</span>
      </p>
      <Button
        type="primary"
        htmlType="submit"
        loading={decide.isPending}
        disabled={!outcome || findings.trim().length < LEAST || fen === null}
      >
        {t('case.decide')}
      </Button>
    </form>
  )
}
