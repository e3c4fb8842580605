/** All that this holder has asked for: where it stands, when it is due, what comes next. */
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link as Anchor } from 'wouter'
import { requestsQuery, type RequestsView } from '@/api/acts'
import { sentence } from '@/api/sentences'
import type { ShownCard } from '@/api/workplace'
import { amountOf, day } from '@/format/format'
import { useTexts } from '@/texts'
import { ChangeSteps } from './ChangeSteps'
import { ClosureSteps } from './Closing'
import { LimitDecision } from './LimitDecision'

interface Props {
  holder: string | null
  interaction: string
  cards: readonly ShownCard[]
  up: boolean
}

export function Requests({ holder, ...more }: Props) {
  const { t } = useTexts()
  if (holder === null) return <p className="quiet">{t('acts.nobody')}</p>
  return <OfHolder holder={holder} {...more} />
}

function OfHolder({ holder, interaction, cards, up }: Props & { holder: string }) {
  const spoken = useTexts()
  const { t } = spoken
  const { data, error } = useQuery(requestsQuery(holder))
  if (error && !data) return <p className="bad">{sentence(error, spoken)}</p>
  if (!data) return <p className="quiet">{t('app.loading')}</p>
  const tailOf = (card: string) => cards.find((one) => one.id === card)?.tail ?? ''
  const nothing = Object.values(data).every((list: unknown[]) => list.length === 0)
  if (nothing) return <p className="quiet">{t('acts.requests.none')}</p>
  return (
    <>
      <Part title={t('acts.requests.cases')} some={data.cases.length > 0}>
        <Cases cases={data.cases} />
      </Part>
      <Part title={t('acts.requests.changes')} some={data.changes.length > 0}>
        {data.changes.map((one) => (
          <div key={one.id} className="request">
            <ChangeSteps interaction={interaction} change={one} up={up} />
          </div>
        ))}
      </Part>
      <Part title={t('acts.requests.limits')} some={data.limits.length > 0}>
        {data.limits.map((one) => (
          <div key={one.id} className="request">
            <LimitDecision interaction={interaction} request={one} />
          </div>
        ))}
      </Part>
      <Part title={t('acts.requests.fees')} some={data.fees.length > 0}>
        <Fees fees={data.fees} />
      </Part>
      <Part title={t('acts.requests.closures')} some={data.closures.length > 0}>
        {data.closures.map((one) => (
          <div key={one.id} className="request">
            <ClosureSteps interaction={interaction} closure={one} tail={tailOf(one.card)} />
          </div>
        ))}
      </Part>
    </>
  )
}

function Part(props: { title: string; some: boolean; children: ReactNode }) {
  if (!props.some) return null
  return (
    <section aria-label={props.title}>
      <h3>{props.title}</h3>
      {props.children}
    </section>
  )
}

function Cases({ cases }: { cases: RequestsView['cases'] }) {
  const { t, word, language } = useTexts()
  return (
    <ul className="list">
      {cases.map((one) => (
        <li key={one.id}>
          <div className="row">
            <Anchor href={`/cases/${one.id}`}>{word('case.kind', one.kind)}</Anchor>
            <span className="grow">{word('case.reason', one.reason)}</span>
            <strong>{word('case.state', one.state)}</strong>
          </div>
          <div className="quiet">
            {t('case.due')} {day(one.due_on, language)} · {word('case.next', one.state)}
          </div>
        </li>
      ))}
    </ul>
  )
}

function Fees({ fees }: { fees: RequestsView['fees'] }) {
  const { word, language } = useTexts()
  return (
    <ul className="list">
      {fees.map((one) => (
        <li key={one.id} className="row">
          <span className="figures grow">{amountOf(one.amount, language)}</span>
          <strong>{word('acts.fee.state', one.state)}</strong>
        </li>
      ))}
    </ul>
  )
}
