/** The reason that goes with a decision, and its two buttons. */
import { Button, Input } from 'antd'
import { useDraft } from '@/drafts/drafts'
import { useTexts } from '@/texts'

interface Props {
  about: string
  yes: string
  no: string
  busy: boolean
  /** Characters: shorter than that the server takes no reason. */
  least: number
  /** False where something else is still missing for a yes. */
  ready?: boolean
  onDecide: (agreed: boolean, why: string) => void
}

export function Why({ about, yes, no, busy, least, ready = true, onDecide }: Props) {
  const { t } = useTexts()
  const [why, setWhy] = useDraft(about, 'why', '')
  const short = why.trim().length < least
  return (
    <>
      <p className="field">
        <label htmlFor={`${about} why`}>{t('approval.why')}</label>
        <Input
          id={`${about} why`}
          maxLength={500}
          value={why}
          onChange={(event) => setWhy(event.target.value)}
        />
        <span className="quiet">{t('case.least', { count: least })}</span>
      </p>
      <p className="row">
        <Button
          type="primary"
          loading={busy}
          disabled={short || !ready}
          onClick={() => onDecide(true, why)}
        >
          {yes}
        </Button>
        <Button disabled={short || busy} onClick={() => onDecide(false, why)}>
          {no}
        </Button>
      </p>
    </>
  )
}
