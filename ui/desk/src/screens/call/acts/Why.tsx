/** Why not, in words that may be read to the holder, and asking for the proof that is missing. */
import { Button } from 'antd'
import { useState } from 'react'
import type { RulesVerdict } from '@/api/acts'
import { askForEntry, type EntryKind } from '@/api/calls'
import { moment } from '@/format/format'
import { useDoing } from '@/softphone/useDoing'
import { useTexts } from '@/texts'
import { inLanguage } from '@/texts/words'
import { EntryState } from '../EntryState'
import { Judgement } from './Judgement'
import { entryFor, JUDGEMENT } from './kinds'

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
  /** In a dialog, which covers the place that says how far the caller is. */
  covers?: boolean
}

export function Missing({ interaction, missing, up, covers = false }: Props) {
  const { t, word } = useTexts()
  const doing = useDoing()
  const [asked, setAsked] = useState(false)
  const [judging, setJudging] = useState(false)
  if (missing.length === 0) return null
  const ask = async (entry: EntryKind) => {
    await askForEntry(interaction, entry)
    setAsked(true)
  }
  return (
    <>
      {covers && asked && !doing.busy && <EntryState />}
      <p className="row missing">
        <span className="quiet">{t('acts.missing')}</span>
        {missing.map((factor) => {
          const entry = entryFor(factor)
          if (factor === JUDGEMENT && up)
            return (
              <Button key={factor} size="small" onClick={() => setJudging(true)}>
                {t('acts.judge')}
              </Button>
            )
          if (entry === null || !up) return <span key={factor}>{word('factor', factor)}</span>
          return (
            <Button
              key={factor}
              size="small"
              disabled={doing.busy}
              onClick={() => doing.start(() => ask(entry))}
            >
              {t('acts.ask', { what: word('factor', factor) })}
            </Button>
          )
        })}
      </p>
      {judging && <Judgement interaction={interaction} onDone={() => setJudging(false)} />}
    </>
  )
}
