/** When something is due, in words: the colour only repeats them. */
import { day } from '@/format/format'
import { serverNow } from '@/live/clock'
import { useTexts } from '@/texts'
import { dueOf } from './due'

const TONE = { over: 'bad', today: 'bad', soon: 'warn', later: '' } as const

export function DueWords({ lastDay }: { lastDay: string | null }) {
  const { t, language } = useTexts()
  if (lastDay === null) return <span className="quiet">{t('complaint.due.none')}</span>
  const { urgency, days } = dueOf(lastDay, serverNow())
  const left = days === 1 ? 'one' : urgency
  return (
    <span className="nowrap">
      {day(lastDay, language)}{' '}
      <strong className={TONE[urgency]}>{t(`complaint.due.${left}`, { days })}</strong>
    </span>
  )
}
