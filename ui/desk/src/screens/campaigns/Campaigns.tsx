/** Every campaign, newest first: how far it is, and the switch that stops them all. */
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link as Anchor } from 'wouter'
import { campaignsQuery, type CampaignRow } from '@/api/campaigns'
import { sentence } from '@/api/sentences'
import { Badge } from '@/app/Badge'
import { useMe } from '@/app/me'
import { count, moment, share } from '@/format/format'
import { Gauge } from '@/format/Gauge'
import { useTexts } from '@/texts'
import { Create } from './Create'
import { KillSwitch } from './KillSwitch'
import { takesPeople, toneOf } from './states'

export default function Campaigns() {
  const spoken = useTexts()
  const { t } = spoken
  const me = useMe()
  const [creating, setCreating] = useState(false)
  const [stopping, setStopping] = useState(false)
  const { data: all, error } = useQuery(campaignsQuery)
  const stops = me.role === 'lead' || me.role === 'compliance'
  return (
    <>
      <div className="row headed">
        <h1 className="grow">{t('campaign.title')}</h1>
        {stops && (
          <Button
            danger
            disabled={!all?.some((one) => takesPeople(one.state))}
            onClick={() => setStopping(true)}
          >
            {t('campaign.killswitch')}
          </Button>
        )}
        {me.role === 'lead' && (
          <Button type="primary" onClick={() => setCreating(true)}>
            {t('campaign.new')}
          </Button>
        )}
      </div>
      {error && <p className="bad">{sentence(error, spoken)}</p>}
      <section className="panel">
        {!all && !error && <p className="quiet">{t('app.loading')}</p>}
        {all?.length === 0 && (
          <p className="quiet">
            {t('campaign.none')} {me.role === 'lead' && t('campaign.none.lead')}
          </p>
        )}
        {all && all.length > 0 && <List all={all} />}
      </section>
      {creating && <Create onClose={() => setCreating(false)} />}
      {stopping && <KillSwitch onClose={() => setStopping(false)} />}
    </>
  )
}

function List({ all }: { all: readonly CampaignRow[] }) {
  const { t, word, language } = useTexts()
  const me = useMe()
  const calls = me.role === 'agent' || me.role === 'lead'
  const reads = me.role !== 'agent'
  return (
    <table className="plain">
      <thead>
        <tr>
          <th scope="col">{t('campaign.name')}</th>
          <th scope="col">{t('campaign.state')}</th>
          <th scope="col">{t('campaign.kind')}</th>
          <th scope="col">{t('campaign.way')}</th>
          <th scope="col">{t('campaign.progress')}</th>
          <th scope="col" className="number">
            {t('campaign.holdout')}
          </th>
          <th scope="col">{t('campaign.created')}</th>
          {calls && <th scope="col">{t('campaign.do')}</th>}
        </tr>
      </thead>
      <tbody>
        {all.map((one) => (
          <tr key={one.id}>
            <th scope="row">
              {reads ? <Anchor href={`/campaigns/${one.id}`}>{one.name}</Anchor> : one.name}
            </th>
            <td>
              <Badge tone={toneOf(one.state)}>{word('campaign.state', one.state)}</Badge>
            </td>
            <td>{word('campaign.kind', one.kind)}</td>
            <td>
              {word('campaign.way', one.channel)}
              {one.mode && ` · ${word('campaign.mode', one.mode)}`}
            </td>
            <td className="nowrap">
              <Gauge
                label={t('campaign.progress')}
                part={one.progress.done}
                whole={one.progress.contacted}
              />{' '}
              {count(one.progress.done, language)} / {count(one.progress.contacted, language)}
            </td>
            <td className="number">
              {share(one.hold_out, 0)}
              {one.progress.held_out > 0 && ` · ${count(one.progress.held_out, language)}`}
            </td>
            <td>{moment(one.created_at, language)}</td>
            {calls && (
              <td>
                {one.state === 'running' && one.mode === 'preview' && (
                  <Anchor href={`/campaigns/${one.id}/preview`}>{t('campaign.preview')}</Anchor>
                )}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
