/** Giving an annual fee back, or laying it before a lead. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { accountQuery, reverseFee } from '@/api/acts'
import { sumOf } from '@/format/sums'
import { useTexts } from '@/texts'
import { readAgain, type FormProps } from './form'
import { annualFees } from './kinds'
import { Failure, Refused } from './Outcome'
import { PostingPicker } from './PostingPicker'
import { Said } from './Said'

export function Fee({ act, interaction }: FormProps) {
  const { t, word } = useTexts()
  const [posting, setPosting] = useState('')
  const { data, error } = useQuery(accountQuery(interaction))
  const account = data?.accounts.find((one) => one.id === act.account)
  const ask = useMutation({
    mutationFn: () => reverseFee(interaction, posting),
    onSuccess: () => readAgain(interaction),
  })
  const reversal = ask.data?.allowed ? ask.data.reversal : null
  if (reversal)
    return (
      <Said>
        {t(reversal.state === 'awaiting' ? 'acts.fee.said.awaiting' : 'acts.fee.said.reversed', {
          amount: sumOf(reversal.amount, word),
        })}
      </Said>
    )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        ask.mutate()
      }}
    >
      <Failure error={ask.error ?? error} />
      {ask.data && <Refused verdict={ask.data.verdict} />}
      {account && (
        <PostingPicker
          postings={annualFees(account.postings)}
          currency={account.currency}
          chosen={posting}
          onChoose={(chosen) => {
            setPosting(chosen)
            ask.reset()
          }}
        />
      )}
      <Button type="primary" htmlType="submit" loading={ask.isPending} disabled={!posting}>
        {t('acts.fee.ask')}
      </Button>
    </form>
  )
}
