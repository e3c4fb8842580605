/** Warnings of scams on record: what was said to this holder, and what the holder decided. */
import { useQuery } from '@tanstack/react-query'
import { scamWarningsQuery } from '@/api/trust'
import { Panel } from '@/app/Panel'
import { moment } from '@/format/format'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'

export function Warned({ holder }: { holder: string }) {
  const { t, language } = useTexts()
  const { data: warnings } = useQuery(scamWarningsQuery(holder))
  if (!warnings || warnings.length === 0) return null
  const list = (codes: readonly { zh: string; en: string }[]) =>
    codes.map((one) => inLanguage(one, language)).join(' · ')
  return (
    <Panel title={t('warned.title')} tone="warn">
      <ul className="list">
        {warnings.map((one) => (
          <li key={one.id}>
            <strong className={one.goes_on ? 'bad' : 'good'}>
              {t(one.goes_on ? 'warned.goes' : 'warned.stops')}
            </strong>{' '}
            <span className="quiet">
              {t('warned.by', { when: moment(one.at, language), who: one.author })}
            </span>
            <div className="text">{one.words}</div>
            {one.cools_until && (
              <div>{t('warned.cooling', { until: moment(one.cools_until, language) })}</div>
            )}
            <details>
              <summary>{t('warned.more')}</summary>
              {one.judged && (
                <p>
                  {inLanguage(one.judged.meaning, language)}
                  {'：'}
                  <span className="quiet">{one.judged.text}</span>
                </p>
              )}
              <p>{t('warned.why', { why: list(one.why) })}</p>
              {one.told.length > 0 && <p>{t('warned.told', { told: list(one.told) })}</p>}
            </details>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
