/** That the holder needs care, seen before anything is said; never why. */
import { useQuery } from '@tanstack/react-query'
import { permissionsQuery } from '@/api/permissions'
import { Panel } from '@/app/Panel'
import { useTexts } from '@/texts'

export function Care({ interaction }: { interaction: string }) {
  const { t } = useTexts()
  const { data } = useQuery(permissionsQuery(interaction))
  if (!data?.vulnerable) return null
  return (
    <Panel title={t('permit.care.title')} tone="warn">
      <p>{t('permit.care.what')}</p>
    </Panel>
  )
}
