/** The inbox of scam reports: open ones by the time by which they must be reviewed. */
import { useQuery } from '@tanstack/react-query'
import { Segmented } from 'antd'
import { useState } from 'react'
import { Link as Anchor } from 'wouter'
import { sentence } from '@/api/sentences'
import { scamsQuery, type ScamReport, type ScamState } from '@/api/trust'
import { Badge, type Tone } from '@/app/Badge'
import { moment } from '@/format/format'
import { Until, useServerNow } from '@/format/Since'
import { useTexts } from '@/texts'
import { urgencyOf } from './due'

const STATES: readonly ScamState[] = ['open', 'confirmed', 'dismissed']
export const VERDICT: Record<ScamReport['verdict'], Tone> = {
  scam: 'bad',
  unknown: 'warn',
  official: 'good',
}

export default function Scams() {
  const spoken = useTexts()
  const { t } = spoken
  const [state, setState] = useState<ScamState>('open')
  const { data: reports, error } = useQuery(scamsQuery(state))
  return (
    <>
      <div className="row headed">
        <h1 className="grow">{t('scam.title')}</h1>
        <Segmented
          value={state}
          onChange={setState}
          options={STATES.map((one) => ({ value: one, label: t(`scam.state.${one}`) }))}
        />
      </div>
      {error && <p className="bad">{sentence(error, spoken)}</p>}
      <section className="panel" aria-label={t('scam.title')}>
        {!reports && !error && <p className="quiet">{t('app.loading')}</p>}
        {reports?.length === 0 && <p className="quiet">{t('scam.none')}</p>}
        {reports && reports.length > 0 && <List reports={reports} open={state === 'open'} />}
      </section>
    </>
  )
}

function List({ reports, open }: { reports: readonly ScamReport[]; open: boolean }) {
  const { t, word, language } = useTexts()
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{t(open ? 'scam.due' : 'scam.opened')}</th>
          <th scope="col">{t('scam.what')}</th>
          <th scope="col">{t('scam.sender')}</th>
          <th scope="col">{t('scam.verdict')}</th>
          <th scope="col">{t('scam.harm')}</th>
          <th scope="col" className="number">
            {t('scam.held')}
          </th>
        </tr>
      </thead>
      <tbody>
        {reports.map((one) => (
          <tr key={one.id}>
            <td className="nowrap">
              {open ? <Due at={one.due_at} /> : moment(one.opened_at, language)}
            </td>
            <th scope="row">
              <Anchor href={`/scams/${one.id}`} className="clamp">
                {one.text}
              </Anchor>
              <span className="quiet">{word('scam.kind', one.kind)}</span>
            </th>
            <td className="figures nowrap">{one.sender || t('scam.sender.none')}</td>
            <td>
              <Badge tone={VERDICT[one.verdict]}>{word('scam.verdict', one.verdict)}</Badge>
            </td>
            <td>
              <Harm report={one} />
            </td>
            <td className="number">{one.frozen.length || ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

export function Harm({ report }: { report: ScamReport }) {
  const { t } = useTexts()
  if (!report.secrets_told && !report.paid)
    return <span className="quiet">{t('scam.harm.none')}</span>
  return (
    <strong className="bad">
      {[report.secrets_told && t('scam.harm.secrets'), report.paid && t('scam.harm.paid')]
        .filter(Boolean)
        .join(' · ')}
    </strong>
  )
}

/** The time that is left, in words and figures; the colour only repeats it. */
export function Due({ at }: { at: string }) {
  const { t, language } = useTexts()
  const urgency = urgencyOf(at, useServerNow(30_000))
  return (
    <span className={{ over: 'bad', soon: 'warn', later: '' }[urgency]}>
      {moment(at, language)} {urgency === 'over' && t('scam.due.over')}
      {urgency === 'soon' && <Until at={at} />}
    </span>
  )
}
