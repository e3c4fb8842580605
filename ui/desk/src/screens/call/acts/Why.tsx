/** Why not, in words that may be read to the holder, and asking for the proof that is missing. */
import { Button } from 'antd'
import type { RulesVerdict } from '@/api/acts'
import { askForEntry } from '@/api/calls'
import { moment } from '@/format/format'
import { useDoing } from '@/softphone/useDoing'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { entryFor } from './kinds'

type Reasons = RulesVerdict['reasons']

export function Why({ reasons }: { reasons: Reasons }) {
  const { t, language } = useTexts()
  if (reasons.length === 0) return null
  return (
    <ul className="why">
      {reasons.map((one) => (
        <li key={one.code}>
          {inLanguage(one, language)}
          {one.until && ` ${t('acts.until', { time: moment(one.until, language) })}`}
        </li>
      ))}
    </ul>
  )
}

interface Props {
  interaction: string
  missing: readonly string[]
  /** Whether the call is up: only then can somebody press keys. */
  up: boolean
}

export function Missing({ interaction, missing, up }: Props) {
  const { t, word } = useTexts()
  const doing = useDoing()
  if (missing.length === 0) return null
  return (
    <p className="row missing">
      <span className="quiet">{t('acts.missing')}</span>
      {missing.map((factor) => {
        const entry = entryFor(factor)
        if (entry === null || !up) return <span key={factor}>{word('factor', factor)}</span>
        return (
          <Button
            key={factor}
            size="small"
            disabled={doing.busy}
            onClick={() => doing.start(() => askForEntry(interaction, entry))}
          >
            {t('acts.ask', { what: word('factor', factor) })}
          </Button>
        )
      })}
    </p>
  )
}
