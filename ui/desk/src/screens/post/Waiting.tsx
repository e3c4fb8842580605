/** When something that was written to the bank is due: the words say what the colour repeats. */
import { moment } from '@/format/format'
import { serverNow } from '@/live/clock'
import { useTexts } from '@/texts'

export function DueBy({ at }: { at: string | null }) {
  const { t, language } = useTexts()
  if (at === null) return null
  const late = Date.parse(at) < serverNow()
  return (
    <span className={late ? 'bad' : 'quiet'}>
      {t('case.due')} {moment(at, language)} {late && t('tasks.overdue')}
    </span>
  )
}
