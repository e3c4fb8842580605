/** Guidance for hard conversations: what to say, what to do, what to leave. */
import { useQuery } from '@tanstack/react-query'
import { scriptsQuery } from '@/api/guidance'
import { sentence } from '@/api/sentences'
import { useTexts, type Language } from '@/texts'

const LISTS = ['say', 'do', 'avoid'] as const

export function HardTalks({ language }: { language: Language }) {
  const spoken = useTexts()
  const { t } = spoken
  const { data, error } = useQuery(scriptsQuery(language))
  if (error && !data) return <p className="bad">{sentence(error, spoken)}</p>
  if (!data) return <p className="quiet">{t('app.loading')}</p>
  return (
    <div lang={language === 'zh' ? 'zh-CN' : 'en'}>
      {data.hard.map((one) => (
        <details key={one.strain} className="statement">
          <summary>
            <strong>{one.title}</strong>
          </summary>
          {LISTS.map((list) => (
            <section key={list} aria-label={t(`guide.hard.${list}`)}>
              <h3>{t(`guide.hard.${list}`)}</h3>
              <ul className="why">
                {one[list].map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            </section>
          ))}
        </details>
      ))}
    </div>
  )
}
