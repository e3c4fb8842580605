/** One campaign: its list and dry run while it is a draft, progress and what it changed after. */
import { useQuery } from '@tanstack/react-query'
import { Link as Anchor, useParams } from 'wouter'
import { campaignQuery, type CampaignView } from '@/api/campaigns'
import { sentence } from '@/api/sentences'
import { Badge } from '@/app/Badge'
import { useMe } from '@/app/me'
import { Panel } from '@/app/Panel'
import { moment, share } from '@/format/format'
import { whoOf } from '@/format/who'
import { useTexts } from '@/texts'
import { AddPeople } from './AddPeople'
import { Controls } from './Controls'
import { Effect } from './Effect'
import { Foresee } from './Foresee'
import { Abandonment, Outcomes, Progress, Saved } from './Report'
import { Results } from './Results'
import { takesPeople, toneOf } from './states'

export default function Campaign() {
  const spoken = useTexts()
  const { t, word } = spoken
  const me = useMe()
  const { id } = useParams<{ id: string }>()
  const { data: report, error } = useQuery(campaignQuery(id))
  if (error && !report) return <p className="notice bad">{sentence(error, spoken)}</p>
  if (!report) return <p className="notice">{t('app.loading')}</p>
  const { campaign } = report
  const begun = campaign.state !== 'draft'
  return (
    <>
      <p>
        <Anchor href="/campaigns">{t('campaign.title')}</Anchor>
      </p>
      <div className="row headed">
        <h1>{campaign.name}</h1>
        <Badge tone={toneOf(campaign.state)}>{word('campaign.state', campaign.state)}</Badge>
        <span className="grow" />
        <Controls campaign={campaign} />
      </div>
      <div className="conversation detail">
        <div className="column">
          {begun && <Facts campaign={campaign} />}
          {me.role === 'lead' && takesPeople(campaign.state) && <AddPeople campaign={campaign} />}
          {!begun && <Facts campaign={campaign} />}
        </div>
        <div className="column">
          <Progress report={report} />
          {begun && campaign.channel === 'call' && <Abandonment report={report} />}
          {takesPeople(campaign.state) && (report.waiting > 0 || !begun) && (
            <Foresee campaign={campaign} waiting={report.waiting} />
          )}
          {begun && <Effect report={report} />}
          {begun && me.role === 'lead' && <Results campaign={campaign} />}
          {begun && <Outcomes report={report} />}
          {begun && <Saved report={report} />}
        </div>
      </div>
    </>
  )
}

function Facts({ campaign }: { campaign: CampaignView }) {
  const { t, word, language } = useTexts()
  const call = campaign.channel === 'call'
  const facts: [string, string | null][] = [
    [t('campaign.kind'), word('campaign.kind', campaign.kind)],
    [t('campaign.way'), word('campaign.way', campaign.channel)],
    [t('campaign.mode'), campaign.mode && word('campaign.mode', campaign.mode)],
    [t('campaign.matter'), call ? word('matter', campaign.matter) : null],
    [t('campaign.opening'), call ? word('campaign.opening', campaign.opening) : null],
    [t('campaign.minutes'), call ? String(campaign.minutes) : null],
    [t('campaign.hours'), `${campaign.opens.slice(0, 5)}–${campaign.closes.slice(0, 5)}`],
    [t('campaign.retries'), call ? String(campaign.retries) : null],
    [t('campaign.limit'), call ? share(campaign.abandonment_limit) : null],
    [t('campaign.machines'), call ? word('campaign.machines', campaign.machines) : null],
    [t('campaign.holdout'), share(campaign.hold_out, 0)],
    [
      t('campaign.created'),
      `${moment(campaign.created_at, language)} ${whoOf(campaign.created_by, word)}`,
    ],
    [t('campaign.started'), campaign.started_at && moment(campaign.started_at, language)],
    [t('campaign.ended'), campaign.ended_at && moment(campaign.ended_at, language)],
  ]
  return (
    <Panel title={t('campaign.facts')}>
      <dl className="facts">
        {facts.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt>{name}</dt>
                <dd className="figures">{value}</dd>
              </div>
            ),
        )}
      </dl>
      {(['zh', 'en'] as const).map((tongue) =>
        campaign.script[tongue] ? (
          <div key={tongue}>
            <h3>{t(`campaign.script.${tongue}`)}</h3>
            <p className="text">{campaign.script[tongue]}</p>
          </div>
        ) : null,
      )}
    </Panel>
  )
}
