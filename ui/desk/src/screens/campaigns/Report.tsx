/** What a campaign does, while it does it: people, tries, abandonment against its limit. */
import type { Report } from '@/api/campaigns'
import { Badge } from '@/app/Badge'
import { Panel } from '@/app/Panel'
import { Bars, barsOf } from '@/format/Bars'
import { count, share } from '@/format/format'
import { Gauge } from '@/format/Gauge'
import { useTexts } from '@/texts'

export function Progress({ report }: { report: Report }) {
  const { t, language } = useTexts()
  const { campaign } = report
  const contacted = report.listed - report.held_out
  const figures: [string, number][] = [
    [t('campaign.listed'), report.listed],
    [t('campaign.heldout'), report.held_out],
    [t('campaign.waiting'), report.waiting],
    ...(campaign.state === 'draft'
      ? []
      : ([
          [t('campaign.atwork'), report.at_work],
          [t('campaign.done'), report.done],
          [t('campaign.talked'), report.talked],
          [t('campaign.missed'), report.missed],
        ] as [string, number][])),
  ]
  return (
    <Panel title={t(campaign.state === 'draft' ? 'campaign.list' : 'campaign.progress')}>
      {campaign.state !== 'draft' && (
        <div className="long">
          <Gauge label={t('campaign.progress')} part={report.done} whole={contacted} />{' '}
          <span className="figures">
            {count(report.done, language)} / {count(contacted, language)}
          </span>
        </div>
      )}
      <dl className="figures-row">
        {figures.map(([name, figure]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{count(figure, language)}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}

export function Abandonment({ report }: { report: Report }) {
  const { t, language } = useTexts()
  const { abandonment: found, campaign } = report
  const limit = share(campaign.abandonment_limit)
  return (
    <Panel title={t('campaign.abandonment')}>
      {found.of === 0 ? (
        <p className="quiet">{t('campaign.abandonment.none')}</p>
      ) : (
        <>
          <p className="row">
            <strong className="figure-large">{share(found.share)}</strong>
            <Badge tone={report.within_limit ? 'good' : 'bad'}>
              {t(report.within_limit ? 'campaign.within' : 'campaign.above', { limit })}
            </Badge>
          </p>
          <p className="quiet figures">
            {t('campaign.abandonment.of', {
              answered: count(report.answered, language),
              abandoned: count(report.abandoned, language),
            })}
            {' · '}
            {t('campaign.interval', { low: share(found.low), high: share(found.high) })}
          </p>
        </>
      )}
      {campaign.machines !== 'ignore' && (
        <p className="quiet figures">
          {t('campaign.machines.count', {
            machines: count(report.machines, language),
            people: report.reckoned_abandoned.toFixed(1),
          })}
        </p>
      )}
      {report.unopened > 0 && (
        <p className="warn">{t('campaign.unopened', { count: report.unopened })}</p>
      )}
    </Panel>
  )
}

export function Outcomes({ report }: { report: Report }) {
  const { t, word } = useTexts()
  const outcomes = barsOf(report.outcomes, (code) => word('campaign.outcome', code))
  const dispositions = barsOf(report.dispositions, (code) => word('campaign.disposition', code))
  return (
    <Panel title={t('campaign.outcomes')}>
      {outcomes.length === 0 && <p className="quiet">{t('campaign.outcomes.none')}</p>}
      {outcomes.length > 0 && <Bars label={t('campaign.outcomes')} bars={outcomes} />}
      {dispositions.length > 0 && (
        <>
          <h3 className="apart">{t('campaign.dispositions')}</h3>
          <Bars label={t('campaign.dispositions')} bars={dispositions} />
        </>
      )}
    </Panel>
  )
}

export function Saved({ report }: { report: Report }) {
  const { t, word } = useTexts()
  const bars = barsOf(report.refused, (code) => word('gate', code))
  return (
    <Panel title={t('campaign.saved')}>
      {bars.length === 0 ? (
        <p className="quiet">{t('campaign.saved.none')}</p>
      ) : (
        <Bars label={t('campaign.saved')} bars={bars} />
      )}
    </Panel>
  )
}
