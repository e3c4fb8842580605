/** How an act ended: refused with all reasons, or done. */
import { Alert } from 'antd'
import type { RulesVerdict } from '@/api/acts'
import { Refusal } from '@/api/client'
import { sentence } from '@/api/sentences'
import { useTexts } from '@/texts'
import { Why } from './Why'

interface FailureProps {
  error: unknown
  /** What is said where the server knows nothing by the name that was typed here. */
  missing?: string
}

export function Failure({ error, missing }: FailureProps) {
  const spoken = useTexts()
  if (!error) return null
  const unknown = error instanceof Refusal && error.code === 'not-found'
  const title = unknown && missing ? missing : sentence(error, spoken)
  return <Alert type="error" role="alert" title={title} />
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
