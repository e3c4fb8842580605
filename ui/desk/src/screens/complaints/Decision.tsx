/** Deciding with findings, basis and reasons; above an amount a second person agrees. */
import { useState } from 'react'
import { Button, Input } from 'antd'
import { useQuery } from '@tanstack/react-query'
import { payeesQuery, type DecisionBody, type Whole } from '@/api/complaints'
import { useMe } from '@/app/me'
import { Panel } from '@/app/Panel'
import { money, moment } from '@/format/format'
import { fenWithCents, unitOf } from '@/format/sums'
import { useTexts } from '@/texts'
import type { PartProps } from './part'
import { TextField, useTyped } from './fields'
import { standingOf, type Standing } from './moves'
import { StepForm, Told, useOn, useOnPart } from './step'

type Outcome = DecisionBody['outcome']
type Kind = NonNullable<DecisionBody['remedies']>[number]['kind']
type Decided = Whole['decisions'][number]

const OUTCOMES: readonly Outcome[] = ['upheld', 'partly-upheld', 'not-upheld']
const REMEDIES: readonly Kind[] = [
  'apology',
  'compensation',
  'correction',
  'setting-changed',
  'staff-measure',
]

export function Decision({ one, words, handles }: PartProps) {
  const { t } = useTexts()
  const me = useMe()
  const decides = handles && one.row.state === 'accepted' && one.row.handler === me.number
  const waiting = handles && one.row.state === 'awaiting'
  if (!decides && one.decisions.length === 0) return null
  return (
    <Panel title={t('complaint.decision')}>
      {one.decisions.map((decided) => (
        <Shown
          key={`${decided.round}${decided.at}`}
          decided={decided}
          standing={standingOf(one.row, decided)}
          currency={words.currency}
          handles={handles}
        />
      ))}
      {waiting && <Agree one={one} />}
      {decides && <Decide one={one} alone={words.compensation_alone} currency={words.currency} />}
    </Panel>
  )
}

interface ShownProps {
  decided: Decided
  standing: Standing
  currency: string
  handles: boolean
}

function Shown({ decided, standing, currency, handles }: ShownProps) {
  const { t, word, language } = useTexts()
  return (
    <>
      <p>
        {decided.round > 1 && <strong>{t('complaint.round')} </strong>}
        <strong>{word('complaint.outcome', decided.outcome)}</strong>{' '}
        <span className="quiet">
          {t('complaint.decision.by', { who: decided.by, when: moment(decided.at, language) })}
          {decided.approved_by &&
            decided.approved_at &&
            ` · ${t('complaint.decision.second', {
              who: decided.approved_by,
              when: moment(decided.approved_at, language),
            })}`}
        </span>
        {standing !== 'stands' && (
          <strong className="warn"> {t(`complaint.decision.${standing}`)}</strong>
        )}
      </p>
      {(['findings', 'basis', 'reasons'] as const).map((part) => (
        <div key={part}>
          <h3>{t(`complaint.${part}`)}</h3>
          <p className="text">{decided[part]}</p>
        </div>
      ))}
      <ul className="list">
        {decided.remedies.map((remedy) => (
          <li key={remedy.id}>
            <Remedy remedy={remedy} {...{ standing, currency, handles }} />
          </li>
        ))}
      </ul>
    </>
  )
}

interface RemedyProps {
  remedy: Decided['remedies'][number]
  standing: Standing
  currency: string
  handles: boolean
}

