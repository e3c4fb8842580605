/** Complaints of a year: how many, of what, how well; their causes; what is done about them. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { exportAddress, yearQuery, type Counts, type YearReport } from '@/api/complaintReports'
import { complaintWordsQuery } from '@/api/complaints'
import { sentence } from '@/api/sentences'
import { useMe } from '@/app/me'
import { Panel } from '@/app/Panel'
import { Bars, barsOf, type Bar } from '@/format/Bars'
import { count, day, money, monthOf, percent } from '@/format/format'
import { serverNow } from '@/live/clock'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { Causes } from './Causes'
import { Correctives } from './Correctives'
import { yearAt } from './weeks'

const YEARS = 5

export default function Report() {
  const spoken = useTexts()
  const { t, language } = spoken
  const me = useMe()
  const [now] = useState(serverNow)
  const [year, setYear] = useState(() => yearAt(now))
  const { data: report, error } = useQuery(yearQuery(year))
  const years = Array.from({ length: YEARS }, (_, back) => yearAt(now) - back)
  return (
    <>
      <div className="row headed">
        <h1 className="grow">{t('report.title')}</h1>
        {me.role === 'compliance' && (
          <>
            <span className="quiet">{t('report.export')}</span>
            <a href={exportAddress(year, 'csv', language)} download>
              {t('report.export.csv')}
            </a>
            <a href={exportAddress(year, 'json', language)} download>
              {t('report.export.json')}
            </a>
          </>
        )}
        <label>
          {t('report.year')}{' '}
          <select value={year} onChange={(event) => setYear(Number(event.target.value))}>
            {years.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p className="quiet">
        {t('report.what')}{' '}
        {report?.until && t('report.until', { day: day(report.until, language) })}
      </p>
      {error && <p className="bad">{sentence(error, spoken)}</p>}
      {!report && !error && <p className="quiet">{t('app.loading')}</p>}
      <div className="column">
        {report && <Figures report={report} />}
        {report && report.received > 0 && <Kinds report={report} />}
        {report && <Causes key={year} report={report} now={now} />}
        <Correctives />
      </div>
    </>
  )
}

function Figures({ report: one }: { report: YearReport }) {
  const { t, language } = useTexts()
  const none = t('report.unknown')
  const figures: [string, string][] = [
    [t('report.received'), count(one.received, language)],
    [t('report.people'), count(one.people, language)],
    [t('report.open'), count(one.open, language)],
    [t('report.answered'), count(one.answered, language)],
    [t('report.intime'), percent(one.share_in_time, none)],
    [t('report.overdue'), count(one.unanswered_overdue, language)],
    [t('report.days'), one.mean_days === null ? none : one.mean_days.toFixed(1)],
    [t('report.withdrawn'), count(one.withdrawn, language)],
    [t('report.again'), count(one.reexaminations, language)],
    [t('report.changed'), count(one.changed_by_reexamination, language)],
    [t('report.paid'), money(one.compensation_fen, one.currency, language)],
    [t('report.satisfied'), percent(one.share_satisfied, none)],
  ]
  return (
    <Panel title={t('report.figures')}>
      {one.received === 0 ? (
        <p className="quiet">{t('report.none')}</p>
      ) : (
        <dl className="figures-row">
          {figures.map(([name, figure]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{figure}</dd>
            </div>
          ))}
        </dl>
      )}
    </Panel>
  )
}

/** Of what they were, each kind with its counts. */
function Kinds({ report }: { report: YearReport }) {
  const { t, word, language } = useTexts()
  const { data: words } = useQuery(complaintWordsQuery)
  const named =
    (part: 'doors' | 'refusals' | 'products' | 'issues' | 'severities') => (code: string) => {
      if (code === 'unclassified') return t('report.unclassified')
      const found = words?.[part].find((one) => one.code === code)
      return found ? inLanguage(found, language) : code
    }
  const worded = (prefix: string) => (code: string) =>
    code === 'unclassified' ? t('report.unclassified') : word(prefix, code)
  const month = (counts: Counts): Bar[] =>
    Object.entries(counts)
      .toSorted(([a], [b]) => a.localeCompare(b))
      .map(([key, value]) => ({ key, value, name: monthOf(key, language) }))
  const kinds: [string, Bar[]][] = [
    [t('report.by.month'), month(report.by_month)],
    [t('complaint.door'), barsOf(report.by_door, named('doors'))],
    [t('complaint.product'), barsOf(report.by_product, named('products'))],
    [t('complaint.issue'), barsOf(report.by_issue, named('issues'))],
    [t('complaint.severity'), barsOf(report.by_severity, named('severities'))],
    [t('complaint.outcome'), barsOf(report.by_outcome, worded('complaint.outcome'))],
    [t('complaint.state.refused'), barsOf(report.refused, named('refusals'))],
  ]
  return (
    <div className="kinds">
      {kinds.map(
        ([name, bars]) =>
          bars.length > 0 && (
            <Panel key={name} title={name}>
              <Bars label={name} bars={bars} />
            </Panel>
          ),
      )}
    </div>
  )
}
