/** What the caller chose so far. */
import type { ScreenView } from '@/api/workplace'
import { Panel } from '@/app/Panel'
import { clock } from '@/format/format'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'

export function Path({ steps }: { steps: ScreenView['path'] }) {
  const { t, language } = useTexts()
  return (
    <Panel title={t('call.path')}>
      {steps.length === 0 && <p className="quiet">{t('call.path.none')}</p>}
      <ol className="path">
        {steps.map((one) => (
          <li key={`${one.at}${one.node}`}>
            <time className="quiet figures" dateTime={one.at}>
              {clock(one.at)}
            </time>{' '}
            {inLanguage(one.label, language)}{' '}
            {one.key && <span className="quiet">{t('call.path.key', { key: one.key })}</span>}
          </li>
        ))}
      </ol>
    </Panel>
  )
}
