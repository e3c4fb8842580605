/** What is due by when, each with the steps by which it was reckoned. */
import type { Clock } from '@/api/complaints'
import { Panel } from '@/app/Panel'
import { day, moment } from '@/format/format'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { DueWords } from './DueWords'

export function Clocks({ clocks }: { clocks: readonly Clock[] }) {
  const { t } = useTexts()
  return (
    <Panel title={t('complaint.clocks')}>
      {clocks.length === 0 && <p className="quiet">{t('complaint.clocks.none')}</p>}
      <ul className="list">
        {clocks.map((one) => (
          <li key={one.key}>
            <One clock={one} />
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function One({ clock }: { clock: Clock }) {
  const { t, word, language } = useTexts()
  const steps = language === 'zh' ? clock.explained_zh : clock.explained_en
  const bank = clock.whose === 'bank'
  return (
    <>
      <div className="row">
        <span className="grow">
          {inLanguage(clock.task, language)}
          {!bank && <span className="quiet"> {word('complaint.clock.whose', clock.whose)}</span>}
        </span>
        {clock.met_at && (
          <span className="good">
            {t('complaint.clock.met', { time: moment(clock.met_at, language) })}
          </span>
        )}
        {!clock.met_at && clock.missed && bank && (
          <strong className="bad">{t('complaint.clock.missed')}</strong>
        )}
        {!clock.met_at && clock.stopped && (
          <span className="warn">{t('complaint.clock.stopped')}</span>
        )}
        {clock.met_at === null && bank ? (
          <DueWords lastDay={clock.last_day} />
        ) : (
          <span className="quiet">
            {t('complaint.clock.last', { day: day(clock.last_day, language) })}
          </span>
        )}
      </div>
      <details>
        <summary>{t('complaint.clock.explain')}</summary>
        <ol className="list numbered">
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </details>
    </>
  )
}
