/** What was decided about a limit, as it may be told; a lower offer is taken or declined here. */
import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { settleOffer, type LimitRequestView } from '@/api/acts'
import { amountOf, day } from '@/format/format'
import { sumOf } from '@/format/sums'
import { useTexts } from '@/texts'
import { readAgain } from './form'
import { Failure, Refused } from './Outcome'
import { Said } from './Said'

interface Props {
  interaction: string
  request: LimitRequestView
  /** Just decided, so that the holder is told now. */
  fresh?: boolean
}

export function LimitDecision({ interaction, request: before, fresh = false }: Props) {
  const { t, word, language } = useTexts()
  const settle = useMutation({
    mutationFn: (accepts: boolean) => settleOffer(interaction, before.id, accepts),
    onSuccess: () => readAgain(interaction),
  })
  const request = settle.data?.request ?? before
  const granted = request.amount ?? request.wanted
  const until = request.until ? day(request.until, language) : ''
  const said = saidOf(request)
  const tell = fresh || settle.data !== undefined || request.state === 'offered'
  return (
    <>
      <p>
        <strong className={request.state === 'refused' ? 'bad' : 'good'}>
          {word('acts.limit.state', request.state)}
        </strong>{' '}
        <span className="figures">
          {amountOf(request.present, language)} → {amountOf(granted, language)}
        </span>
      </p>
      <Failure error={settle.error} />
      {settle.data && request.state === 'offered' && <Refused verdict={settle.data.verdict} />}
      {tell && <Said>{t(said, { amount: sumOf(granted, word), until })}</Said>}
      {request.state === 'offered' && (
        <p className="row">
          <Button type="primary" loading={settle.isPending} onClick={() => settle.mutate(true)}>
            {t('acts.limit.accept')}
          </Button>
          <Button disabled={settle.isPending} onClick={() => settle.mutate(false)}>
            {t('acts.limit.decline')}
          </Button>
        </p>
      )}
    </>
  )
}

function saidOf(request: LimitRequestView) {
  if (request.state === 'in-force')
    return request.until ? 'acts.limit.said.until' : 'acts.limit.said.granted'
  if (request.state === 'offered') return 'acts.limit.said.lower'
  if (request.state === 'referred') return 'acts.limit.said.referred'
  if (request.state === 'declined') return 'acts.limit.said.declined'
  return 'acts.limit.said.refused'
}
