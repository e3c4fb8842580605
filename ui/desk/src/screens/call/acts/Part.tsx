/** How much of a transaction is meant: nothing typed is the whole. */
import { Input } from 'antd'
import { money } from '@/format/format'
import type { Part as Typed } from '@/format/sums'
import { useTexts } from '@/texts'

interface Props {
  label: string
  typed: string
  onType: (typed: string) => void
  part: Typed
  /** The whole in fen, null where it is not known. */
  whole: number | null
  currency: string
}

export function Part({ label, typed, onType, part, whole, currency }: Props) {
  const { t, language } = useTexts()
  const sum = whole === null ? '' : money(whole, currency, language)
  return (
    <p className="field">
      <label htmlFor="act-part">{label}</label>
      <Input
        id="act-part"
        inputMode="decimal"
        maxLength={14}
        value={typed}
        aria-invalid={part.fault !== ''}
        aria-describedby="act-part-hint"
        onChange={(event) => onType(event.target.value)}
      />
      <span id="act-part-hint" className={part.fault ? 'bad' : 'quiet'} role="status">
        {part.fault === 'nosum' && t('acts.part.nosum')}
        {part.fault === 'toomuch' && t('acts.part.toomuch', { sum })}
        {part.fault === '' && whole !== null && t('acts.part.hint', { sum })}
      </span>
    </p>
  )
}
