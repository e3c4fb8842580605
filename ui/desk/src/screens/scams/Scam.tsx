/** One report: protect first, read the reasons, then say what it was. */
import { useQuery } from '@tanstack/react-query'
import { Alert } from 'antd'
import { Link as Anchor, useParams } from 'wouter'
import { sentence } from '@/api/sentences'
import { scamQuery, type WholeScamReport } from '@/api/trust'
import { Badge } from '@/app/Badge'
import { Panel } from '@/app/Panel'
import { moment } from '@/format/format'
import { whoOf } from '@/format/who'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { Protect } from './Protect'
import { Review } from './Review'
import { Due, Harm, VERDICT } from './Scams'

export default function Scam() {
  const spoken = useTexts()
  const { t, word } = spoken
  const { id } = useParams<{ id: string }>()
  const { data: report, error } = useQuery(scamQuery(id))
  if (error && !report) return <p className="notice bad">{sentence(error, spoken)}</p>
  if (!report) return <p className="notice">{t('app.loading')}</p>
  const urgent = report.state === 'open' && (report.secrets_told || report.paid)
  return (
    <>
      <p>
        <Anchor href="/scams">{t('app.back')}</Anchor>
      </p>
      <div className="row headed">
        <h1>
          {t('scam.title')} · {word('scam.kind', report.kind)}
        </h1>
        <Badge tone={VERDICT[report.verdict]}>{word('scam.verdict', report.verdict)}</Badge>
        <Badge>{word('scam.state', report.state)}</Badge>
      </div>
      {urgent && report.frozen.length === 0 && (
        <Alert type="error" role="status" title={t('scam.harm.urgent')} />
      )}
      <div className="conversation detail">
        <div className="column">
          <Panel title={t('scam.text')}>
            <p className="text quote">{report.text}</p>
            <p className="quiet">{t('scam.text.masked')}</p>
          </Panel>
          <Why report={report} />
        </div>
        <div className="column">
          <Facts report={report} />
          <Protect report={report} />
          <Review key={report.state} report={report} />
        </div>
      </div>
    </>
  )
}

function Why({ report }: { report: WholeScamReport }) {
  const { t, language } = useTexts()
  return (
    <Panel
      title={t('scam.why')}
      extra={
        <span className="quiet figures">
          {t('scam.score', { score: `${Math.round(report.score * 100)}%` })}
        </span>
      }
    >
      <p>{inLanguage(report.meaning, language)}</p>
      {report.why.length === 0 && <p className="quiet">{t('scam.why.none')}</p>}
      <ol className="list numbered">
        {report.why.map((one) => (
          <li key={one.code}>{inLanguage(one, language)}</li>
        ))}
      </ol>
    </Panel>
  )
}

function Facts({ report }: { report: WholeScamReport }) {
  const { t, word, language } = useTexts()
  return (
    <Panel title={t('case.facts')}>
      <dl className="facts">
        {report.state === 'open' && (
          <>
            <dt>{t('scam.due')}</dt>
            <dd>
              <Due at={report.due_at} />
            </dd>
          </>
        )}
        <dt>{t('scam.sender')}</dt>
        <dd className="figures">{report.sender || t('scam.sender.none')}</dd>
        <dt>{t('scam.harm')}</dt>
        <dd>
          <Harm report={report} />
        </dd>
        <dt>{t('scam.opened')}</dt>
        <dd>
          {moment(report.opened_at, language)} {whoOf(report.opened_by, word)}
        </dd>
        <dt>{t('scam.holder')}</dt>
        <dd className="figures">{report.holder ?? t('scam.holder.none')}</dd>
        {report.interaction && (
          <>
            <dt>{t('tasks.from')}</dt>
            <dd>
              <Anchor href={`/interactions/${report.interaction}`}>{t('scam.contact')}</Anchor>
            </dd>
          </>
        )}
      </dl>
    </Panel>
  )
}
