/** Root causes: in Pareto order, and week by week. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { trendQuery, type YearReport } from '@/api/complaintReports'
import { sentence } from '@/api/sentences'
import { Panel } from '@/app/Panel'
import { count, day, percent } from '@/format/format'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { spanOf, weeksOf, type Week } from './weeks'

export function Causes({ report, now }: { report: YearReport; now: number }) {
  return (
    <>
      <Pareto causes={report.causes} />
      <Weeks report={report} now={now} />
    </>
  )
}

function Pareto({ causes }: { causes: YearReport['causes'] }) {
  const { t, language } = useTexts()
  const most = Math.max(1, ...causes.map((one) => one.count))
  return (
    <Panel title={t('report.pareto')}>
      <p className="quiet">{t('report.pareto.what')}</p>
      {causes.length === 0 ? (
        <p className="quiet">{t('report.causes.none')}</p>
      ) : (
        <table className="bars">
          <thead>
            <tr>
              <th scope="col">{t('complaint.causes')}</th>
              <th scope="col" className="number">
                {t('report.count')}
              </th>
              <th scope="col" className="number">
                {t('report.cumulative')}
              </th>
              <td />
            </tr>
          </thead>
          <tbody>
            {causes.map((one) => (
              <tr key={one.code}>
                <th scope="row">{inLanguage(one, language) || one.code}</th>
                <td className="number">{count(one.count, language)}</td>
                <td className="number">{percent(one.cumulative)}</td>
                <td className="gauge" aria-hidden="true">
                  <svg viewBox="0 0 100 8" preserveAspectRatio="none">
                    <rect width={(one.count / most) * 100} height="8" />
                  </svg>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  )
}

function Weeks({ report, now }: { report: YearReport; now: number }) {
  const spoken = useTexts()
  const { t, language } = spoken
  const [cause, setCause] = useState('')
  const span = spanOf(report.year, now)
  const { data, error } = useQuery(trendQuery(span.since, span.until))
  const weeks = data ? weeksOf(data.weeks, span.since, span.until, cause || null) : []
  return (
    <Panel
      title={t('report.weeks')}
      extra={
        <label>
          {t('report.cause')}{' '}
          <select value={cause} onChange={(event) => setCause(event.target.value)}>
            <option value="">{t('report.cause.all')}</option>
            {report.causes.map((one) => (
              <option key={one.code} value={one.code}>
                {inLanguage(one, language) || one.code}
              </option>
            ))}
          </select>
        </label>
      }
    >
      {error && <p className="bad">{sentence(error, spoken)}</p>}
      {!data && !error && <p className="quiet">{t('app.loading')}</p>}
      {data && weeks.every((one) => one.count === 0) && (
        <p className="quiet">{t('report.causes.none')}</p>
      )}
      {weeks.some((one) => one.count > 0) && <Columns weeks={weeks} />}
    </Panel>
  )
}

/** A column a week; the table behind it says the same. */
function Columns({ weeks }: { weeks: readonly Week[] }) {
  const { t, language } = useTexts()
  const most = Math.max(...weeks.map((one) => one.count))
  const [first, last] = [weeks[0], weeks.at(-1)]
  return (
    <>
      <svg
        className="columns"
        viewBox={`0 0 ${weeks.length * 10} 100`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        {weeks.map((one, index) => {
          const height = (one.count / most) * 100
          return (
            <rect key={one.monday} x={index * 10 + 1} y={100 - height} width="8" height={height} />
          )
        })}
      </svg>
      <p className="row quiet figures">
        <span className="grow">{first && day(first.monday, language)}</span>
        <span>{t('report.most', { count: most })}</span>
        <span className="grow" />
        <span>{last && day(last.monday, language)}</span>
      </p>
      <details>
        <summary>{t('report.weeks.table')}</summary>
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">{t('report.week')}</th>
              <th scope="col" className="number">
                {t('report.count')}
              </th>
            </tr>
          </thead>
          <tbody>
            {weeks
              .filter((one) => one.count > 0)
              .map((one) => (
                <tr key={one.monday}>
                  <th scope="row">{day(one.monday, language)}</th>
                  <td className="number">{one.count}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </details>
    </>
  )
}
