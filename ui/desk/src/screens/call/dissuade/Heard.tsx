/** What the holder received or was told, and what it is taken for: the first thing that is shown. */
import { useMutation } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { judgeTold, type Judgement } from '@/api/trust'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { Failure } from '../acts/Outcome'

export interface Received {
  kind: 'message' | 'call'
  text: string
  sender: string
}

interface Props {
  interaction: string
  received: Received
  onChange: (received: Received) => void
  onJudged: (judgement: Judgement) => void
}

export function Heard({ interaction, received, onChange, onJudged }: Props) {
  const { t, language } = useTexts()
  const judge = useMutation({
    mutationFn: () => judgeTold(interaction, received),
    onSuccess: onJudged,
  })
  const told = judge.data
  return (
    <section aria-labelledby="dissuade-heard">
      <h3 id="dissuade-heard">{t('dissuade.heard')}</h3>
      <fieldset className="plainset row">
        <legend>{t('scam.what')}</legend>
        {(['call', 'message'] as const).map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="dissuade-kind"
              checked={one === received.kind}
              onChange={() => onChange({ ...received, kind: one })}
            />{' '}
            {t(`scam.kind.${one}`)}
          </label>
        ))}
      </fieldset>
      <p className="field">
        <label htmlFor="dissuade-text">{t('scam.report.text')}</label>
        <Input.TextArea
          id="dissuade-text"
          autoFocus
          rows={3}
          maxLength={4000}
          value={received.text}
          onChange={(event) => onChange({ ...received, text: event.target.value })}
        />
        <span className="quiet">{t('scam.report.text.hint')}</span>
      </p>
      <p className="field">
        <label htmlFor="dissuade-sender">{t('scam.report.sender')}</label>
        <Input
          id="dissuade-sender"
          maxLength={80}
          value={received.sender}
          onChange={(event) => onChange({ ...received, sender: event.target.value })}
        />
      </p>
      <Failure error={judge.error} />
      <Button
        loading={judge.isPending}
        disabled={received.text.trim().length < 2}
        onClick={() => judge.mutate()}
      >
        {t('dissuade.judge')}
      </Button>
      {told && (
        <p role="status">
          <strong className={told.verdict === 'scam' ? 'bad' : ''}>
            {inLanguage(told.meaning, language)}
          </strong>{' '}
          <span className="quiet">{inLanguage(told.advice, language)}</span>
        </p>
      )}
    </section>
  )
}
