/** What waits for a lead, oldest first; never for whoever asked. */
import { useQuery } from '@tanstack/react-query'
import { approvalsQuery } from '@/api/approvals'
import { proposalsQuery } from '@/api/plans'
import { sentence } from '@/api/sentences'
import { useTexts } from '@/texts'
import { FeeApproval } from './FeeApproval'
import { LimitApproval } from './LimitApproval'
import { PlanApproval } from './PlanApproval'

export default function Approvals() {
  const spoken = useTexts()
  const { t } = spoken
  const { data, error } = useQuery(approvalsQuery)
  const { data: plans } = useQuery(proposalsQuery)
  const none = data?.limits.length === 0 && data.fees.length === 0 && plans?.length === 0
  return (
    <>
      <h1>{t('approval.title')}</h1>
      {error && <p className="bad">{sentence(error, spoken)}</p>}
      {none && <p className="quiet">{t('approval.none')}</p>}
      {data?.limits.map((one) => (
        <LimitApproval key={one.id} request={one} />
      ))}
      {data?.fees.map((one) => (
        <FeeApproval key={one.id} reversal={one} />
      ))}
      {plans?.map((one) => (
        <PlanApproval key={one.id} plan={one} />
      ))}
    </>
  )
}
