/** One case whole: what was told, its steps, and the next one. */
import { useQuery } from '@tanstack/react-query'
import { Link as Anchor, useParams } from 'wouter'
import { caseQuery, type CaseView, type WholeCaseView } from '@/api/cases'
import { sentence } from '@/api/sentences'
import { useMe } from '@/app/me'
import { Panel } from '@/app/Panel'
import { amountOf, day, moment } from '@/format/format'
import { useTexts } from '@/texts'
import { Steps } from './Steps'

export default function Case() {
  const spoken = useTexts()
  const { t, word } = spoken
  const me = useMe()
  const { id } = useParams<{ id: string }>()
  const { data, error } = useQuery(caseQuery(id))
  if (error && !data) return <p className="notice bad">{sentence(error, spoken)}</p>
  if (!data) return <p className="notice">{t('app.loading')}</p>
  const one = data.case
  const serves = me.role === 'agent' || me.role === 'lead'
  return (
    <>
      <p>
        <Anchor href="/cases">{t('case.title')}</Anchor>
      </p>
      <h1>
        {word('case.kind', one.kind)} · {word('case.state', one.state)}
      </h1>
      <div className="conversation detail">
        <div className="column">
          <Facts one={one} />
        </div>
        <div className="column">
          {serves && <Steps key={one.state} one={one} />}
          <History steps={data.steps} />
        </div>
      </div>
    </>
  )
}

function Facts({ one }: { one: CaseView }) {
  const { t, word, language } = useTexts()
  return (
    <Panel title={t('case.facts')}>
      <dl className="facts">
        <dt>{t('case.reason')}</dt>
        <dd>{word('case.reason', one.reason)}</dd>
        <dt>{t('case.due')}</dt>
        <dd>
          {day(one.due_on, language)} {!one.due_known && t('case.due.unknown')}
        </dd>
        {one.amount && (
          <>
            <dt>{t('case.amount')}</dt>
            <dd className="figures">{amountOf(one.amount, language)}</dd>
          </>
        )}
        {one.month && (
          <>
            <dt>{t('acts.month')}</dt>
            <dd className="figures">{one.month}</dd>
          </>
        )}
        <dt>{t('case.owner')}</dt>
        <dd className="figures">{one.owner ?? t('case.nobody')}</dd>
        <dt>{t('case.opened')}</dt>
        <dd>
          {moment(one.opened_at, language)} {one.opened_by}
        </dd>
        <dt>{t('case.holder')}</dt>
        <dd className="figures">{one.holder}</dd>
        <dt>{t('tasks.from')}</dt>
        <dd>
          <Anchor href={`/interactions/${one.interaction}`}>{t('tasks.contact')}</Anchor>
        </dd>
        {one.outcome && (
          <>
            <dt>{t('case.outcome')}</dt>
            <dd>
              {word('case.outcome', one.outcome)}{' '}
              {one.credit && one.credit.fen > 0 && (
                <span className="figures">{amountOf(one.credit, language)}</span>
              )}
            </dd>
          </>
        )}
      </dl>
      <h3>{t('acts.told')}</h3>
      <p className="text">{one.told}</p>
      {one.findings && (
        <>
          <h3>{t('case.findings')}</h3>
          <p className="text">{one.findings}</p>
        </>
      )}
      {one.answer && (
        <>
          <h3>{t('case.answer')}</h3>
          <p className="text">{one.answer}</p>
        </>
      )}
    </Panel>
  )
}

function History({ steps }: { steps: WholeCaseView['steps'] }) {
  const { t, word, language } = useTexts()
  return (
    <Panel title={t('contact.timeline')}>
      <ol className="list">
        {steps.map((step, index) => (
          <li key={index}>
            <time className="quiet figures" dateTime={step.at}>
              {moment(step.at, language)}
            </time>{' '}
            <strong>{word('kind', step.kind)}</strong> <span className="quiet">{step.by}</span>
            {!step.allowed && (
              <span className="bad">
                {' '}
                {t('contact.refused')}{' '}
                {step.reasons.map((code) => word('reason', code)).join(' · ')}
              </span>
            )}
            {step.outcome && <span> {word('case.outcome', step.outcome)}</span>}
            {step.text && <div className="text">{step.text}</div>}
          </li>
        ))}
      </ol>
    </Panel>
  )
}
