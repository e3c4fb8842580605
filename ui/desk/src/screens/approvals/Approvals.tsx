/** What waits for a lead, oldest first; never for whoever asked. */
import { useQuery } from '@tanstack/react-query'
import { Link as Anchor } from 'wouter'
import { approvalsQuery } from '@/api/approvals'
import { complaintsQuery } from '@/api/complaints'
import { proposalsQuery } from '@/api/plans'
import { sentence } from '@/api/sentences'
import { Panel } from '@/app/Panel'
import { DueWords } from '@/screens/complaints/DueWords'
import { useTexts } from '@/texts'
import { FeeApproval } from './FeeApproval'
import { LimitApproval } from './LimitApproval'
import { PlanApproval } from './PlanApproval'

export default function Approvals() {
  const spoken = useTexts()
  const { t } = spoken
  const { data, error } = useQuery(approvalsQuery)
  const { data: plans } = useQuery(proposalsQuery)
  const { data: complaints } = useQuery(complaintsQuery('awaiting', 'anybody'))
  const none =
    data?.limits.length === 0 &&
    data.fees.length === 0 &&
    plans?.length === 0 &&
    complaints?.length === 0
  return (
    <>
      <h1>{t('approval.title')}</h1>
      {error && <p className="bad">{sentence(error, spoken)}</p>}
      {none && <p className="quiet">{t('approval.none')}</p>}
      <div className="column">
        {data?.limits.map((one) => (
          <LimitApproval key={one.id} request={one} />
        ))}
        {data?.fees.map((one) => (
          <FeeApproval key={one.id} reversal={one} />
        ))}
        {complaints && complaints.length > 0 && (
          <Panel title={t('approval.complaints')}>
            <ul className="list">
              {complaints.map((one) => (
                <li key={one.id} className="row">
                  <Anchor href={`/complaints/${one.id}`} className="figures">
                    {one.id}
                  </Anchor>
                  <DueWords lastDay={one.next_last_day} />
                </li>
              ))}
            </ul>
          </Panel>
        )}
        {plans?.map((one) => (
          <PlanApproval key={one.id} plan={one} />
        ))}
      </div>
    </>
  )
}
