/** The code of whoever has no log-in: read out now, shown this once, kept nowhere on the page. */
import { useTexts } from '@/texts'

export function SaidCode({ code }: { code: string }) {
  const { t } = useTexts()
  return (
    <section role="status" aria-label={t('complaint.code')}>
      <p className="quiet">{t('complaint.code.hint')}</p>
      <p className="figures" translate="no">
        <strong>{code}</strong>
      </p>
    </section>
  )
}