function Remedy({ remedy, standing, currency, handles }: RemedyProps) {
  const { t, word, language } = useTexts()
  const [open, setOpen] = useState(false)
  const [text, setText] = useTyped(remedy.id, 'done')
  const done = useOnPart('complaint-remedies', remedy.id, 'done', { text })
  return (
    <>
      <div className="row">
        <strong>{word('complaint.remedy', remedy.kind)}</strong>
        {remedy.amount !== null && (
          <span className="figures">{money(remedy.amount, currency, language)}</span>
        )}
        <span className="grow">{remedy.detail}</span>
        {standing === 'stands' && (
          <span className={remedy.done_at ? 'good' : 'warn'}>
            {remedy.done_at
              ? t('complaint.remedy.done', { time: moment(remedy.done_at, language) })
              : t('complaint.remedy.open')}
          </span>
        )}
        {standing === 'stands' && handles && !remedy.done_at && remedy.kind !== 'compensation' && (
          <Button size="small" aria-expanded={open} onClick={() => setOpen(!open)}>
            {t('complaint.remedy.do')}
          </Button>
        )}
      </div>
      {open && !remedy.done_at && (
        <StepForm step={done} submit={t('complaint.remedy.do')} ready={text.trim() !== ''}>
          <TextField
            id={`remedy-${remedy.id}`}
            label={t('complaint.remedy.result')}
            value={text}
            onChange={setText}
          />
        </StepForm>
      )}
    </>
  )
}

function Agree({ one }: { one: Whole }) {
  const { t } = useTexts()
  const me = useMe()
  const [why, setWhy] = useTyped(one.row.id, 'agree')
  const agree = useOn(one.row.id, 'agree', { agrees: true, why })
  const back = useOn(one.row.id, 'agree', { agrees: false, why })
  if (one.decisions.at(-1)?.by === me.number)
    return <p className="quiet">{t('complaint.agree.own')}</p>
  return (
    <>
      <h3>{t('complaint.agree.title')}</h3>
      <Told step={agree} />
      <Told step={back} />
      <TextField id="agree-why" label={t('complaint.why')} value={why} onChange={setWhy} />
      <p className="row">
        <Button
          type="primary"
          disabled={!why.trim()}
          loading={agree.isPending}
          onClick={() => agree.mutate()}
        >
          {t('complaint.agree')}
        </Button>
        <Button disabled={!why.trim()} loading={back.isPending} onClick={() => back.mutate()}>
          {t('complaint.giveback')}
        </Button>
      </p>
    </>
  )
}

interface DecideProps {
  one: Whole
  /** Up to which sum one decides alone, in minor units. */
  alone: number
  currency: string
}

