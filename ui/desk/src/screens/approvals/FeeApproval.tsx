/** An annual fee whose reversal needs a second pair of eyes. */
import { useMutation } from '@tanstack/react-query'
import { settleFee, type ReversalView } from '@/api/approvals'
import { queries } from '@/app/parts'
import { discard } from '@/drafts/drafts'
import { amountOf, moment } from '@/format/format'
import { Failure, Refused } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'
import { Why } from './Why'

export function FeeApproval({ reversal }: { reversal: ReversalView }) {
  const { t, language } = useTexts()
  const about = `approval ${reversal.id}`
  const settle = useMutation({
    mutationFn: ({ agreed, why }: { agreed: boolean; why: string }) =>
      settleFee(reversal.id, { decision: agreed ? 'agree' : 'turn-down', why }),
    onSuccess: async (told) => {
      if (!told.reversal || told.reversal.state === 'awaiting') return
      discard(about)
      await queries.invalidateQueries({ queryKey: ['cases'] })
    },
  })
  const refused =
    settle.data && (!settle.data.reversal || settle.data.reversal.state === 'awaiting')
  return (
    <section className="panel" aria-label={t('approval.fee')}>
      <h2>{t('approval.fee')}</h2>
      <p>
        <span className="figures">{amountOf(reversal.amount, language)}</span>{' '}
        <span className="quiet">
          {t('approval.asked', {
            who: reversal.requested_by,
            when: moment(reversal.requested_at, language),
          })}
        </span>
      </p>
      <Failure error={settle.error} />
      {refused && <Refused verdict={settle.data.verdict} />}
      <Why
        about={about}
        yes={t('approval.agree')}
        no={t('approval.turndown')}
        busy={settle.isPending}
        least={4}
        onDecide={(agreed, why) => settle.mutate({ agreed, why })}
      />
    </section>
  )
}
