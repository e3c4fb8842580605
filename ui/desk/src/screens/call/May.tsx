/** What the gate would say now: yes, no, or from when on, with every reason. */
import type { May as Verdict } from '@/api/permissions'
import { moment } from '@/format/format'
import { useTexts } from '@/texts'

const TONE = { yes: 'good', later: 'warn', no: 'bad' } as const

export function MayWords({ may }: { may: Verdict }) {
  const { t, language } = useTexts()
  return (
    <strong className={TONE[may.answer]}>
      {may.answer === 'later' && may.not_before
        ? t('permit.from', { time: moment(may.not_before, language) })
        : t(`permit.${may.answer}`)}
    </strong>
  )
}

export function MayReasons({ may }: { may: Verdict }) {
  const { t, word, language } = useTexts()
  if (may.reasons.length === 0) return <p className="good">{t('permit.allowed')}</p>
  return (
    <ul className="why">
      {may.reasons.map((one) => (
        <li key={one.code}>
          {word('gate', one.code)}
          {one.until && t('permit.until', { time: moment(one.until, language) })}
        </li>
      ))}
    </ul>
  )
}
