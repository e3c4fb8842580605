/** A plan for a holder that an agent or another lead proposed. */
import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { reviewPlan, type ProposalView } from '@/api/plans'
import { useMe } from '@/app/me'
import { queries } from '@/app/parts'
import { moment } from '@/format/format'
import { Failure } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'

export function PlanApproval({ plan }: { plan: ProposalView }) {
  const { t, language } = useTexts()
  const own = useMe().number === plan.author
  const review = useMutation({
    mutationFn: () => reviewPlan(plan.holder, plan.id),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['plans'] }),
  })
  return (
    <section className="panel" aria-label={t('approval.plan')}>
      <h2>{t('approval.plan')}</h2>
      <p className="quiet">
        {t('case.holder')} {plan.holder} ·{' '}
        {t('plan.by', { who: plan.author, until: moment(plan.valid_to, language) })}
      </p>
      <p className="text">{plan.text}</p>
      <Failure error={review.error} />
      {own ? (
        <p className="quiet">{t('approval.plan.own')}</p>
      ) : (
        <Button type="primary" loading={review.isPending} onClick={() => review.mutate()}>
          {t('approval.plan.agree')}
        </Button>
      )}
    </section>
  )
}
