/** What the campaign changed: contacted against held out, with the interval of the difference. */
import type { Report } from '@/api/campaigns'
import { Panel } from '@/app/Panel'
import { points, share } from '@/format/format'
import { useTexts } from '@/texts'

export function Effect({ report }: { report: Report }) {
  const { t } = useTexts()
  const { contacted_reached: contacted, held_out_reached: held, effect } = report
  const known = contacted.of + held.of > 0
  return (
    <Panel title={t('campaign.effect')}>
      {!known && <p className="quiet">{t('campaign.effect.none')}</p>}
      {known && (
        <table className="plain">
          <thead>
            <tr>
              <td />
              <th scope="col" className="number">
                {t('campaign.effect.reached')}
              </th>
              <th scope="col" className="number">
                {t('campaign.people', { count: '' })}
              </th>
            </tr>
          </thead>
          <tbody>
            {(
              [
                ['contacted', contacted],
                ['heldout', held],
              ] as const
            ).map(([arm, found]) => (
              <tr key={arm}>
                <th scope="row">{t(`campaign.effect.${arm}`)}</th>
                <td className="number">{found.of > 0 ? share(found.share) : '–'}</td>
                <td className="number">
                  {t('campaign.effect.of', { hits: found.hits, of: found.of })}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {known && effect === null && <p className="quiet">{t('campaign.effect.few')}</p>}
      {effect && (
        <>
          <p className="row">
            <span>{t('campaign.effect.difference')}</span>
            <strong className="figure-large">
              {t('campaign.points', { value: points(effect.difference) })}
            </strong>
            <span className="quiet figures">
              {t('campaign.interval', { low: points(effect.low), high: points(effect.high) })}
            </span>
          </p>
          <Interval low={effect.low} high={effect.high} middle={effect.difference} />
          <p className={effect.tells ? 'good' : 'quiet'}>
            {t(effect.tells ? 'campaign.effect.tells' : 'campaign.effect.open')}
          </p>
        </>
      )}
    </Panel>
  )
}

/** The interval on a line with zero on it; the figures beside it say the same. */
function Interval({ low, high, middle }: { low: number; high: number; middle: number }) {
  const reach = Math.max(Math.abs(low), Math.abs(high), 0.01) * 1.1
  const at = (value: number) => 100 + (value / reach) * 100
  return (
    <svg className="interval" viewBox="0 0 200 24" aria-hidden="true">
      <line x1="0" x2="200" y1="12" y2="12" className="axis" />
      <line x1="100" x2="100" y1="2" y2="22" className="axis" />
      <line x1={at(low)} x2={at(high)} y1="12" y2="12" className="span" />
      <circle cx={at(middle)} cy="12" r="4" />
    </svg>
  )
}