function Decide({ one, alone, currency }: DecideProps) {
  const { t, word, language } = useTexts()
  const id = one.row.id
  const unit = unitOf(currency, word)
  const [outcome, setOutcome] = useState<Outcome | ''>('')
  const [erred, setErred] = useState<boolean | null>(null)
  const [findings, setFindings] = useTyped(id, 'findings')
  const [basis, setBasis] = useTyped(id, 'basis')
  const [reasons, setReasons] = useTyped(id, 'reasons')
  const [chosen, setChosen] = useState<readonly Kind[]>([])
  const [details, setDetails] = useState<Partial<Record<Kind, string>>>({})
  const [amount, setAmount] = useState('')
  const { data: payees } = useQuery(payeesQuery(id))
  const [picked, setAccount] = useState(one.account ?? '')
  // One account leaves no choice.
  const account = picked || (payees?.length === 1 ? (payees[0]?.account ?? '') : '')
  const fen = amount ? fenWithCents(amount) : null
  const record = [one.row.issue, ...one.row.subjects].includes('credit-record')
  const decide = useOn(id, 'decide', {
    outcome,
    findings,
    basis,
    reasons,
    ...(record && erred !== null ? { bank_erred: erred } : {}),
    remedies: chosen.map((kind) => ({
      kind,
      detail: details[kind] ?? '',
      ...(kind === 'compensation' ? { amount: fen, account } : {}),
    })),
  })
  // A true record is never altered, and a wrong one always: the answer to the question decides it.
  const say = (did: boolean) => {
    setErred(did)
    setChosen((before) => [
      ...before.filter((kind) => kind !== 'correction'),
      ...(did ? (['correction'] as const) : []),
    ])
  }
  const fixed = (kind: Kind) => record && kind === 'correction'
  const pays = chosen.includes('compensation')
  const whole = outcome && findings.trim() && basis.trim() && reasons.trim()
  return (
    <StepForm
      step={decide}
      submit={t('complaint.decide')}
      primary
      ready={Boolean(whole && (!pays || (fen && account)) && (!record || erred !== null))}
    >
      <h3 className="apart">{t('complaint.decide')}</h3>
      <fieldset className="plainset row">
        <legend>{t('complaint.outcome')}</legend>
        {OUTCOMES.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="complaint-outcome"
              checked={each === outcome}
              onChange={() => setOutcome(each)}
            />{' '}
            {word('complaint.outcome', each)}
          </label>
        ))}
      </fieldset>
      {record && (
        <fieldset className="plainset row">
          <legend>{t('complaint.erred')}</legend>
          {([true, false] as const).map((each) => (
            <label key={String(each)}>
              <input
                type="radio"
                name="complaint-erred"
                checked={each === erred}
                onChange={() => say(each)}
              />{' '}
              {t(each ? 'complaint.erred.yes' : 'complaint.erred.no')}
            </label>
          ))}
          <p role="status" className="quiet">
            {t(
              erred === null
                ? 'complaint.erred.ask'
                : erred
                  ? 'complaint.erred.yes.why'
                  : 'complaint.erred.no.why',
            )}
          </p>
        </fieldset>
      )}
      <TextField
        id="complaint-findings"
        label={t('complaint.findings')}
        value={findings}
        onChange={setFindings}
      />
      <TextField
        id="complaint-basis"
        label={t('complaint.basis')}
        value={basis}
        onChange={setBasis}
      />
      <TextField
        id="complaint-reasons"
        label={t('complaint.reasons')}
        value={reasons}
        onChange={setReasons}
      />
      <fieldset className="plainset">
        <legend>{t('complaint.remedies')}</legend>
        {REMEDIES.map((kind) => {
          const on = chosen.includes(kind)
          return (
            <div key={kind} className="row promise">
              <label className="nowrap">
                <input
                  type="checkbox"
                  checked={on}
                  disabled={fixed(kind)}
                  onChange={(event) =>
                    setChosen(
                      event.target.checked
                        ? [...chosen, kind]
                        : chosen.filter((each) => each !== kind),
                    )
                  }
                />{' '}
                {word('complaint.remedy', kind)}
              </label>
              {on && kind === 'compensation' && (
                <>
                  <Input
                    className="clock"
                    aria-label={t('complaint.remedy.amount', { unit })}
                    placeholder={t('complaint.remedy.amount', { unit })}
                    inputMode="decimal"
                    maxLength={14}
                    value={amount}
                    onChange={(event) => setAmount(event.target.value)}
                  />
                  <select
                    aria-label={t('complaint.remedy.account')}
                    value={account}
                    onChange={(event) => setAccount(event.target.value)}
                  >
                    <option value="">{t('complaint.remedy.account')}</option>
                    {(payees ?? []).map((each) => (
                      <option key={each.account} value={each.account}>
                        {t('complaint.remedy.account.cards', {
                          tails: each.tails.join(t('app.and')),
                        })}
                      </option>
                    ))}
                  </select>
                </>
              )}
              {on && (
                <Input
                  className="grow"
                  aria-label={`${word('complaint.remedy', kind)} ${t('complaint.remedy.detail')}`}
                  placeholder={t('complaint.remedy.detail')}
                  maxLength={2000}
                  value={details[kind] ?? ''}
                  onChange={(event) => setDetails({ ...details, [kind]: event.target.value })}
                />
              )}
            </div>
          )
        })}
        {pays && payees?.length === 0 && (
          <p role="status" className="warn">
            {t('complaint.remedy.account.none', { unit })}
          </p>
        )}
        {pays && (
          <p className={fen !== null && fen > alone ? 'warn' : 'quiet'}>
            {t('complaint.remedy.alone', { sum: money(alone, currency, language) })}
          </p>
        )}
      </fieldset>
    </StepForm>
  )
}
