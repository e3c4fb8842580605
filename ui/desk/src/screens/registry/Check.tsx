/** Is this ours? The same answer that everybody gets who asks. */
import { useMutation } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { checkOfficial } from '@/api/trust'
import { Failure } from '@/screens/call/acts/Outcome'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { kindOf } from './kinds'

const TONE = { yes: 'good', no: 'bad', 'cannot-tell': 'warn' } as const

export function Check() {
  const { t, language } = useTexts()
  const [value, setValue] = useState('')
  const check = useMutation({
    mutationFn: async () => {
      const kind = kindOf(value)
      const found = await checkOfficial(kind, value.trim())
      // A bare name may be either.
      return kind === 'campaign' && found.answer !== 'yes'
        ? await checkOfficial('sender', value.trim())
        : found
    },
  })
  return (
    <section className="panel" aria-label={t('registry.check')}>
      <form
        className="row"
        role="search"
        onSubmit={(event) => {
          event.preventDefault()
          if (value.trim()) check.mutate()
        }}
      >
        <label htmlFor="check-value">{t('registry.check.value')}</label>
        <Input
          id="check-value"
          className="wished"
          maxLength={300}
          value={value}
          onChange={(event) => {
            setValue(event.target.value)
            check.reset()
          }}
        />
        <Button htmlType="submit" loading={check.isPending} disabled={!value.trim()}>
          {t('registry.check')}
        </Button>
        <span role="status">
          {check.data && (
            <>
              <strong className={TONE[check.data.answer]}>
                {t(`registry.check.${check.data.answer}`)}
              </strong>{' '}
              {check.data.official && inLanguage(check.data.official, language)}{' '}
              <span className="quiet">
                {check.data.reasons.map((one) => inLanguage(one, language)).join(' ')}
              </span>
            </>
          )}
        </span>
      </form>
      <Failure error={check.error} />
    </section>
  )
}
