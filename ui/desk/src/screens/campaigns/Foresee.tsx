/** The dry run: whom the gate would let pass now, whom not and why, before anybody is contacted. */
import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { foresightQuery, type CampaignView, type Foresight } from '@/api/campaigns'
import { Panel } from '@/app/Panel'
import { Bars, barsOf } from '@/format/Bars'
import { count, share } from '@/format/format'
import { Failure } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'

export function Foresee({ campaign, waiting }: { campaign: CampaignView; waiting: number }) {
  const { t } = useTexts()
  const { data, error, isFetching, refetch } = useQuery(foresightQuery(campaign.id))
  return (
    <Panel
      title={t('campaign.foresee')}
      extra={
        <Button
          size="small"
          type={data ? 'default' : 'primary'}
          loading={isFetching}
          disabled={waiting === 0}
          onClick={() => void refetch()}
        >
          {data ? t('campaign.foresee.again') : t('campaign.foresee.run')}
        </Button>
      }
    >
      <Failure error={error} />
      <p className="quiet">
        {waiting === 0 ? t('campaign.foresee.nobody') : t('campaign.foresee.what')}
      </p>
      {data && waiting > 0 && <Found found={data} />}
    </Panel>
  )
}

function Found({ found }: { found: Foresight }) {
  const { t, word, language } = useTexts()
  const bars = barsOf(found.reasons, (code) => word('gate', code))
  const of = (figure: number) =>
    found.looked_at > 0 ? ` ${share(figure / found.looked_at, 0)}` : ''
  return (
    <div role="status">
      <dl className="figures-row">
        {(['yes', 'later', 'no'] as const).map((answer) => (
          <div key={answer}>
            <dt>{t(`campaign.foresee.${answer}`)}</dt>
            <dd className={answer === 'yes' ? 'good' : ''}>
              {count(found[answer], language)}
              <small className="quiet">{of(found[answer])}</small>
            </dd>
          </div>
        ))}
      </dl>
      <p className="quiet">
        {t('campaign.foresee.looked', { count: count(found.looked_at, language) })}
      </p>
      {bars.length > 0 ? (
        <>
          <h3>{t('campaign.foresee.why')}</h3>
          <Bars label={t('campaign.foresee.why')} bars={bars} />
          <p className="quiet">{t('campaign.foresee.many')}</p>
        </>
      ) : (
        <p className="good">{t('campaign.foresee.all')}</p>
      )}
    </div>
  )
}
