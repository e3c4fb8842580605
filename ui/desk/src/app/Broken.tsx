import { Button } from 'antd'
import { useTexts } from '@/texts'

export function Broken({ what, onRetry }: { what: string; onRetry: () => void }) {
  const { t } = useTexts()
  return (
    <section role="alert" className="notice">
      <h2>{t('app.broken')}</h2>
      <p>{t('app.broken.kept')}</p>
      <p>
        <code>{what.slice(0, 200)}</code>
      </p>
      <Button onClick={onRetry}>{t('app.retry')}</Button>
    </section>
  )
}
