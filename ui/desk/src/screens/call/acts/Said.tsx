/** What the agent can say now, word for word. */
import type { ReactNode } from 'react'
import { useTexts } from '@/texts'

export function Said({ children }: { children: ReactNode }) {
  const { t } = useTexts()
  return (
    <div className="said" role="status">
      <span className="quiet">{t('acts.say')}</span>
      <p className="text">{children}</p>
    </div>
  )
}
