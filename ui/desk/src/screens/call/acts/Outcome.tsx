/** How an act ended: refused with all reasons, or done. */
import { Alert } from 'antd'
import type { RulesVerdict } from '@/api/acts'
import { sentence } from '@/api/sentences'
import { useTexts } from '@/texts'
import { Why } from './Why'

export function Failure({ error }: { error: unknown }) {
  const spoken = useTexts()
  if (!error) return null
  return <Alert type="error" role="alert" title={sentence(error, spoken)} />
}

export function Refused({ verdict }: { verdict: RulesVerdict }) {
  const { t } = useTexts()
  return (
    <Alert
      type="warning"
      role="alert"
      title={t('acts.notdone')}
      description={<Why reasons={verdict.reasons} />}
    />
  )
}
